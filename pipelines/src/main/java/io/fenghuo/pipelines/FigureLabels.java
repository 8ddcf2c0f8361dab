package io.fenghuo.pipelines;

/**
 * How a current figure is labelled among Flink's metrics: {@code figure}, {@code window}, and each
 * dimension behind a prefix, since Flink has labels of its own, such as {@code host}, that would
 * take its place.
 */
public final class FigureLabels {

  public static final String FIGURE = "figure";
  public static final String WINDOW = "window";
  public static final String DIMENSION = "by_";

  private FigureLabels() {}
}

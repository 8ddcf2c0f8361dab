package io.fenghuo.pipelines;

/**
 * Names and uids of every operator. State is found again by uid: never change one, never reuse one.
 */
public final class Operators {

  public static final String READ = "read";
  public static final String EXTRACT = "extract";
  public static final String ASSESS = "assess";
  public static final String DECIDE = "decide";
  public static final String RAISE = "raise";
  public static final String PUBLISH_DECISIONS = "publish-decisions";
  public static final String PUBLISH_ALERTS = "publish-alerts";
  public static final String PUBLISH_DEAD_LETTERS = "publish-dead-letters";

  public static final String READ_TO_MEASURE = "read-to-measure";
  public static final String MEASURE = "measure";
  public static final String GATHER = "gather";
  public static final String FIGURES = "figures";
  public static final String PUBLISH_FIGURES = "publish-figures";

  public static final String ROUTE = "route-to-watches";
  public static final String WATCH = "watch";
  public static final String DERIVE = "derived-figures";

  private Operators() {}
}

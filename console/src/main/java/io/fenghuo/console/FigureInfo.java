package io.fenghuo.console;

import java.util.List;

/**
 * What is known of a figure beside its values.
 *
 * @param name as it is published: {@code page_load_p95}
 * @param unit count, fen, ratio, ms
 * @param exactness {@code exact}, or how far off it may be
 * @param windows names of {@link io.fenghuo.schemas.Window}
 * @param dimensions cuts, each one name or several joined by {@code +}
 * @param group file it is defined in: trade, payment
 */
public record FigureInfo(
    String name,
    String zh,
    String en,
    String unit,
    String exactness,
    List<String> windows,
    List<String> dimensions,
    String group) {}

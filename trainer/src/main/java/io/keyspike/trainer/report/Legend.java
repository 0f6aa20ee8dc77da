package io.keyspike.trainer.report;

import java.util.List;

/** Names of coloured lines above a plot, in as many rows as they need. */
final class Legend {
    private static final double FIRST_ROW = 17;
    private static final double ROW = 17;
    private static final double SIGN = 30;
    private static final double LETTER = 6.6;

    private final List<String> names;
    private final double[] x;
    private final double[] y;

    /** @param right where the widest row ends */
    Legend(List<String> names, double left, double right) {
        this.names = List.copyOf(names);
        x = new double[names.size()];
        y = new double[names.size()];
        double at = left;
        double row = FIRST_ROW;
        for (int i = 0; i < x.length; i++) {
            double width = SIGN + LETTER * names.get(i).length();
            if (at > left && at + width > right) {
                at = left;
                row += ROW;
            }
            x[i] = at;
            y[i] = row;
            at += width;
        }
    }

    /** Where the last row ends. */
    double bottom() {
        return x.length == 0 ? 0 : y[y.length - 1] + 5;
    }

    void draw(Svg svg) {
        for (int i = 0; i < x.length; i++) {
            svg.rectangle("fill s" + i % 7, x[i], y[i] - 6, 12, 4, 1, "");
            svg.words("small", "start", x[i] + 17, y[i], names.get(i));
        }
    }
}

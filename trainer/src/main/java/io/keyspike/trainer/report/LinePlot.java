package io.keyspike.trainer.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Figures by epoch, as lines. */
final class LinePlot {
    private static final double WIDTH = 560;
    private static final double HEIGHT = 300;
    private static final double LEFT = 58;
    private static final double RIGHT = 14;
    private static final double BELOW_LEGEND = 12;

    /** Where the plot of {@link #HEIGHT} begins with a legend of one row. */
    private static final double FIRST_TOP = 34;

    private static final double BOTTOM = 40;

    /** More points than this stand too close to be pointed at. */
    private static final int MOST_POINTS = 120;

    private final String unit;
    private final List<Series> series = new ArrayList<>();
    private double top;
    private double height;

    /** @param values by epoch from 1 */
    @SuppressWarnings("ArrayRecordComponent") // a carrier, never compared
    private record Series(String name, double[] values) {}

    /** @param unit of the values, on the axis */
    LinePlot(String unit) {
        this.unit = unit;
    }

    void add(String name, double[] values) {
        series.add(new Series(name, values));
    }

    /**
     * @param low where the vertical axis begins, or lower
     * @param high where it ends, or higher
     */
    String draw(String description, double low, double high) {
        var legend = new Legend(series.stream().map(Series::name).toList(), LEFT, WIDTH - RIGHT);
        top = legend.bottom() + BELOW_LEGEND;
        height = HEIGHT - FIRST_TOP + top;
        var svg = new Svg(WIDTH, height, description);
        double least = low;
        double most = high;
        int epochs = 1;
        for (Series s : series) {
            epochs = Math.max(epochs, s.values().length);
            for (double v : s.values()) {
                least = Math.min(least, v);
                most = Math.max(most, v);
            }
        }
        Axis x = Axis.counting(epochs);
        Axis y = Axis.around(least, most, 5);
        axes(svg, x, y);
        for (int i = 0; i < series.size(); i++) {
            line(svg, "s" + i % 7, series.get(i), x, y);
        }
        legend.draw(svg);
        return svg.end();
    }

    private void axes(Svg svg, Axis x, Axis y) {
        for (double tick : y.ticks()) {
            double at = y(y, tick);
            svg.line("grid", LEFT, at, WIDTH - RIGHT, at);
            svg.words("small", "end", LEFT - 6, at + 4, y.words(tick));
        }
        for (double tick : x.ticks()) {
            svg.words("small", "middle", x(x, tick), height - BOTTOM + 17, x.words(tick));
        }
        svg.line("axis", LEFT, height - BOTTOM, WIDTH - RIGHT, height - BOTTOM);
        svg.words("small", "middle", (LEFT + WIDTH - RIGHT) / 2, height - 6, "epoch");
        svg.wordsUpwards("small", 13, (top + height - BOTTOM) / 2, unit);
    }

    private void line(Svg svg, String colour, Series s, Axis x, Axis y) {
        var path = new StringBuilder();
        for (int e = 0; e < s.values().length; e++) {
            path.append(e == 0 ? 'M' : 'L')
                    .append(Svg.number(x(x, e + 1.0)))
                    .append(' ')
                    .append(Svg.number(y(y, s.values()[e])));
        }
        svg.path("line " + colour, path);
        if (s.values().length <= MOST_POINTS) {
            for (int e = 0; e < s.values().length; e++) {
                String hint = String.format(Locale.ROOT, "%s, epoch %d: %.4g", s.name(), e + 1, s.values()[e]);
                svg.circle(
                        "point " + colour,
                        x(x, e + 1.0),
                        y(y, s.values()[e]),
                        s.values().length > 40 ? 1.6 : 2.6,
                        hint);
            }
        }
    }

    private static double x(Axis axis, double value) {
        return LEFT + axis.share(value) * (WIDTH - LEFT - RIGHT);
    }

    private double y(Axis axis, double value) {
        return height - BOTTOM - axis.share(value) * (height - top - BOTTOM);
    }
}

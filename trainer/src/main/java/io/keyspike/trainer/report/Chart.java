package io.keyspike.trainer.report;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.FontMetrics;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.Shape;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Path2D;
import java.awt.geom.Rectangle2D;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** A chart of lines or dots that can be drawn into a picture, its legend to the right. */
final class Chart {
    private static final double LEFT = 64;
    private static final double TOP = 30;
    private static final double BOTTOM = 42;
    private static final double RIGHT = 14;
    private static final double LEGEND = 160;
    private static final double LEGEND_SIGN = 28;

    /** Share of the picture that the longest names may take from the plot. */
    private static final double WIDEST_LEGEND = 0.45;

    /** Room beside the names of rows, for what the axis is called. */
    private static final double BESIDE_ROWS = 34;

    private static final double LEGEND_ROW = 17;
    private static final double DOT = 3.2;
    private static final double NAMED_DOT = 9;

    /** Of decades, for a tick at the very end of an axis. */
    private static final double SLACK = 1e-9;

    private static final Color GRID = new Color(0xDDDDDD);

    private static final List<float[]> DASHES = List.of(new float[] {1}, new float[] {6, 4}, new float[] {1.6f, 3});

    /**
     * Told apart by people who see colours otherwise, too (Okabe and Ito 2008); after them, the same again but dashed, then
     * dotted.
     */
    private static final List<Color> COLOURS = List.of(
            new Color(0x0072B2),
            new Color(0xE69F00),
            new Color(0x009E73),
            new Color(0xCC79A7),
            new Color(0x56B4E9),
            new Color(0xD55E00),
            Color.BLACK);

    private final String title;
    private final String across;
    private final String up;
    private final int width;
    private final int height;
    private final boolean dots;
    private final List<Series> series = new ArrayList<>();
    private boolean logarithmic;
    private boolean named;
    private double @Nullable [] xRange;
    private double @Nullable [] yRange;
    private List<String> rows = List.of();
    private @Nullable Heat heat;
    private double left = LEFT;
    private double legend = LEGEND;

    /** @param own whether it is of the series before it: in the same colour, dotted and not in the legend */
    @SuppressWarnings("ArrayRecordComponent") // a carrier, never compared
    private record Series(String name, double[] x, double[] y, boolean own) {}

    private Chart(String title, String across, String up, int width, int height, boolean dots) {
        this.title = title;
        this.across = across;
        this.up = up;
        this.width = width;
        this.height = height;
        this.dots = dots;
    }

    static Chart lines(String title, String across, String up, int width, int height) {
        return new Chart(title, across, up, width, height, false);
    }

    static Chart dots(String title, String across, String up, int width, int height) {
        return new Chart(title, across, up, width, height, true);
    }

    int width() {
        return width;
    }

    /** As asked for, or as high as the legend needs. */
    int height() {
        int legendHeight = named ? 0 : (int) (TOP + BOTTOM + listed() * LEGEND_ROW);
        return Math.max(height, legendHeight);
    }

    private int listed() {
        return (int) series.stream().filter(s -> !s.own()).count();
    }

    void add(String name, double[] x, double[] y) {
        series.add(new Series(name, x, y, false));
    }

    /** A dotted level in the colour of the series that was added last. */
    void level(double value) {
        double[] x = series.getLast().x();
        line(new double[] {x[0], x[x.length - 1]}, new double[] {value, value});
    }

    /** A dotted line in the colour of the series that was added last, among dots too. */
    void line(double[] x, double[] y) {
        series.add(new Series("", x, y, true));
    }

    /** Names of the rows 0, 1, … of the vertical axis, instead of numbers. */
    void rows(List<String> names) {
        rows = List.copyOf(names);
    }

    /** Fills the plot with colours, over the ranges of both axes; a bar at the side says what they mean. */
    void heat(Heat values) {
        heat = values;
    }

    /** The horizontal axis in decades. */
    void logarithmic() {
        logarithmic = true;
    }

    /** The name of a series beside its first dot, instead of a legend. */
    void named() {
        named = true;
    }

    void xRange(double low, double high) {
        xRange = new double[] {low, high};
    }

    void yRange(double low, double high) {
        yRange = new double[] {low, high};
    }

    void draw(Graphics2D g) {
        g.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        g.setColor(Color.WHITE);
        g.fillRect(0, 0, width, height());
        measure(g);
        double[] xs = xRange == null ? range(true) : xRange;
        double[] ys = yRange == null ? range(false) : yRange;
        Axis x = Axis.around(place(xs[0]), place(xs[1]), 8);
        Axis y = Axis.around(ys[0], ys[1], 5);
        if (xRange != null || logarithmic) {
            x = new Axis(place(xs[0]), place(xs[1]), x.tick());
        }
        if (yRange != null) {
            y = new Axis(ys[0], ys[1], y.tick());
        }
        axes(g, x, y);
        if (heat != null) {
            heat.draw(g, left, TOP, plotWidth(), plotHeight());
            heat.bar(g, width - legend, TOP, plotHeight());
        }
        Shape whole = g.getClip();
        g.clip(new Rectangle2D.Double(left - 2, TOP - 2, plotWidth() + 4, plotHeight() + 4));
        int style = -1;
        for (Series s : series) {
            style += s.own() ? 0 : 1;
            style(g, style);
            if (s.own()) {
                g.setStroke(
                        new BasicStroke(1.2f, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND, 1, DASHES.getLast(), 0));
            }
            plot(g, s, x, y);
        }
        g.setClip(whole);
        if (named) {
            names(g, x, y);
        } else if (listed() > 1) {
            legend(g);
        }
    }

    /** The margins that the longest names need. */
    private void measure(Graphics2D g) {
        FontMetrics font = g.getFontMetrics(g.getFont().deriveFont(Font.PLAIN, 12f));
        double name =
                series.stream().mapToInt(s -> font.stringWidth(s.name())).max().orElse(0);
        legend = heat != null ? Heat.BAR : Math.clamp(LEGEND_SIGN + name + RIGHT, LEGEND, WIDEST_LEGEND * width);
        double row = rows.stream().mapToInt(font::stringWidth).max().orElse(0);
        left = Math.max(LEFT, BESIDE_ROWS + row);
    }

    private double[] range(boolean horizontal) {
        double low = Double.POSITIVE_INFINITY;
        double high = Double.NEGATIVE_INFINITY;
        for (Series s : series) {
            for (double v : horizontal ? s.x() : s.y()) {
                low = Math.min(low, v);
                high = Math.max(high, v);
            }
        }
        return low <= high ? new double[] {low, high} : new double[] {0, 1};
    }

    private double place(double value) {
        return logarithmic ? Math.log10(value) : value;
    }

    private double plotWidth() {
        return width - left - RIGHT - (heat != null || (listed() > 1 && !named) ? legend : 0);
    }

    private double plotHeight() {
        return height() - TOP - BOTTOM;
    }

    private double px(Axis x, double value) {
        return left + x.share(place(value)) * plotWidth();
    }

    private double py(Axis y, double value) {
        return TOP + (1 - y.share(value)) * plotHeight();
    }

    private void axes(Graphics2D g, Axis x, Axis y) {
        g.setStroke(new BasicStroke(1));
        g.setColor(Color.BLACK);
        g.setFont(g.getFont().deriveFont(Font.BOLD, 14f));
        centred(g, title, left + plotWidth() / 2, 20);
        g.setFont(g.getFont().deriveFont(Font.PLAIN, 12f));
        for (double tick : rows.isEmpty() ? y.ticks() : rowTicks()) {
            double at = py(y, tick);
            gridLine(g, left, at, left + plotWidth(), at);
            String words = rows.isEmpty() ? y.words(tick) : rows.get((int) tick);
            g.drawString(words, (float) (left - 8 - g.getFontMetrics().stringWidth(words)), (float) at + 4);
        }
        for (double value : logarithmic ? decades(x) : x.ticks()) {
            double at = px(x, value);
            gridLine(g, at, TOP, at, TOP + plotHeight());
            centred(g, logarithmic ? round(value) : x.words(value), at, TOP + plotHeight() + 16);
        }
        centred(g, across, left + plotWidth() / 2, height() - 6);
        g.rotate(-Math.PI / 2);
        centred(g, up, -(TOP + plotHeight() / 2), 14);
        g.rotate(Math.PI / 2);
    }

    /** All rows that have a name, or as many of them as have room. */
    private List<Double> rowTicks() {
        int every = (int) Math.max(1, Math.ceil(rows.size() * 13 / plotHeight()));
        return IntStream.range(0, rows.size())
                .filter(row -> row % every == 0 && !rows.get(row).isEmpty())
                .mapToObj(row -> (double) row)
                .toList();
    }

    /** 1, 2 and 5 of every decade that is shown. */
    private static List<Double> decades(Axis x) {
        var ticks = new ArrayList<Double>();
        for (double decade = Math.pow(10, Math.floor(x.low())); Math.log10(decade) <= x.high() + SLACK; decade *= 10) {
            for (double digit : new double[] {1, 2, 5}) {
                double at = Math.log10(digit * decade);
                if (at >= x.low() - SLACK && at <= x.high() + SLACK) {
                    ticks.add(digit * decade);
                }
            }
        }
        return ticks;
    }

    /** A tick of an axis in decades. */
    private static String round(double value) {
        return value >= 1 ? String.valueOf(Math.round(value)) : String.valueOf((float) value);
    }

    private static void gridLine(Graphics2D g, double x1, double y1, double x2, double y2) {
        g.setColor(GRID);
        g.drawLine((int) x1, (int) y1, (int) x2, (int) y2);
        g.setColor(Color.BLACK);
    }

    private static void centred(Graphics2D g, String words, double x, double y) {
        g.drawString(words, (float) (x - g.getFontMetrics().stringWidth(words) / 2.0), (float) y);
    }

    private static void style(Graphics2D g, int s) {
        g.setColor(COLOURS.get(s % COLOURS.size()));
        int round = s / COLOURS.size() % DASHES.size();
        float[] dash = round == 0 ? null : DASHES.get(round);
        g.setStroke(new BasicStroke(1.6f, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND, 1, dash, 0));
    }

    private void plot(Graphics2D g, Series s, Axis x, Axis y) {
        var path = new Path2D.Double();
        for (int i = 0; i < s.x().length; i++) {
            double px = px(x, s.x()[i]);
            double py = py(y, s.y()[i]);
            if (dots && !s.own()) {
                double size = named ? NAMED_DOT : DOT;
                g.fill(new Ellipse2D.Double(px - size / 2, py - size / 2, size, size));
            } else if (i == 0) {
                path.moveTo(px, py);
            } else {
                path.lineTo(px, py);
            }
        }
        if (!dots || s.own()) {
            g.draw(path);
        }
    }

    /** To the right of a dot, or else where no other name or dot and no edge is in the way. */
    private void names(Graphics2D g, Axis x, Axis y) {
        var plot = new Rectangle2D.Double(left, TOP, plotWidth(), plotHeight());
        var taken = new ArrayList<Rectangle2D>();
        for (Series s : series) {
            double size = 1.5 * NAMED_DOT;
            taken.add(new Rectangle2D.Double(px(x, s.x()[0]) - size / 2, py(y, s.y()[0]) - size / 2, size, size));
        }
        for (int i = 0; i < series.size(); i++) {
            Series s = series.get(i);
            style(g, i);
            double px = px(x, s.x()[0]);
            double py = py(y, s.y()[0]);
            double width = g.getFontMetrics().stringWidth(s.name());
            double height = g.getFontMetrics().getAscent();
            var places = new ArrayList<Rectangle2D>();
            for (double up : new double[] {0, -1, 1, -2, 2}) {
                double top = py - height / 2 + 1.3 * up * height;
                places.add(new Rectangle2D.Double(px + NAMED_DOT, top, width, height));
                places.add(new Rectangle2D.Double(px - NAMED_DOT - width, top, width, height));
            }
            Rectangle2D place = places.stream()
                    .filter(p -> plot.contains(p) && taken.stream().noneMatch(p::intersects))
                    .findFirst()
                    .orElse(places.getFirst());
            taken.add(place);
            g.drawString(s.name(), (float) place.getX(), (float) (place.getY() + height - 2));
        }
    }

    private void legend(Graphics2D g) {
        double x = width - legend;
        int row = 0;
        for (Series s : series) {
            if (s.own()) {
                continue;
            }
            double y = TOP + 8 + row * LEGEND_ROW;
            style(g, row);
            g.drawLine((int) x, (int) y, (int) x + 22, (int) y);
            g.setColor(Color.BLACK);
            g.drawString(fitting(g, s.name()), (float) (x + LEGEND_SIGN), (float) y + 4);
            row++;
        }
    }

    /** A name, or its beginning where it is longer than a legend may be wide. */
    private String fitting(Graphics2D g, String name) {
        double room = legend - LEGEND_SIGN - 2;
        FontMetrics font = g.getFontMetrics();
        if (font.stringWidth(name) <= room) {
            return name;
        }
        int end = name.length();
        while (end > 1 && font.stringWidth(name.substring(0, end) + "…") > room) {
            end--;
        }
        return name.substring(0, end) + "…";
    }
}

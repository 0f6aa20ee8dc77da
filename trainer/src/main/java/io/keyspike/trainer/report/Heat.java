package io.keyspike.trainer.report;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.util.Locale;

/** Values over time as colours: a column for each step, the first row at the bottom. */
final class Heat {

    /** Width of the bar with its numbers. */
    static final double BAR = 96;

    private static final int BAR_WIDTH = 16;
    private static final int TICKS = 5;

    /** Kept free at the picture's edge. */
    private static final int RIGHT = 6;

    /** From least to most: dark blue over green to light yellow, lighter all the way, so that it also reads in grey. */
    private static final int[] STOPS = {0x0B1F4B, 0x1F5F8B, 0x2A9D8F, 0xA7C957, 0xFFF3B0};

    private final BufferedImage image;
    private final String unit;
    private double low = Double.POSITIVE_INFINITY;
    private double high = Double.NEGATIVE_INFINITY;

    /**
     * @param values {@code [T][rows]}, at least one of each
     * @param unit what the values are, above the bar
     */
    Heat(float[][] values, String unit) {
        this.unit = unit;
        for (float[] column : values) {
            for (float value : column) {
                low = Math.min(low, value);
                high = Math.max(high, value);
            }
        }
        int rows = values[0].length;
        image = new BufferedImage(values.length, rows, BufferedImage.TYPE_INT_RGB);
        for (int t = 0; t < values.length; t++) {
            for (int row = 0; row < rows; row++) {
                image.setRGB(t, rows - 1 - row, colour(high > low ? (values[t][row] - low) / (high - low) : 0));
            }
        }
    }

    private static int colour(double share) {
        double at = share * (STOPS.length - 1);
        int k = Math.clamp((long) at, 0, STOPS.length - 2);
        int mixed = 0;
        for (int shift = 16; shift >= 0; shift -= 8) {
            int from = STOPS[k] >> shift & 0xFF;
            int to = STOPS[k + 1] >> shift & 0xFF;
            mixed |= (int) Math.round(from + (to - from) * (at - k)) << shift;
        }
        return mixed;
    }

    void draw(Graphics2D g, double x, double y, double width, double height) {
        g.setRenderingHint(RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_NEAREST_NEIGHBOR);
        g.drawImage(image, (int) x, (int) y, (int) Math.ceil(width), (int) Math.ceil(height), null);
    }

    /** What the colours mean. */
    void bar(Graphics2D g, double x, double y, double height) {
        for (int i = 0; i < (int) height; i++) {
            g.setColor(new Color(colour(1 - i / height)));
            g.fillRect((int) x, (int) y + i, BAR_WIDTH, 1);
        }
        g.setColor(Color.BLACK);
        for (int i = 0; i < TICKS; i++) {
            double share = i / (TICKS - 1.0);
            String words = String.format(Locale.ROOT, "%.3g", low + share * (high - low));
            g.drawString(words, (float) x + BAR_WIDTH + 6, (float) (y + (1 - share) * height + 4));
        }
        double longest = BAR - RIGHT;
        double begin = x + Math.min(0, longest - g.getFontMetrics().stringWidth(unit));
        g.drawString(unit, (float) begin, (float) y - 10);
    }
}

package io.keyspike.trainer.report;

import io.keyspike.trainer.evaluate.NetworkActivity.LayerActivity;
import java.util.Locale;

/** How many neurons of a layer fire how often. */
final class RateHistogram {
    private static final double WIDTH = 560;
    private static final double HEIGHT = 220;
    private static final double LEFT = 58;
    private static final double RIGHT = 14;
    private static final double TOP = 14;
    private static final double BOTTOM = 42;
    private static final int BINS = 20;

    private RateHistogram() {}

    static String draw(LayerActivity layer) {
        double most = 0;
        for (double rate : layer.firingRates()) {
            most = Math.max(most, 100 * rate);
        }
        Axis x = Axis.around(0, Math.max(most, 1), 8);
        int[] bins = new int[BINS];
        int largest = 0;
        for (double rate : layer.firingRates()) {
            int bin = Math.min(BINS - 1, (int) (x.share(100 * rate) * BINS));
            largest = Math.max(largest, ++bins[bin]);
        }
        Axis y = Axis.around(0, Math.max(4, largest), 4);
        var svg = new Svg(WIDTH, HEIGHT, "How many neurons of " + layer.name() + " fire how often");
        double width = WIDTH - LEFT - RIGHT;
        double height = HEIGHT - TOP - BOTTOM;
        for (double tick : y.ticks()) {
            double at = HEIGHT - BOTTOM - y.share(tick) * height;
            svg.line("grid", LEFT, at, WIDTH - RIGHT, at);
            svg.words("small", "end", LEFT - 6, at + 4, y.words(tick));
        }
        for (int b = 0; b < BINS; b++) {
            double bar = y.share(bins[b]) * height;
            double binWidth = x.high() / BINS;
            svg.rectangle(
                    "fill s0",
                    LEFT + b * width / BINS + 1,
                    HEIGHT - BOTTOM - bar,
                    width / BINS - 2,
                    bar,
                    1,
                    String.format(
                            Locale.ROOT, "%d neurons, %.2g to %.2g %%", bins[b], b * binWidth, (b + 1) * binWidth));
        }
        for (double tick : x.ticks()) {
            svg.words("small", "middle", LEFT + x.share(tick) * width, HEIGHT - BOTTOM + 17, x.words(tick));
        }
        svg.line("axis", LEFT, HEIGHT - BOTTOM, WIDTH - RIGHT, HEIGHT - BOTTOM);
        svg.words("small", "middle", LEFT + width / 2, HEIGHT - 6, "firing rate, spikes per 100 steps");
        svg.wordsUpwards("small", 13, TOP + height / 2, "neurons");
        return svg.end();
    }
}

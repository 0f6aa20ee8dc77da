package io.keyspike.trainer.report;

import io.keyspike.trainer.evaluate.NetworkActivity;
import io.keyspike.trainer.evaluate.NetworkActivity.LayerActivity;
import java.util.List;
import java.util.Locale;

/** Every spike of one sample: time to the right, a panel for each layer, a row for each neuron. */
final class SpikeRaster {
    private static final double WIDTH = 1_120;
    private static final double LEAST_LEFT = 64;
    private static final double LETTER = 5.8;
    private static final double RIGHT = 14;
    private static final double TOP = 8;
    private static final double BOTTOM = 44;
    private static final double GAP = 30;
    private static final double LOWEST_PANEL = 28;
    private static final double HIGHEST_PANEL = 260;
    private static final double ROW = 9;

    /** Rows finer than these cannot be told apart. */
    private static final int MOST_ROWS = 256;

    /** Room for the longest label. */
    private final double left;

    private SpikeRaster(List<String> labels) {
        left = Math.max(
                LEAST_LEFT,
                12 + LETTER * labels.stream().mapToInt(String::length).max().orElse(0));
    }

    static String draw(NetworkActivity activity, List<String> labels) {
        return new SpikeRaster(labels).write(activity, labels);
    }

    private String write(NetworkActivity activity, List<String> labels) {
        double height = TOP + BOTTOM;
        for (LayerActivity layer : activity.layers()) {
            height += panel(layer) + GAP;
        }
        var svg = new Svg(WIDTH, height, "Spikes of " + activity.sample());
        double stepMillis = 1_000 * activity.stepSeconds();
        double top = TOP;
        for (int l = 0; l < activity.layers().size(); l++) {
            LayerActivity layer = activity.layers().get(l);
            double panel = panel(layer);
            int rows = Math.min(layer.neurons(), MOST_ROWS);
            String shown = rows < layer.neurons()
                    ? rows + " of " + layer.neurons() + " neurons"
                    : rows + (rows == 1 ? " neuron" : " neurons");
            svg.words("small", "start", left, top + 14, layer.name() + ", " + shown);
            svg.rectangle("panel", left, top + 20, WIDTH - left - RIGHT, panel, 1, "");
            svg.path("spike s" + l % 7, spikes(layer, rows, activity.steps(), top + 20, panel));
            boolean named =
                    l == activity.layers().size() - 1 && layer.neurons() == labels.size() && panel / rows >= ROW;
            for (int n = 0; named && n < rows; n++) {
                svg.words("tiny", "end", left - 4, top + 20 + (n + 0.5) * panel / rows + 3, labels.get(n));
            }
            top += panel + GAP;
        }
        Axis time = Axis.around(0, activity.steps() * stepMillis, 10);
        for (double tick : time.ticks()) {
            double x = left + tick / (activity.steps() * stepMillis) * (WIDTH - left - RIGHT);
            if (x <= WIDTH - RIGHT + 1) {
                svg.line("axis", x, top - GAP + 20, x, top - GAP + 24);
                svg.words("small", "middle", x, top - GAP + 38, time.words(tick));
            }
        }
        svg.words("small", "middle", (left + WIDTH - RIGHT) / 2, height - 2, "time, ms");
        return svg.end();
    }

    private static double panel(LayerActivity layer) {
        return Math.clamp(layer.neurons() * (layer.neurons() <= 16 ? 14.0 : 3.0), LOWEST_PANEL, HIGHEST_PANEL);
    }

    private CharSequence spikes(LayerActivity layer, int rows, int steps, double top, double panel) {
        var path = new StringBuilder();
        double step = (WIDTH - left - RIGHT) / steps;
        double row = panel / rows;
        String mark = String.format(Locale.ROOT, "v%s", Svg.number(Math.max(0.7, 0.8 * row)));
        for (int r = 0; r < rows; r++) {
            int n = (int) ((long) r * layer.neurons() / rows);
            for (int t = 0; t < steps; t++) {
                if (layer.spikes()[t * layer.neurons() + n] > 0) {
                    path.append('M')
                            .append(Svg.number(left + (t + 0.5) * step))
                            .append(' ')
                            .append(Svg.number(top + (r + 0.1) * row))
                            .append(mark);
                }
            }
        }
        return path;
    }
}

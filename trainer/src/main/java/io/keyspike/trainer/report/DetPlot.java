package io.keyspike.trainer.report;

import io.keyspike.trainer.streams.PooledSweep;
import io.keyspike.trainer.streams.ThresholdSweep;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.DoubleUnaryOperator;

/**
 * The trade of misses against false alarms (detection error tradeoff, DET): the miss rate over the rate of false alarms an hour
 * and word, a line for each word and one for all of them.
 */
public final class DetPlot {
    private static final int WIDTH = 900;
    private static final int HEIGHT = 520;
    private static final double LOW = 0.1;
    private static final double HIGH = 100;
    private static final int POINTS = 301;
    private static final double PERCENT = 100;

    /** Ends of the vertical axis, in percent. */
    private static final double[] TOPS = {5, 10, 20, 50};

    private DetPlot() {}

    /**
     * Writes the plot as PNG.
     *
     * @param file where to
     * @param title above the plot
     * @param pooled the words; those that are never said are left out
     * @throws IOException if it cannot be written
     */
    public static void save(Path file, String title, PooledSweep pooled) throws IOException {
        double hours = pooled.sweeps().stream()
                .mapToDouble(ThresholdSweep::hours)
                .findFirst()
                .orElse(0);
        Chart chart = Chart.lines(
                title,
                String.format(
                        Locale.ROOT, "false alarms an hour and word (one in these %.1f hours: %.2g)", hours, 1 / hours),
                "missed, %",
                WIDTH,
                HEIGHT);
        chart.logarithmic();
        chart.xRange(LOW, HIGH);
        List<ThresholdSweep> said =
                pooled.sweeps().stream().filter(s -> s.labels() > 0).toList();
        double most = 0;
        if (said.size() > 1) {
            most = add(chart, "all " + said.size() + " words", "", pooled::missAt);
        }
        for (ThresholdSweep sweep : said) {
            most = Math.max(most, add(chart, sweep.keyword(), String.valueOf(sweep.labels()), sweep::missAt));
        }
        chart.yRange(0, top(most));
        Pictures.save(file, List.of(chart));
    }

    /** The end of the vertical axis: a good model's lines shall not lie in the lowest tenth of the picture. */
    private static double top(double most) {
        for (double top : TOPS) {
            if (most <= top) {
                return top;
            }
        }
        return PERCENT;
    }

    /**
     * Adds a line. One that is zero everywhere lies on the axis and is hard to see, so its name says so.
     *
     * @param count of how many it is; empty if that is not told
     * @return its highest value, in percent
     */
    private static double add(Chart chart, String name, String count, DoubleUnaryOperator missAt) {
        double[] x = new double[POINTS];
        double[] y = new double[POINTS];
        for (int i = 0; i < POINTS; i++) {
            x[i] = LOW * Math.pow(HIGH / LOW, i / (POINTS - 1.0));
            y[i] = PERCENT * missAt.applyAsDouble(x[i]);
        }
        double most = Arrays.stream(y).max().orElse(0);
        String detail = most > 0 ? count : count.isEmpty() ? "none missed" : count + ", none missed";
        chart.add(detail.isEmpty() ? name : name + " (" + detail + ")", x, y);
        return most;
    }
}

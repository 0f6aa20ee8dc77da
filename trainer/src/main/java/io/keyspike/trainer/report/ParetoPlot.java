package io.keyspike.trainer.report;

import io.keyspike.trainer.bench.DetectionResult;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Misses over what a model draws on a chip: a point with its name for each model. */
public final class ParetoPlot {
    /** The rate of false alarms an hour and word at which misses are compared. */
    public static final String RATE = "0.5";

    private static final int WIDTH = 900;
    private static final int HEIGHT = 520;
    private static final double MICRO = 1e6;
    private static final double PERCENT = 100;

    /** Least power that can be shown. */
    private static final double LEAST_MICROWATTS = 1e-4;

    private ParetoPlot() {}

    /**
     * Writes the plot as PNG.
     *
     * @param file where to
     * @param result models; those that were not measured are left out
     * @throws IOException if it cannot be written
     */
    public static void save(Path file, DetectionResult result) throws IOException {
        Chart chart = Chart.dots(
                "Misses at " + RATE + " false alarms an hour and word, each model on its own words",
                "estimated chip power, \u00b5W",
                "missed, %",
                WIDTH,
                HEIGHT);
        chart.logarithmic();
        chart.named();
        double least = Double.POSITIVE_INFINITY;
        double most = 0;
        for (DetectionResult.Model model : result.models()) {
            Double missed = missed(model);
            DetectionResult.Work work = model.work();
            if (missed != null && work != null) {
                double power = Math.max(LEAST_MICROWATTS, MICRO * work.chipWatts());
                least = Math.min(least, power);
                most = Math.max(most, power);
                chart.add(model.name(), new double[] {power}, new double[] {PERCENT * missed});
            }
        }
        if (most > 0) {
            chart.xRange(decade(Math.floor(Math.log10(least))), decade(Math.floor(Math.log10(most)) + 1));
        } else {
            chart.xRange(LEAST_MICROWATTS, 1);
        }
        chart.yRange(0, PERCENT);
        Pictures.save(file, List.of(chart));
    }

    private static double decade(double exponent) {
        return Math.pow(10, exponent);
    }

    /** {@return what a model misses at {@link #RATE}; null if that was not measured} */
    private static @Nullable Double missed(DetectionResult.Model model) {
        DetectionResult.Row all = model.all();
        DetectionResult.Miss miss = all == null ? null : all.at().get(RATE);
        return miss == null ? null : miss.missRate();
    }
}

package io.keyspike.trainer.report;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Misses over what a model draws on a chip: a point with its name for each model. */
public final class ParetoPlot {
    /** The rate of false alarms an hour and word at which misses are compared. */
    public static final String RATE = "0.5";

    private static final int WIDTH = 900;
    private static final int HEIGHT = 520;
    private static final double MICRO = 1e6;
    private static final double PERCENT = 100;

    /** Room for a point at the very top. */
    private static final double HIGHEST_PERCENT = 105;

    /** Least power that can be shown. */
    private static final double LEAST_MICROWATTS = 1e-4;

    private ParetoPlot() {}

    /**
     * A model.
     *
     * @param name to write beside its point
     * @param chipWatts estimated power of the chip
     * @param missRate at {@link #RATE}, 0 to 1
     */
    public record Point(String name, double chipWatts, double missRate) {
        private double microwatts() {
            return Math.max(LEAST_MICROWATTS, MICRO * chipWatts);
        }
    }

    /**
     * Writes the plot as PNG.
     *
     * @param file where to
     * @param points one a model
     * @throws IOException if it cannot be written
     */
    public static void save(Path file, List<Point> points) throws IOException {
        Chart chart = Chart.dots(
                "Misses at " + RATE + " false alarms an hour and word, each model on its own words",
                "estimated chip power, \u00b5W",
                "missed, %",
                WIDTH,
                HEIGHT);
        chart.logarithmic();
        chart.named();
        double least = points.isEmpty() ? 1 : Double.POSITIVE_INFINITY;
        double most = points.isEmpty() ? 1 : 0;
        for (Point point : points) {
            chart.add(point.name(), new double[] {point.microwatts()}, new double[] {PERCENT * point.missRate()});
            least = Math.min(least, point.microwatts());
            most = Math.max(most, point.microwatts());
        }
        chart.xRange(decade(Math.floor(Math.log10(least))), decade(Math.floor(Math.log10(most)) + 1));
        chart.yRange(0, HIGHEST_PERCENT);
        Pictures.save(file, List.of(chart));
    }

    private static double decade(double exponent) {
        return Math.pow(10, exponent);
    }
}

package io.keyspike.trainer.report;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Time over the size of something, one chart for each thing that grows, with the fitted line and its exponent. */
public final class GrowthPlot {
    private static final int WIDTH = 900;
    private static final int HEIGHT = 300;

    /** Room on both sides of the points, as a factor of the sizes. */
    private static final double BESIDE = 1.3;

    private GrowthPlot() {}

    /**
     * What was measured while one thing grew and everything else stayed.
     *
     * @param name of what grows, such as "T"
     * @param sizes more than 0
     * @param times of each size, more than 0
     */
    @SuppressWarnings("ArrayRecordComponent") // a carrier, never compared
    public record Growth(String name, double[] sizes, double[] times) {
        public Growth {
            if (sizes.length != times.length || sizes.length == 0) {
                throw new IllegalArgumentException(
                        "growth of " + name + ": expected a time for each of 1 or more sizes, found " + times.length
                                + " for " + sizes.length);
            }
        }

        /**
         * The exponent k of {@code time ∝ size^k}: the slope of the least-squares line through the logarithms.
         *
         * @return NaN where there are fewer than two sizes
         */
        public double exponent() {
            double[] x = Arrays.stream(sizes).map(Math::log).toArray();
            double[] y = Arrays.stream(times).map(Math::log).toArray();
            double meanX = Arrays.stream(x).average().orElse(0);
            double meanY = Arrays.stream(y).average().orElse(0);
            double along = 0;
            double square = 0;
            for (int i = 0; i < x.length; i++) {
                along += (x[i] - meanX) * (y[i] - meanY);
                square += (x[i] - meanX) * (x[i] - meanX);
            }
            return square > 0 ? along / square : Double.NaN;
        }

        /** Such as {@code time ~ T^1.03}; where there are fewer than two sizes, that no law can be told. */
        public String law() {
            if (Double.isNaN(exponent())) {
                return "one size of " + name + ", so no law of growth";
            }
            String base = name.indexOf(' ') < 0 ? name : "(" + name + ")";
            return String.format(Locale.ROOT, "time ~ %s^%.2f", base, exponent());
        }

        /** The time that the fitted line has at a size. */
        double fitted(double size) {
            double meanX = Arrays.stream(sizes).map(Math::log).average().orElse(0);
            double meanY = Arrays.stream(times).map(Math::log).average().orElse(0);
            return Math.exp(meanY + exponent() * (Math.log(size) - meanX));
        }
    }

    /**
     * Writes the plots as PNG, one below the other; both axes are in decades.
     *
     * @param file where to
     * @param what was done, for the titles
     * @param unit of the times
     * @param growths one chart each
     * @throws IOException if it cannot be written
     */
    public static void save(Path file, String what, String unit, List<Growth> growths) throws IOException {
        Pictures.save(file, growths.stream().map(g -> chart(g, what, unit)).toList());
    }

    private static Chart chart(Growth growth, String what, String unit) {
        Chart chart = Chart.dots(what + ": " + growth.law(), growth.name(), "log10 of " + unit, WIDTH, HEIGHT);
        chart.logarithmic();
        chart.add(
                growth.name(),
                growth.sizes(),
                Arrays.stream(growth.times()).map(Math::log10).toArray());
        double least = Arrays.stream(growth.sizes()).min().orElse(1);
        double most = Arrays.stream(growth.sizes()).max().orElse(1);
        if (most > least) {
            chart.line(
                    new double[] {least, most},
                    new double[] {Math.log10(growth.fitted(least)), Math.log10(growth.fitted(most))});
        }
        chart.xRange(least / BESIDE, most * BESIDE);
        return chart;
    }
}

package io.keyspike.trainer.streams;

/** The exact upper bound of a Poisson mean (Garwood 1936). */
public final class PoissonBound {
    /** What is left above the upper end of a two-sided 95 % interval. */
    private static final double TAIL = 0.025;

    private static final int BISECTIONS = 100;

    private PoissonBound() {}

    /**
     * The mean of which a count as low as this or lower has a probability of 2.5 %: upper end of the two-sided 95 % interval.
     *
     * @param count what was counted, at least 0
     * @return the bound, above 0
     */
    public static double upper95(int count) {
        double low = count;
        double high = 10.0 * (count + 10);
        double logFactorial = 0;
        for (int i = 2; i <= count; i++) {
            logFactorial += Math.log(i);
        }
        for (int i = 0; i < BISECTIONS; i++) {
            double mean = (low + high) / 2;
            if (atMost(count, mean, logFactorial) > TAIL) {
                low = mean;
            } else {
                high = mean;
            }
        }
        return low;
    }

    /** Probability of a count or less, summed from its largest term down: the mean is above the count. */
    private static double atMost(int count, double mean, double logFactorial) {
        double term = 1;
        double sum = 1;
        for (int i = count; i > 0 && term > 1e-18 * sum; i--) {
            term *= i / mean;
            sum += term;
        }
        return sum * Math.exp(-mean + count * Math.log(mean) - logFactorial);
    }
}

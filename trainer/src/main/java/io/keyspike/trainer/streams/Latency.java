package io.keyspike.trainer.streams;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How long after the end of a word it is reported.
 *
 * @param hits words reported
 * @param medianSeconds of half of them, this or less; negative where a report comes before the end of the word; null if there
 *     are none
 * @param p95Seconds of 95 % of them, this or less; null if there are none
 */
public record Latency(
        int hits, @Nullable Double medianSeconds, @Nullable Double p95Seconds) {
    private static final double MEDIAN = 0.5;
    private static final double P95 = 0.95;

    /**
     * {@return the percentiles of latencies}
     *
     * @param seconds in any order
     */
    public static Latency of(List<Double> seconds) {
        List<Double> sorted = seconds.stream().sorted().toList();
        return new Latency(sorted.size(), quantile(sorted, MEDIAN), quantile(sorted, P95));
    }

    private static @Nullable Double quantile(List<Double> sorted, double share) {
        return sorted.isEmpty() ? null : sorted.get(Math.min(sorted.size() - 1, (int) (share * sorted.size())));
    }
}

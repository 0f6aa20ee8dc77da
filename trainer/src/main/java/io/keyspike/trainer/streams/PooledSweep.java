package io.keyspike.trainer.streams;

import io.keyspike.trainer.common.Interval;
import io.keyspike.trainer.common.Parallel;
import io.keyspike.trainer.common.Progress;
import java.util.List;

/**
 * The sweeps of several keywords over the same streams. The pooled miss rate at a rate of false alarms <em>a keyword</em> puts
 * each keyword's threshold where that keyword alone has the rate, and divides the misses of all keywords by all words said:
 * {@code sum(n_k · miss_k(x)) / sum(n_k)}. Together the keywords then report falsely up to the number of keywords times as
 * often. Keywords that are never said count for nothing.
 *
 * @param sweeps one a keyword
 */
public record PooledSweep(List<ThresholdSweep> sweeps) {
    /** Copies the list. */
    public PooledSweep {
        sweeps = List.copyOf(sweeps);
    }

    /**
     * Pooled misses at a rate of false alarms a keyword.
     *
     * @param falseAlarmsPerHour the rate asked for, of each keyword
     * @param missRate pooled as above; {@link Double#NaN} if there are no words
     * @param misses words missed at the keywords' real operating points
     * @param labels words that are said
     * @param interval95 Wilson's interval of the misses at the real operating points
     * @param falseAlarms false alarms of all keywords at the real operating points
     * @param resolved whether the streams are so long that one false alarm of a keyword is not already more than the rate
     */
    public record Miss(
            double falseAlarmsPerHour,
            double missRate,
            int misses,
            int labels,
            Interval interval95,
            int falseAlarms,
            boolean resolved) {}

    /**
     * Sweeps the thresholds of several keywords.
     *
     * @param streams at least one, all with scores of all keywords
     * @param keywords what to look at
     * @param threads how many keywords at a time; does not affect results
     * @param progress told of each keyword
     * @throws IllegalArgumentException if there is no stream or one without scores of a keyword
     */
    public static PooledSweep of(List<ScoredStream> streams, List<String> keywords, int threads, Progress progress) {
        ThresholdSweep[] sweeps = new ThresholdSweep[keywords.size()];
        Parallel.forEach(keywords.size(), threads, "sweeping thresholds", progress, k -> {
            sweeps[k] = ThresholdSweep.of(streams, keywords.get(k));
        });
        return new PooledSweep(List.of(sweeps));
    }

    /**
     * {@return the pooled miss rate at a rate of false alarms a keyword; {@link Double#NaN} if there are no words}
     *
     * @param falseAlarmsPerHour at least 0, at most {@link ThresholdSweep#MOST_FALSE_ALARMS_PER_HOUR}
     */
    public double missAt(double falseAlarmsPerHour) {
        double missed = 0;
        int labels = 0;
        for (ThresholdSweep sweep : sweeps) {
            if (sweep.labels() > 0) {
                missed += sweep.labels() * sweep.missAt(falseAlarmsPerHour);
                labels += sweep.labels();
            }
        }
        return missed / labels;
    }

    /**
     * {@return all about a rate of false alarms a keyword}
     *
     * @param falseAlarmsPerHour at least 0, at most {@link ThresholdSweep#MOST_FALSE_ALARMS_PER_HOUR}
     */
    public Miss at(double falseAlarmsPerHour) {
        int misses = 0;
        int labels = 0;
        int falseAlarms = 0;
        boolean resolved = true;
        for (ThresholdSweep sweep : sweeps) {
            MissAtRate at = sweep.at(falseAlarmsPerHour);
            misses += at.misses();
            labels += at.labels();
            falseAlarms += at.point().falseAlarms();
            resolved &= at.resolved();
        }
        return new Miss(
                falseAlarmsPerHour,
                missAt(falseAlarmsPerHour),
                misses,
                labels,
                Interval.wilson95(misses, labels),
                falseAlarms,
                resolved);
    }
}

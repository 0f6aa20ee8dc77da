package io.keyspike.trainer.streams;

import io.keyspike.trainer.common.Interval;

/**
 * The miss rate at a rate of false alarms.
 *
 * @param falseAlarmsPerHour the rate asked for
 * @param missRate between the neighbouring points of the envelope, linearly interpolated over the false alarms an hour; {@link
 *     Double#NaN} if there are no words
 * @param point the real operating point with the fewest misses whose rate is not above the one asked for
 * @param labels words that are said
 * @param interval95 Wilson's interval of the misses at the real operating point
 * @param falseAlarmsPerHourUpper95 upper bound of the rate at the real operating point (Garwood's, 95 % two-sided)
 * @param resolved whether the streams are so long that one false alarm in them is not already more than the rate asked for
 * @param last whether no threshold misses less, at any rate that was looked at
 */
public record MissAtRate(
        double falseAlarmsPerHour,
        double missRate,
        OperatingPoint point,
        int labels,
        Interval interval95,
        double falseAlarmsPerHourUpper95,
        boolean resolved,
        boolean last) {
    /** {@return words missed at the real operating point} */
    public int misses() {
        return labels - point.hits();
    }
}

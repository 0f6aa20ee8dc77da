package io.keyspike.trainer.calibrate;

import io.keyspike.trainer.common.Interval;
import io.keyspike.trainer.streams.PoissonBound;
import io.keyspike.trainer.streams.StreamCount;
import io.keyspike.trainer.streams.StreamEvaluation;

/**
 * The threshold of one keyword, and what the decision stage reports at it on the streams that it was chosen on.
 *
 * @param keyword the label
 * @param threshold of its score, above 0 and up to 1
 * @param expectedFalseAlarmsPerHour measured, or continued from the end of the curve where the hours do not resolve the
 *     requested rate
 * @param resolved whether the hours resolve the requested rate
 * @param hours of all streams
 * @param count hits, misses and false alarms at the threshold
 */
public record CalibratedKeyword(
        String keyword,
        float threshold,
        double expectedFalseAlarmsPerHour,
        boolean resolved,
        double hours,
        StreamCount count) {

    /** {@return false alarms an hour that were measured at the threshold} */
    public double falseAlarmsPerHour() {
        return count.falseAlarms() / hours;
    }

    /** {@return upper end of the two-sided 95 % interval of the rate (Garwood's)} */
    public double falseAlarmsPerHourUpper95() {
        return PoissonBound.upper95(count.falseAlarms()) / hours;
    }

    /** {@return share of the keyword's occurrences that were missed; not a number if it was never said} */
    public double missRate() {
        return count.labels() == 0 ? Double.NaN : (double) count.misses() / count.labels();
    }

    /** {@return Wilson's 95 % interval of the miss rate} */
    public Interval missInterval95() {
        return StreamEvaluation.missInterval(count);
    }
}

package io.keyspike.trainer.calibrate;

import io.keyspike.trainer.streams.ScoredStream;
import java.util.List;

/**
 * The rate of false alarms that thresholds are chosen for.
 *
 * @param falseAlarmsPerHour requested, above 0
 * @param together whether the rate is that of all keywords together, divided among them so that the fewest words are missed;
 *     otherwise each keyword has it
 * @param withoutWords whether false alarms, and the hours that they are divided by, count only in streams in which no keyword
 *     is said: what a person hears who talks to others, not one command taken for another
 */
public record CalibrationGoal(double falseAlarmsPerHour, boolean together, boolean withoutWords) {

    private static final double SECONDS_PER_HOUR = 3_600;

    /**
     * Checks the rate.
     *
     * @throws IllegalArgumentException if it is not above 0 and finite
     */
    public CalibrationGoal {
        if (!(falseAlarmsPerHour > 0) || !Double.isFinite(falseAlarmsPerHour)) {
            throw new IllegalArgumentException(
                    "expected a rate of false alarms an hour above 0, found " + falseAlarmsPerHour);
        }
    }

    /**
     * A rate for each keyword, false alarms counted everywhere.
     *
     * @param falseAlarmsPerHour requested, above 0
     */
    public static CalibrationGoal each(double falseAlarmsPerHour) {
        return new CalibrationGoal(falseAlarmsPerHour, false, false);
    }

    /** Whether false alarms in a stream count. */
    boolean counts(ScoredStream stream) {
        return !withoutWords || stream.labels().isEmpty();
    }

    /**
     * The hours in which false alarms count.
     *
     * @throws IllegalArgumentException if there are none
     */
    double hours(List<ScoredStream> streams) {
        double seconds = streams.stream()
                .filter(this::counts)
                .mapToDouble(ScoredStream::durationSeconds)
                .sum();
        if (!(seconds > 0)) {
            throw new IllegalArgumentException(
                    "calibration: expected a stream without keywords, in which false alarms count, found "
                            + streams.size() + " streams with some");
        }
        return seconds / SECONDS_PER_HOUR;
    }
}

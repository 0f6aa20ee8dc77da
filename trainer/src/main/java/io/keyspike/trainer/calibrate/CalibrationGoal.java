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
 * @param confusionWeight how many missed words one keyword taken for another counts as, where the rate is divided and neither
 *     counts among its false alarms; 0 for none
 */
public record CalibrationGoal(
        double falseAlarmsPerHour, boolean together, boolean withoutWords, double confusionWeight) {

    /** So many misses one confusion is worth at most. */
    public static final double MOST_CONFUSION_WEIGHT = 1_000;

    private static final double SECONDS_PER_HOUR = 3_600;

    /**
     * Checks the rate and the weight.
     *
     * @throws IllegalArgumentException if the rate is not above 0 and finite, the weight is not from 0 to {@value
     *     #MOST_CONFUSION_WEIGHT}, or it is above 0 where each keyword has the rate or false alarms count everywhere
     */
    public CalibrationGoal {
        if (!(falseAlarmsPerHour > 0) || !Double.isFinite(falseAlarmsPerHour)) {
            throw new IllegalArgumentException(
                    "expected a rate of false alarms an hour above 0, found " + falseAlarmsPerHour);
        }
        if (!(confusionWeight >= 0 && confusionWeight <= MOST_CONFUSION_WEIGHT)) {
            throw new IllegalArgumentException("expected a weight of confusions from 0 to " + MOST_CONFUSION_WEIGHT
                    + ", found " + confusionWeight);
        }
        if (confusionWeight > 0 && !(together && withoutWords)) {
            throw new IllegalArgumentException("expected no weight of confusions, " + confusionWeight
                    + ", unless one rate of all keywords together is counted in speech alone");
        }
    }

    /**
     * A rate for each keyword, false alarms counted everywhere.
     *
     * @param falseAlarmsPerHour requested, above 0
     */
    public static CalibrationGoal each(double falseAlarmsPerHour) {
        return new CalibrationGoal(falseAlarmsPerHour, false, false, 0);
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

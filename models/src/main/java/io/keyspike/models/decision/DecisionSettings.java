package io.keyspike.models.decision;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * How network outputs become keyword events; travels inside the model file.
 *
 * @param smoothingSeconds time constant of the exponential smoothing of the outputs; 0 for none
 * @param scale a label's logit is scale times its smoothed output; its score is the softmax over all labels
 * @param thresholds score from which a label counts as detected; a label that is not listed is never reported
 * @param confirmSeconds how long a label must stay the best one above its threshold before it is reported
 * @param refractorySeconds silence after a report
 * @param warmUpSeconds nothing is reported in the first moments of a stream
 * @param gate reports only while sound stands out from the background; null for none
 * @param clip how one clip on its own is classified, as in training: for {@code evaluate}, not for streams
 */
public record DecisionSettings(
        double smoothingSeconds,
        float scale,
        Map<String, Float> thresholds,
        double confirmSeconds,
        double refractorySeconds,
        double warmUpSeconds,
        @Nullable ActivityGate gate,
        ClipDecision clip) {

    /** Longest time that a setting can name, so that counts of steps stay small. */
    public static final double MAXIMUM_SECONDS = 3_600;

    /**
     * A simple voice activity gate: open while the level lies {@code marginDb} above a floor that follows the quietest
     * sound (falling at once, rising {@code floorRiseDbPerSecond}), and {@code hangoverSeconds} after.
     *
     * @param marginDb how far above the floor the gate opens, 0 to 200 dB
     * @param floorRiseDbPerSecond how fast the floor follows louder sound, 0 to 1000 dB/s
     * @param hangoverSeconds how long the gate stays open after the level has fallen
     * @param minimumDb the floor never lies below this level, in dB relative to full scale
     */
    public record ActivityGate(double marginDb, double floorRiseDbPerSecond, double hangoverSeconds, double minimumDb) {

        /**
         * Checks the ranges; the hangover lasts at most {@link #MAXIMUM_SECONDS}.
         *
         * @throws IllegalArgumentException if a value is out of range
         */
        public ActivityGate {
            checkRange("marginDb", marginDb, 0, 200);
            checkRange("floorRiseDbPerSecond", floorRiseDbPerSecond, 0, 1_000);
            checkRange("hangoverSeconds", hangoverSeconds, 0, MAXIMUM_SECONDS);
            checkRange("minimumDb", minimumDb, -200, 0);
        }
    }

    /**
     * What the training made of the outputs of one clip: the label with the largest value of {@code rule} wins, the first
     * of equals.
     *
     * @param rule what makes one value of a label's outputs
     * @param seconds length that clips are padded or cut to
     * @param threshold of {@link ClipRule#PEAK}: the score from which a clip is a keyword; the other rules have no use for it
     */
    public record ClipDecision(ClipRule rule, double seconds, double threshold) {

        /** The threshold of a rule that does not need one, and of a peak that is as likely a keyword as not. */
        public static final double EVEN = 0.5;

        /**
         * As the longer form, with a threshold of {@link #EVEN}.
         *
         * @param rule what makes one value of a label's outputs
         * @param seconds length that clips are padded or cut to
         */
        public ClipDecision(ClipRule rule, double seconds) {
            this(rule, seconds, EVEN);
        }

        /**
         * Checks the length: above 0 and at most {@link #MAXIMUM_SECONDS}, and the threshold: 0 to 1.
         *
         * @throws IllegalArgumentException if one is out of range
         */
        public ClipDecision {
            checkRange("clip.seconds", seconds, Double.MIN_NORMAL, MAXIMUM_SECONDS);
            checkRange("clip.threshold", threshold, 0, 1);
        }
    }

    /** How a label's outputs over the steps of one clip become one value. */
    public enum ClipRule {
        /** The sum of the outputs: for outputs that are spikes, their number. */
        SPIKE_COUNT,

        /** The largest output of all steps. */
        MAXIMUM,

        /** The sum of the outputs divided by the number of steps. */
        MEAN,

        /**
         * The highest score that a stream would have seen: outputs smoothed, scaled and put through the softmax step by
         * step. A clip is the label with the highest peak of those that may be reported, if it reaches {@link
         * ClipDecision#threshold}; else {@code silence} if that label's share of the rest stays above a half all the time;
         * else {@code unknown}.
         */
        PEAK
    }

    /**
     * Copies the thresholds and checks the ranges: times from 0 to {@link #MAXIMUM_SECONDS}, a finite scale above 0,
     * thresholds above 0 and up to 1.
     *
     * @throws IllegalArgumentException if a value is out of range
     */
    public DecisionSettings {
        thresholds = Collections.unmodifiableMap(new TreeMap<>(thresholds));
        checkRange("smoothingSeconds", smoothingSeconds, 0, MAXIMUM_SECONDS);
        checkRange("confirmSeconds", confirmSeconds, 0, MAXIMUM_SECONDS);
        checkRange("refractorySeconds", refractorySeconds, 0, MAXIMUM_SECONDS);
        checkRange("warmUpSeconds", warmUpSeconds, 0, MAXIMUM_SECONDS);
        if (!(scale > 0) || !Float.isFinite(scale)) {
            throw new IllegalArgumentException("decision: expected a scale above 0, found " + scale);
        }
        thresholds.forEach((label, threshold) -> {
            if (!(threshold > 0 && threshold <= 1)) {
                throw new IllegalArgumentException(
                        "decision: expected a threshold above 0 and up to 1 for " + label + ", found " + threshold);
            }
        });
    }

    /**
     * {@return these settings with other thresholds}
     *
     * @param newThresholds score by label; they replace all thresholds there are
     */
    public DecisionSettings withThresholds(Map<String, Float> newThresholds) {
        return new DecisionSettings(
                smoothingSeconds, scale, newThresholds, confirmSeconds, refractorySeconds, warmUpSeconds, gate, clip);
    }

    /**
     * {@return these settings with another way to classify clips}
     *
     * @param newClip how one clip on its own is classified
     */
    public DecisionSettings withClip(ClipDecision newClip) {
        return new DecisionSettings(
                smoothingSeconds, scale, thresholds, confirmSeconds, refractorySeconds, warmUpSeconds, gate, newClip);
    }

    private static void checkRange(String name, double value, double least, double most) {
        if (!(value >= least && value <= most)) {
            throw new IllegalArgumentException(
                    "decision: expected " + least + " to " + most + " for " + name + ", found " + value);
        }
    }
}

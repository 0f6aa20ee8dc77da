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
 * @param confirmSeconds how long a label must stay at or above its threshold (under {@link DecisionRule#BEST}, as the best
 *     one) before it is reported
 * @param refractorySeconds silence after a report: of all labels under {@link DecisionRule#BEST}, of the reported one under
 *     {@link DecisionRule#EACH}
 * @param warmUpSeconds nothing is reported in the first moments of a stream
 * @param gate reports only while sound stands out from the background; null for none
 * @param clip how one clip on its own is classified, as in training: for {@code evaluate}, not for streams
 * @param rule which labels can be reported
 * @param release hysteresis of {@link DecisionRule#EACH}: after a report, a label must fall below this share of its
 *     threshold before it is reported again; above 0 and up to 1, where 1 means below the threshold itself
 * @param keywords by label, what a keyword has of its own under {@link DecisionRule#EACH}; labels without need no entry
 */
public record DecisionSettings(
        double smoothingSeconds,
        float scale,
        Map<String, Float> thresholds,
        double confirmSeconds,
        double refractorySeconds,
        double warmUpSeconds,
        @Nullable ActivityGate gate,
        ClipDecision clip,
        DecisionRule rule,
        float release,
        Map<String, KeywordDecision> keywords) {

    /** A release at the threshold itself: what models have that say nothing else. */
    public static final float NO_HYSTERESIS = 1;

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
     * @param isolated for models that have no answer to speech: only words with a pause around them are reported, after the
     *     pause; null for all words. For {@link DecisionRule#BEST}
     */
    public record ActivityGate(
            double marginDb,
            double floorRiseDbPerSecond,
            double hangoverSeconds,
            double minimumDb,
            @Nullable IsolatedWord isolated) {

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

        /**
         * A gate for words with and without a pause around them.
         *
         * @param marginDb how far above the floor the gate opens, 0 to 200 dB
         * @param floorRiseDbPerSecond how fast the floor follows louder sound, 0 to 1000 dB/s
         * @param hangoverSeconds how long the gate stays open after the level has fallen
         * @param minimumDb the floor never lies below this level, in dB relative to full scale
         * @throws IllegalArgumentException if a value is out of range
         */
        public ActivityGate(double marginDb, double floorRiseDbPerSecond, double hangoverSeconds, double minimumDb) {
            this(marginDb, floorRiseDbPerSecond, hangoverSeconds, minimumDb, null);
        }
    }

    /**
     * A word that stands alone, by the level of the sound: quiet is a level below the gate's margin, and shorter pauses
     * belong to the word.
     *
     * @param beforeSeconds quiet before the word
     * @param afterSeconds quiet after it, shorter than that before; the report comes at its end
     * @param longestSeconds a longer stretch of sound is no word
     */
    public record IsolatedWord(double beforeSeconds, double afterSeconds, double longestSeconds) {

        /**
         * Checks the ranges.
         *
         * @throws IllegalArgumentException if a time is out of range, or the pause after the word is as long as that before
         */
        public IsolatedWord {
            checkRange("isolated.beforeSeconds", beforeSeconds, 0, MAXIMUM_SECONDS);
            checkRange("isolated.afterSeconds", afterSeconds, 0, MAXIMUM_SECONDS);
            checkRange("isolated.longestSeconds", longestSeconds, Double.MIN_NORMAL, MAXIMUM_SECONDS);
            if (afterSeconds >= beforeSeconds) {
                throw new IllegalArgumentException(
                        "decision: expected isolated.afterSeconds below isolated.beforeSeconds, " + beforeSeconds
                                + ", found " + afterSeconds);
            }
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

        /** The output of the last step. */
        LAST,

        /**
         * The highest score that a stream would have seen: outputs smoothed, scaled and put through the softmax step by
         * step. A clip is the label with the highest peak of those that may be reported, if it reaches {@link
         * ClipDecision#threshold}; else {@code silence} if that label has three quarters of what it and {@code unknown} have
         * over the clip; else {@code unknown}.
         */
        PEAK
    }

    /**
     * Copies the thresholds and checks the ranges: times from 0 to {@link #MAXIMUM_SECONDS}, a finite scale above 0,
     * thresholds and release above 0 and up to 1.
     *
     * @throws IllegalArgumentException if a value is out of range, {@link DecisionRule#BEST} comes with a release or with
     *     settings for single keywords, or {@link DecisionRule#EACH} with isolated words
     */
    public DecisionSettings {
        thresholds = Collections.unmodifiableMap(new TreeMap<>(thresholds));
        keywords = Collections.unmodifiableMap(new TreeMap<>(keywords));
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
        checkRelease(release);
        if (rule == DecisionRule.BEST && (release != NO_HYSTERESIS || !keywords.isEmpty())) {
            throw new IllegalArgumentException(
                    "decision: expected the rule 'each' for a release below 1 and for settings of"
                            + " single keywords, found the rule 'best'");
        }
        if (rule == DecisionRule.EACH && gate != null && gate.isolated() != null) {
            throw new IllegalArgumentException(
                    "decision: expected the rule 'best' for isolated words, found the rule 'each'");
        }
    }

    /**
     * Settings under {@link DecisionRule#BEST}.
     *
     * @param smoothingSeconds time constant of the exponential smoothing of the outputs; 0 for none
     * @param scale a label's logit is scale times its smoothed output; its score is the softmax over all labels
     * @param thresholds score from which a label counts as detected; a label that is not listed is never reported
     * @param confirmSeconds how long a label must stay the best one above its threshold before it is reported
     * @param refractorySeconds silence after a report
     * @param warmUpSeconds nothing is reported in the first moments of a stream
     * @param gate reports only while sound stands out from the background; null for none
     * @param clip how one clip on its own is classified, as in training: for {@code evaluate}, not for streams
     * @throws IllegalArgumentException if a value is out of range
     */
    public DecisionSettings(
            double smoothingSeconds,
            float scale,
            Map<String, Float> thresholds,
            double confirmSeconds,
            double refractorySeconds,
            double warmUpSeconds,
            @Nullable ActivityGate gate,
            ClipDecision clip) {
        this(
                smoothingSeconds,
                scale,
                thresholds,
                confirmSeconds,
                refractorySeconds,
                warmUpSeconds,
                gate,
                clip,
                DecisionRule.BEST,
                NO_HYSTERESIS,
                Map.of());
    }

    /**
     * {@return what a label has of its own; where that is nothing, a record of nulls}
     *
     * @param label a label of the model
     */
    public KeywordDecision keyword(String label) {
        return keywords.getOrDefault(label, KeywordDecision.NONE);
    }

    /**
     * {@return these settings with other thresholds}
     *
     * @param newThresholds score by label; they replace all thresholds there are
     */
    public DecisionSettings withThresholds(Map<String, Float> newThresholds) {
        return new DecisionSettings(
                smoothingSeconds,
                scale,
                newThresholds,
                confirmSeconds,
                refractorySeconds,
                warmUpSeconds,
                gate,
                clip,
                rule,
                release,
                keywords);
    }

    /**
     * {@return these settings with another way to classify clips}
     *
     * @param newClip how one clip on its own is classified
     */
    public DecisionSettings withClip(ClipDecision newClip) {
        return new DecisionSettings(
                smoothingSeconds,
                scale,
                thresholds,
                confirmSeconds,
                refractorySeconds,
                warmUpSeconds,
                gate,
                newClip,
                rule,
                release,
                keywords);
    }

    /**
     * {@return these settings under {@link DecisionRule#EACH}}
     *
     * @param newRelease share of its threshold below which a label must fall after a report, above 0 and up to 1
     * @param newKeywords by label, what a keyword has of its own
     * @throws IllegalArgumentException if the release is out of range
     */
    public DecisionSettings each(float newRelease, Map<String, KeywordDecision> newKeywords) {
        return new DecisionSettings(
                smoothingSeconds,
                scale,
                thresholds,
                confirmSeconds,
                refractorySeconds,
                warmUpSeconds,
                gate,
                clip,
                DecisionRule.EACH,
                newRelease,
                newKeywords);
    }

    static void checkRange(String name, double value, double least, double most) {
        if (!(value >= least && value <= most)) {
            throw new IllegalArgumentException(
                    "decision: expected " + least + " to " + most + " for " + name + ", found " + value);
        }
    }

    static void checkRelease(float release) {
        if (!(release > 0 && release <= 1)) {
            throw new IllegalArgumentException("decision: expected a release above 0 and up to 1, found " + release);
        }
    }
}

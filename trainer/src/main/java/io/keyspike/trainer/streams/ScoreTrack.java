package io.keyspike.trainer.streams;

import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/**
 * The scores of every step of a stream: a number for each step and keyword, so that hours fit in memory. Not changed once it
 * is built; the scores are shared with whoever built it.
 */
public final class ScoreTrack {
    private final List<String> keywords;
    private final int sampleRateHz;
    private final long firstSample;
    private final int stepSamples;
    private final int steps;
    private final float[][] scores;

    /** Steps in which the activity gate was closed. */
    private final BitSet closed;

    /**
     * A track of scores that are there, with the activity gate open throughout.
     *
     * @param keywords what is scored
     * @param sampleRateHz rate of the stream
     * @param firstSample samples up to and including the first step
     * @param stepSamples samples of every further step
     * @param steps how many there are
     * @param scores {@code [keywords, steps or more]}; not copied
     * @throws IllegalArgumentException if the numbers do not fit together or a score is no number
     */
    public ScoreTrack(
            List<String> keywords, int sampleRateHz, long firstSample, int stepSamples, int steps, float[][] scores) {
        this(keywords, sampleRateHz, firstSample, stepSamples, steps, scores, new BitSet());
    }

    private ScoreTrack(
            List<String> keywords,
            int sampleRateHz,
            long firstSample,
            int stepSamples,
            int steps,
            float[][] scores,
            BitSet closed) {
        if (sampleRateHz < 1 || firstSample < 0 || stepSamples < 1 || steps < 0) {
            throw new IllegalArgumentException("scores: expected a rate and steps of at least 1, found " + sampleRateHz
                    + " Hz, steps of " + stepSamples + " samples from " + firstSample + ", " + steps + " of them");
        }
        if (scores.length != keywords.size()) {
            throw new IllegalArgumentException(
                    "scores: expected those of " + keywords.size() + " keywords, found " + scores.length);
        }
        for (int k = 0; k < scores.length; k++) {
            if (scores[k].length < steps) {
                throw new IllegalArgumentException(
                        "scores of " + keywords.get(k) + ": expected " + steps + " steps, found " + scores[k].length);
            }
            for (int i = 0; i < steps; i++) {
                if (Float.isNaN(scores[k][i])) {
                    throw new IllegalArgumentException(
                            "scores of " + keywords.get(k) + ": expected a number at step " + i + ", found none");
                }
            }
        }
        this.keywords = List.copyOf(keywords);
        this.sampleRateHz = sampleRateHz;
        this.firstSample = firstSample;
        this.stepSamples = stepSamples;
        this.steps = steps;
        this.scores = scores;
        this.closed = closed;
    }

    /** {@return what is scored} */
    public List<String> keywords() {
        return keywords;
    }

    /** {@return how many steps there are} */
    public int steps() {
        return steps;
    }

    /** {@return seconds from one step to the next} */
    public double stepSeconds() {
        return (double) stepSamples / sampleRateHz;
    }

    /**
     * {@return seconds from the stream's start to the end of a step's samples}
     *
     * @param step from 0
     */
    public double seconds(int step) {
        return (double) (firstSample + (long) step * stepSamples) / sampleRateHz;
    }

    /**
     * {@return the score of a keyword in a step}
     *
     * @param keyword index into {@link #keywords}
     * @param step from 0
     */
    public float score(int keyword, int step) {
        return scores[keyword][step];
    }

    /**
     * {@return whether the activity gate was open in a step; true where there is none}
     *
     * @param step from 0
     */
    public boolean open(int step) {
        return !closed.get(step);
    }

    /**
     * The scores of one keyword.
     *
     * @throws IllegalArgumentException if it is not scored
     */
    TimedScores of(String keyword) {
        int index = keywords.indexOf(keyword);
        if (index < 0) {
            throw new IllegalArgumentException("scores: expected one of " + keywords + ", found " + keyword);
        }
        float[] row = scores[index];
        return new TimedScores() {
            @Override
            public int size() {
                return steps;
            }

            @Override
            public double seconds(int step) {
                return ScoreTrack.this.seconds(step);
            }

            @Override
            public float score(int step) {
                return row[step];
            }
        };
    }

    /** Takes scores step by step. Not thread-safe. */
    public static final class Builder {
        private static final int FIRST_STEPS = 1 << 10;

        private final List<String> keywords;
        private final int sampleRateHz;
        private final int stepSamples;
        private final float[][] scores;
        private final BitSet closed = new BitSet();
        private long firstSample;
        private long lastSample;
        private int steps;

        /**
         * A track without any step.
         *
         * @param keywords what is scored
         * @param sampleRateHz rate of the stream
         * @param stepSamples samples of a step
         */
        public Builder(List<String> keywords, int sampleRateHz, int stepSamples) {
            this.keywords = List.copyOf(keywords);
            this.sampleRateHz = sampleRateHz;
            this.stepSamples = stepSamples;
            this.scores = new float[keywords.size()][FIRST_STEPS];
        }

        /**
         * Begins the next step; its scores are 0 until {@link #score} sets them.
         *
         * @param samplePosition samples of the stream up to and including the step
         * @throws IllegalArgumentException if the step does not follow the one before at the distance of a step
         */
        public void step(long samplePosition) {
            if (steps == 0) {
                firstSample = samplePosition;
            } else if (samplePosition != lastSample + stepSamples) {
                throw new IllegalArgumentException("scores: expected the next step at sample "
                        + (lastSample + stepSamples) + ", found it at " + samplePosition);
            }
            lastSample = samplePosition;
            if (scores.length > 0 && steps == scores[0].length) {
                for (int k = 0; k < scores.length; k++) {
                    scores[k] = Arrays.copyOf(scores[k], Math.multiplyExact(2, steps));
                }
            }
            steps++;
        }

        /**
         * Sets a score of the last step.
         *
         * @param keyword index among the keywords
         * @param score any number; higher is surer
         */
        public void score(int keyword, float score) {
            scores[keyword][steps - 1] = score;
        }

        /** Notes that the activity gate is closed in the last step. */
        public void gateClosed() {
            closed.set(steps - 1);
        }

        /**
         * {@return the track}
         *
         * @throws IllegalArgumentException if a score is no number
         */
        public ScoreTrack build() {
            float[][] exact = new float[scores.length][];
            for (int k = 0; k < scores.length; k++) {
                exact[k] = Arrays.copyOf(scores[k], steps);
            }
            return new ScoreTrack(
                    keywords, sampleRateHz, firstSample, stepSamples, steps, exact, (BitSet) closed.clone());
        }
    }
}

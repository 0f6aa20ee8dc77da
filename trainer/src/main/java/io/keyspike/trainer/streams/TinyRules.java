package io.keyspike.trainer.streams;

import java.util.List;

/**
 * The rules of MLPerf Tiny's streaming wake word, by which a device hears 20 minutes with 50 times "marvin" and may miss at
 * most {@link #MOST_FALSE_NEGATIVES} and falsely report at most {@link #MOST_FALSE_POSITIVES}. A word is found if the output
 * is positive at any time from the word's start to {@link #FOUND_SECONDS} after its end; positives up to {@link
 * #IGNORED_SECONDS} after its end are never false. Of the others each is false, but those less than {@link
 * #DEBOUNCE_SECONDS} after a false one that was counted are the same one. Unlike in {@link StreamScoring}, one positive finds
 * every word in whose time it lies.
 *
 * <p>Source: MLCommons, <a
 * href="https://github.com/mlcommons/tiny/tree/master/benchmark/training/streaming_wakeword">Streaming Wakeword</a>,
 * {@code get_true_and_false_detections} and {@code debounce_detections} in {@code str_ww_util.py}; the limits are those of
 * <a href="https://mlcommons.org/benchmarks/inference-tiny/">MLPerf Tiny 1.3</a>.
 */
public final class TinyRules {
    /** How long after its end a word may be found. */
    public static final double FOUND_SECONDS = 0.5;

    /** How long after the end of a word positives are not counted as false. */
    public static final double IGNORED_SECONDS = 1;

    /** False positives closer to a counted one than this are the same. */
    public static final double DEBOUNCE_SECONDS = 1;

    /** Most words that may be missed, of 50. */
    public static final int MOST_FALSE_NEGATIVES = 8;

    /** Most false positives, in 20 minutes. */
    public static final int MOST_FALSE_POSITIVES = 8;

    private TinyRules() {}

    /**
     * A result.
     *
     * @param words how often the word is said
     * @param falseNegatives words not found
     * @param falsePositives false positives
     */
    public record Result(int words, int falseNegatives, int falsePositives) {
        /**
         * {@return both added up}
         *
         * @param other of another stream
         */
        public Result plus(Result other) {
            return new Result(
                    words + other.words, falseNegatives + other.falseNegatives, falsePositives + other.falsePositives);
        }

        /** {@return whether both numbers keep to the limits} */
        public boolean passes() {
            return falseNegatives <= MOST_FALSE_NEGATIVES && falsePositives <= MOST_FALSE_POSITIVES;
        }
    }

    /**
     * Counts the detections of a keyword in a stream, each taken for a positive output at one time.
     *
     * @param labels what is said in the stream
     * @param detections in any order
     * @param keyword words and detections of other keywords are left out
     */
    public static Result count(List<StreamLabel> labels, List<StreamDetection> detections, String keyword) {
        List<StreamLabel> words = StreamScoring.of(labels, keyword);
        double[] times = detections.stream()
                .filter(d -> d.keyword().equals(keyword))
                .mapToDouble(StreamDetection::seconds)
                .sorted()
                .toArray();
        int missed = 0;
        for (StreamLabel word : words) {
            boolean found = false;
            for (double time : times) {
                found |= within(word, time, FOUND_SECONDS);
            }
            missed += found ? 0 : 1;
        }
        int falsePositives = 0;
        double last = Double.NEGATIVE_INFINITY;
        for (double time : times) {
            if (time - last >= DEBOUNCE_SECONDS && words.stream().noneMatch(w -> within(w, time, IGNORED_SECONDS))) {
                falsePositives++;
                last = time;
            }
        }
        return new Result(words.size(), missed, falsePositives);
    }

    private static boolean within(StreamLabel word, double time, double after) {
        return word.startSeconds() <= time && time < word.endSeconds() + after;
    }
}

package io.keyspike.trainer.streams;

/**
 * A word in a stream.
 *
 * @param startSeconds where the word begins
 * @param endSeconds where it ends
 * @param keyword what is said
 */
public record StreamLabel(double startSeconds, double endSeconds, String keyword) {
    /**
     * Checks the times.
     *
     * @throws IllegalArgumentException if a time is negative or no number, the end lies before the start, or the keyword is
     *     empty
     */
    public StreamLabel {
        if (!(startSeconds >= 0 && endSeconds >= startSeconds && endSeconds < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(
                    "expected 0 <= start <= end in seconds, found " + startSeconds + " and " + endSeconds);
        }
        if (keyword.isEmpty()) {
            throw new IllegalArgumentException("expected a keyword, found none");
        }
    }

    /**
     * Whether a detection of the label's keyword at a time is one of this word: from its start to {@link
     * StreamScoring#TAIL_SECONDS} after its end, both included.
     *
     * @param seconds time of the detection
     */
    public boolean contains(double seconds) {
        return startSeconds <= seconds && seconds <= endSeconds + StreamScoring.TAIL_SECONDS;
    }
}

package io.keyspike.trainer.streams;

import java.util.List;

/**
 * The scores of every step of a stream with its labels.
 *
 * @param name for people
 * @param durationSeconds length of the stream
 * @param labels what is said in it; words that have no scores are ignored
 * @param scores of every step
 */
public record ScoredStream(String name, double durationSeconds, List<StreamLabel> labels, ScoreTrack scores) {
    /**
     * Copies the labels.
     *
     * @throws IllegalArgumentException if the length is not a positive number
     */
    public ScoredStream {
        if (!(durationSeconds > 0 && durationSeconds < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(
                    "stream " + name + ": expected a length of more than 0 s, found " + durationSeconds);
        }
        labels = List.copyOf(labels);
    }
}

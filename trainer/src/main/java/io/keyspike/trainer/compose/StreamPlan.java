package io.keyspike.trainer.compose;

import java.util.List;

/**
 * What is asked of {@link LabelledStreams}.
 *
 * @param keywords names of the keywords, as the stock's words are ordered
 * @param seconds length of each stream
 * @param wordsPerMinute keywords in a minute, on average; 0 for streams that hold none
 * @param seed another seed, other streams
 */
public record StreamPlan(List<String> keywords, double seconds, double wordsPerMinute, long seed) {
    private static final double LONGEST_SECONDS = 12 * 3_600;

    /**
     * Checks the ranges.
     *
     * @throws IllegalArgumentException in one sentence, if the length is not from 5 s to 12 h or there are less than 0 words
     *     a minute
     */
    public StreamPlan {
        keywords = List.copyOf(keywords);
        if (!(seconds >= 5 && seconds <= LONGEST_SECONDS)) {
            throw new IllegalArgumentException("streams: expected a length of 5 s to 12 h, found " + seconds + " s");
        }
        if (!(wordsPerMinute >= 0) || !Double.isFinite(wordsPerMinute)) {
            throw new IllegalArgumentException("streams: expected 0 or more words a minute, found " + wordsPerMinute);
        }
    }
}

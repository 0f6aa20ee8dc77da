package io.keyspike.trainer.streams;

/**
 * What a model made of one word over all streams.
 *
 * @param keyword the word
 * @param own at the model's own threshold, as reported live
 * @param sweep at every threshold, on the scores of every step
 * @param atOne latencies at the threshold of one false alarm an hour, on the scores of every step
 * @param tiny by MLPerf Tiny's rules, at the model's own threshold
 */
public record KeywordResult(
        String keyword, StreamCount own, ThresholdSweep sweep, StreamCount atOne, TinyRules.Result tiny) {}

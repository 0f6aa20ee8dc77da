package io.keyspike.trainer.streams;

/**
 * A report of a keyword in a stream.
 *
 * @param seconds time since the stream's start, that of the last sample that led to the report
 * @param keyword what was reported
 * @param score how sure the model was; higher is surer
 */
public record StreamDetection(double seconds, String keyword, float score) {}

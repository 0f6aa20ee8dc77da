package io.keyspike.models.decision;

/**
 * A keyword detected in a stream.
 *
 * @param label index into the model's labels
 * @param keyword the label's text
 * @param score 0 to 1
 * @param samplePosition samples of the stream up to and including the step that decided
 */
public record Detection(int label, String keyword, float score, long samplePosition) {}

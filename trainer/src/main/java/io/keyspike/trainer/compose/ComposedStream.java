package io.keyspike.trainer.compose;

import java.util.List;

/**
 * A composed stream and what is where in it.
 *
 * @param samples PCM16
 * @param words where the keywords lie, in the order of their starts
 * @param speech where anything is spoken, keywords included, in order
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier of samples, never compared
public record ComposedStream(short[] samples, List<Word> words, List<Span> speech) {

    /** Copies the lists. */
    public ComposedStream {
        words = List.copyOf(words);
        speech = List.copyOf(speech);
    }

    /**
     * A keyword.
     *
     * @param label index of the keyword
     * @param start first sample of its speech
     * @param end sample after the last one of its speech
     */
    public record Word(int label, int start, int end) {}

    /**
     * A stretch of speech.
     *
     * @param start first sample
     * @param end sample after the last
     */
    public record Span(int start, int end) {}
}

package io.keyspike.trainer.compose;

import java.util.List;

/**
 * What is in a stream of {@link LabelledStreams}.
 *
 * @param seconds its length
 * @param labels of its keywords, in the order of their starts
 * @param otherWords how many other words it holds
 * @param speechSeconds how much connected speech it holds
 */
public record MadeStream(double seconds, List<Label> labels, int otherWords, double speechSeconds) {

    /** Copies the list. */
    public MadeStream {
        labels = List.copyOf(labels);
    }

    /**
     * A keyword in the stream.
     *
     * @param startSeconds where its speech begins
     * @param endSeconds where its speech ends, before any reverberation
     * @param keyword its name
     * @param recording the recording that was used
     */
    public record Label(double startSeconds, double endSeconds, String keyword, String recording) {}
}

package io.keyspike.models.decision;

import io.keyspike.models.spotter.KeywordSpotter;

/** Receives the detections of a {@link KeywordSpotter}. */
@FunctionalInterface
public interface DetectionSink {

    /**
     * Called once for each detection, in the order of the stream, by the thread that feeds the audio, which waits meanwhile.
     *
     * @param detection what was detected
     */
    void heard(Detection detection);
}

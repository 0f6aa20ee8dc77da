package io.keyspike.trainer.streams;

import java.util.List;

/**
 * The detections of a stream with its labels.
 *
 * @param name for people
 * @param durationSeconds length of the stream
 * @param labels what is said in it
 * @param detections what was reported, in any order
 */
public record DetectedStream(
        String name, double durationSeconds, List<StreamLabel> labels, List<StreamDetection> detections) {
    /** Copies the lists. */
    public DetectedStream {
        labels = List.copyOf(labels);
        detections = List.copyOf(detections);
    }
}

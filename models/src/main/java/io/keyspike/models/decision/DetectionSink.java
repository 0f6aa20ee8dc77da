package io.keyspike.models.decision;

import io.keyspike.models.spotter.KeywordSpotter;

/** Receives the detections of a {@link KeywordSpotter}. */
@FunctionalInterface
public interface DetectionSink {
    void heard(Detection detection);
}

package io.keyspike.models.decision;

import io.keyspike.models.spotter.KeywordSpotter;

/** Receives what a {@link KeywordSpotter} hears. */
@FunctionalInterface
public interface DetectionSink {
    void heard(Detection detection);
}

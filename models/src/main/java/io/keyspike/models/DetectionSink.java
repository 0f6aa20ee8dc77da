package io.keyspike.models;

/** Receives what a {@link KeywordSpotter} hears. */
@FunctionalInterface
public interface DetectionSink {
    void heard(Detection detection);
}

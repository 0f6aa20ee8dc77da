package io.keyspike.trainer.streams;

import java.util.ArrayList;
import java.util.List;

/**
 * What the detections of a stream are, by {@link StreamScoring}.
 *
 * @param labels words that are said
 * @param hits those that were reported
 * @param falseAlarms reports of words that are not said, several within {@link StreamScoring#REFRACTORY_SECONDS} as one
 * @param latencies of the hits: seconds from the word's end to its report, negative where the report came first; in the order
 *     of the reports
 */
public record StreamCount(int labels, int hits, int falseAlarms, List<Double> latencies) {
    /** Nothing at all. */
    public static final StreamCount NONE = new StreamCount(0, 0, 0, List.of());

    /** Copies the list. */
    public StreamCount {
        latencies = List.copyOf(latencies);
    }

    /** {@return words that were not reported} */
    public int misses() {
        return labels - hits;
    }

    /** {@return the same hits and misses, without the false alarms} */
    public StreamCount withoutFalseAlarms() {
        return new StreamCount(labels, hits, 0, latencies);
    }

    /**
     * {@return both counts added up}
     *
     * @param other of another stream or word
     */
    public StreamCount plus(StreamCount other) {
        var all = new ArrayList<>(latencies);
        all.addAll(other.latencies);
        return new StreamCount(labels + other.labels, hits + other.hits, falseAlarms + other.falseAlarms, all);
    }
}

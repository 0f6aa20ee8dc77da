package io.keyspike.trainer.streams;

import java.util.List;

/**
 * What a model made of a recording.
 *
 * @param scores the scores of every step with the words that the model knows
 * @param detections what it reported at its own thresholds, in order
 */
public record HeardStream(ScoredStream scores, List<StreamDetection> detections) {
    /** Copies the list. */
    public HeardStream {
        detections = List.copyOf(detections);
    }

    /** {@return hits and false alarms of all words at the model's own thresholds} */
    public StreamCount count() {
        return StreamScoring.count(scores.labels(), detections, Double.NEGATIVE_INFINITY);
    }

    /**
     * {@return hits and false alarms of a word at the model's own threshold}
     *
     * @param keyword the word
     */
    public StreamCount count(String keyword) {
        return StreamScoring.count(
                StreamScoring.of(scores.labels(), keyword),
                detections.stream().filter(d -> d.keyword().equals(keyword)).toList(),
                Double.NEGATIVE_INFINITY);
    }
}

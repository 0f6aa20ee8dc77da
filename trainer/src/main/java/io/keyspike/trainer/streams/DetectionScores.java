package io.keyspike.trainer.streams;

import java.util.List;

/** The detections of one keyword in the order of time. */
final class DetectionScores implements TimedScores {
    private final List<StreamDetection> detections;

    /** @throws IllegalArgumentException if a score is no number */
    DetectionScores(List<StreamDetection> all, String keyword) {
        detections = StreamScoring.inOrder(all).stream()
                .filter(d -> d.keyword().equals(keyword))
                .toList();
        for (StreamDetection d : detections) {
            if (Float.isNaN(d.score())) {
                throw new IllegalArgumentException(
                        "detection of " + keyword + " at " + d.seconds() + " s: expected a score, found no number");
            }
        }
    }

    @Override
    public int size() {
        return detections.size();
    }

    @Override
    public double seconds(int index) {
        return detections.get(index).seconds();
    }

    @Override
    public float score(int index) {
        return detections.get(index).score();
    }
}

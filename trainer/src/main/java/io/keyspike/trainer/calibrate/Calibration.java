package io.keyspike.trainer.calibrate;

import java.util.List;

/**
 * Thresholds and what they give on streams of validation clips.
 *
 * @param hours length of the streams
 * @param labels one entry for each label that may be reported
 */
public record Calibration(double hours, List<LabelResult> labels) {

    /**
     * One label with its threshold.
     *
     * @param clips of this word in the streams
     * @param hits clips that were reported
     * @param falseReports reports of this label where no such clip was, or one reported already
     */
    public record LabelResult(String label, float threshold, int clips, int hits, int falseReports) {}

    public Calibration {
        labels = List.copyOf(labels);
    }

    public int clips() {
        return labels.stream().mapToInt(LabelResult::clips).sum();
    }

    public int hits() {
        return labels.stream().mapToInt(LabelResult::hits).sum();
    }

    public int falseReports() {
        return labels.stream().mapToInt(LabelResult::falseReports).sum();
    }

    public double hitRate() {
        return clips() == 0 ? 0 : (double) hits() / clips();
    }

    public double falseReportsPerHour() {
        return hours == 0 ? 0 : falseReports() / hours;
    }
}

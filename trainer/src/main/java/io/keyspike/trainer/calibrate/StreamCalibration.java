package io.keyspike.trainer.calibrate;

import io.keyspike.models.KeywordModel;
import io.keyspike.models.description.StreamQuality;
import io.keyspike.models.description.ThresholdCurve;
import io.keyspike.trainer.common.Parallel;
import io.keyspike.trainer.common.Progress;
import io.keyspike.trainer.streams.ScoredStream;
import io.keyspike.trainer.streams.StreamCount;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * Thresholds for a requested rate of false alarms, from the scores of every step of labelled streams. Every threshold is judged
 * by what the decision stage reports at it (confirmation, hysteresis, refractory time, gate, warm-up; {@link
 * io.keyspike.models.decision.ScoreReplay}), counted as {@link io.keyspike.trainer.streams.StreamScoring} does.
 *
 * @param model with the chosen thresholds, and the whole curve as its {@link KeywordModel#quality}
 * @param goal the rate that was requested
 * @param hours in which false alarms were counted
 * @param keywords what was chosen, in the order of the model's labels
 */
public record StreamCalibration(
        KeywordModel model, CalibrationGoal goal, double hours, List<CalibratedKeyword> keywords) {

    /** Copies the list. */
    public StreamCalibration {
        keywords = List.copyOf(keywords);
    }

    /**
     * Calibrates a model.
     *
     * @param model the model that the scores are from; its decision is by the rule {@code EACH}, its thresholds do not matter
     * @param streams at least one; all have scores of the same keywords, which become the ones that the model reports
     * @param goal the requested rate
     * @param measuredOn one line on the streams, for the model's {@link StreamQuality}
     * @param threads how many keywords at a time; does not affect results
     * @param progress told of each keyword
     * @return the model with its thresholds, and what it reports at them
     * @throws IllegalArgumentException if there is no stream or no keyword, the model decides by the rule {@code BEST}, or
     *     the streams do not hold what the goal counts: streams without words, or each keyword
     */
    public static StreamCalibration of(
            KeywordModel model,
            List<ScoredStream> streams,
            CalibrationGoal goal,
            String measuredOn,
            int threads,
            Progress progress) {
        if (streams.isEmpty() || streams.getFirst().scores().keywords().isEmpty()) {
            throw new IllegalArgumentException("calibration: expected streams with scores of keywords, found none");
        }
        List<String> keywords = streams.getFirst().scores().keywords();
        for (ScoredStream stream : streams) {
            if (!stream.scores().keywords().equals(keywords)) {
                throw new IllegalArgumentException("calibration: expected scores of " + keywords
                        + " in every stream, found " + stream.scores().keywords() + " in " + stream.name());
            }
        }
        List<KeywordReplay> replays = keywords.stream()
                .map(keyword -> new KeywordReplay(model, keyword, streams, goal))
                .toList();
        var curves = new ThresholdCurve[keywords.size()];
        Parallel.forEach(curves.length, threads, "calibrating", progress, k -> {
            curves[k] = replays.get(k).curve();
        });
        Map<String, ThresholdCurve> byKeyword = new TreeMap<>();
        for (int k = 0; k < curves.length; k++) {
            byKeyword.put(keywords.get(k), curves[k]);
        }
        double hours = goal.hours(streams);
        var quality = new StreamQuality(measuredOn, hours, byKeyword);
        Map<String, StreamQuality.Choice> choices = goal.together()
                ? SharedRate.thresholds(
                        quality,
                        goal.falseAlarmsPerHour(),
                        (keyword, threshold) -> goal.confusionWeight() == 0
                                ? 0
                                : goal.confusionWeight()
                                        * replays.get(keywords.indexOf(keyword)).confusions(threshold))
                : quality.thresholdsFor(goal.falseAlarmsPerHour());
        Map<String, Float> thresholds = new TreeMap<>();
        choices.forEach((keyword, choice) -> thresholds.put(keyword, choice.threshold()));
        var results = new ArrayList<CalibratedKeyword>();
        for (int k = 0; k < curves.length; k++) {
            String keyword = keywords.get(k);
            StreamQuality.Choice choice = Objects.requireNonNull(choices.get(keyword));
            StreamCount count = replays.get(k).count(choice.threshold());
            results.add(new CalibratedKeyword(
                    keyword, choice.threshold(), choice.falseAlarmsPerHour(), choice.resolved(), hours, count));
        }
        KeywordModel calibrated =
                model.withDecision(model.decision().withThresholds(thresholds)).withQuality(quality);
        return new StreamCalibration(calibrated, goal, hours, results);
    }

    /** {@return hits, misses and false alarms of all keywords at their thresholds} */
    public StreamCount count() {
        return keywords.stream().map(CalibratedKeyword::count).reduce(StreamCount.NONE, StreamCount::plus);
    }
}

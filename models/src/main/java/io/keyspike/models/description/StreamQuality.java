package io.keyspike.models.description;

import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What was measured of a model on streams: false alarms and misses of each keyword over its thresholds, as the decision
 * stage reports them.
 *
 * @param measuredOn one line on where it was measured, such as {@code 4.3 h of connected speech not trained on}
 * @param hours of sound in which false alarms were counted, above 0
 * @param keywords by label, what the keyword's thresholds led to
 */
public record StreamQuality(String measuredOn, double hours, Map<String, ThresholdCurve> keywords) {

    private static final int LONGEST_LINE = 500;

    /**
     * Copies the curves, sorted by label, and checks the rest.
     *
     * @throws IllegalArgumentException if the description is not one line of 1 to 500 characters, the hours are not above 0,
     *     or there is no curve
     */
    public StreamQuality {
        keywords = Collections.unmodifiableMap(new TreeMap<>(keywords));
        if (measuredOn.isBlank()
                || measuredOn.length() > LONGEST_LINE
                || measuredOn.codePoints().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException("quality: expected one line of up to " + LONGEST_LINE
                    + " characters on where it was measured, found '" + measuredOn + "'");
        }
        if (!(hours > 0) || hours > 1e7) {
            throw new IllegalArgumentException("quality: expected hours above 0, found " + hours);
        }
        if (keywords.isEmpty()) {
            throw new IllegalArgumentException("quality: expected the curve of at least one keyword, found none");
        }
    }

    /**
     * A threshold for a requested rate.
     *
     * @param threshold of the keyword's score
     * @param falseAlarmsPerHour what the threshold leads to: measured, or expected where the hours do not resolve it
     * @param resolved whether the hours resolve the requested rate, that is, hold at least one false alarm at it and a
     *     measured threshold that keeps to it; otherwise the curve was continued beyond what was measured
     */
    public record Choice(float threshold, double falseAlarmsPerHour, boolean resolved) {}

    /**
     * The thresholds for a rate of false alarms: of each keyword the lowest whose measured rate is at most the requested one.
     * Where the hours cannot resolve that rate, the curve is continued: the logarithm of the rate linear in the logit of the
     * threshold, fitted to the curve's end. A lower rate never gives a lower threshold.
     *
     * @param falseAlarmsPerHour of each keyword, above 0
     * @return by label, in its order
     * @throws IllegalArgumentException if the rate is not above 0 and finite
     */
    public SortedMap<String, Choice> thresholdsFor(double falseAlarmsPerHour) {
        if (!(falseAlarmsPerHour > 0) || !Double.isFinite(falseAlarmsPerHour)) {
            throw new IllegalArgumentException(
                    "expected a rate of false alarms an hour above 0, found " + falseAlarmsPerHour);
        }
        var choices = new TreeMap<String, Choice>();
        keywords.forEach((label, curve) -> {
            ThresholdCurve.Choice choice = curve.choose(falseAlarmsPerHour * hours);
            choices.put(label, new Choice(choice.threshold(), choice.falseAlarms() / hours, choice.resolved()));
        });
        return choices;
    }

    /**
     * The rate of false alarms that was measured at a threshold, or at the next lower one that was measured.
     *
     * @param label a keyword
     * @param threshold of its score
     * @return false alarms an hour, 0 where there was none in all the hours; null if the keyword has no curve or the threshold
     *     lies below all that were measured
     */
    public @Nullable Double falseAlarmsPerHour(String label, float threshold) {
        ThresholdPoint point = at(label, threshold);
        return point == null ? null : Double.valueOf(point.falseAlarms() / hours);
    }

    /**
     * The share of a keyword's occurrences that were missed at a threshold, or at the next lower one that was measured.
     *
     * @param label a keyword
     * @param threshold of its score
     * @return 0 to 1; null if the keyword has no curve or was not said, or the threshold lies below all that were measured
     */
    public @Nullable Double missRate(String label, float threshold) {
        ThresholdPoint point = at(label, threshold);
        ThresholdCurve curve = keywords.get(label);
        return point == null || curve == null || curve.words() == 0
                ? null
                : Double.valueOf((double) point.misses() / curve.words());
    }

    private @Nullable ThresholdPoint at(String label, float threshold) {
        ThresholdCurve curve = keywords.get(label);
        return curve == null ? null : curve.at(threshold);
    }
}

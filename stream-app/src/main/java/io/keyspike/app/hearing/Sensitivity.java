package io.keyspike.app.hearing;

import io.keyspike.models.KeywordModel;
import io.keyspike.models.description.Spelling;
import io.keyspike.models.description.StreamQuality;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * How readily keywords are reported, where that differs from the model's own thresholds.
 *
 * @param falseAlarmsPerHour of each keyword, above 0, from which thresholds follow by what was measured of the model ({@link
 *     KeywordModel#thresholdsFor}); null for the model's thresholds
 * @param thresholds by word, in place of those; empty for a word that is never reported
 */
public record Sensitivity(@Nullable Double falseAlarmsPerHour, Map<String, Optional<Float>> thresholds) {

    /** The model's own thresholds. */
    public static final Sensitivity OF_MODEL = new Sensitivity(null, Map.of());

    /** @throws IllegalArgumentException if a value is out of range */
    public Sensitivity {
        thresholds = Collections.unmodifiableMap(new TreeMap<>(thresholds));
        if (falseAlarmsPerHour != null && !(falseAlarmsPerHour > 0 && Double.isFinite(falseAlarmsPerHour))) {
            throw new IllegalArgumentException(
                    "expected a rate of false alarms an hour above 0, found " + falseAlarmsPerHour);
        }
        thresholds.forEach((word, threshold) -> threshold.ifPresent(value -> {
            if (!(value > 0 && value <= 1)) {
                throw new IllegalArgumentException(
                        "expected a threshold above 0 and up to 1 for " + word + ", found " + value);
            }
        }));
    }

    /** Whether the model's own thresholds stay, whatever the model. */
    public boolean isNone() {
        return falseAlarmsPerHour == null && thresholds.isEmpty();
    }

    /**
     * The thresholds of a model at this sensitivity. Words unknown to the model are left out; a rate that the model cannot
     * tell thresholds for leaves its own.
     */
    public Map<String, Float> thresholdsOf(KeywordModel model) {
        Map<String, Float> all = new TreeMap<>(model.decision().thresholds());
        if (falseAlarmsPerHour != null && rateProblem(model) == null) {
            for (Map.Entry<String, StreamQuality.Choice> choice :
                    model.thresholdsFor(falseAlarmsPerHour).entrySet()) {
                all.put(choice.getKey(), choice.getValue().threshold());
            }
        }
        thresholds.forEach((word, threshold) -> {
            if (model.labels().contains(word)) {
                threshold.ifPresentOrElse(value -> all.put(word, value), () -> all.remove(word));
            }
        });
        return all;
    }

    /** Why a model cannot be used at this sensitivity, in one sentence; null if it can. */
    public @Nullable String problem(KeywordModel model) {
        for (String word : thresholds.keySet()) {
            if (!model.labels().contains(word)) {
                return model.name() + ": expected thresholds for words among " + model.labels() + ", found one for "
                        + word + Spelling.hint(word, model.labels());
            }
        }
        return rateProblem(model);
    }

    private @Nullable String rateProblem(KeywordModel model) {
        if (falseAlarmsPerHour == null) {
            return null;
        }
        try {
            model.thresholdsFor(falseAlarmsPerHour);
            return null;
        } catch (IllegalArgumentException e) {
            return e.getMessage();
        }
    }
}

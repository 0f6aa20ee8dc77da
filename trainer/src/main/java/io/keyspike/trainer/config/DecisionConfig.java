package io.keyspike.trainer.config;

import static io.keyspike.trainer.config.ConfigException.check;
import static io.keyspike.trainer.config.ConfigException.checkProbability;
import static io.keyspike.trainer.config.ConfigException.checkRange;

import io.keyspike.models.decision.DecisionRule;
import io.keyspike.models.decision.DecisionSettings.ActivityGate;
import io.keyspike.models.decision.KeywordDecision;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * How the model's outputs become events, and how its thresholds are found.
 *
 * @param release share of its threshold below which a label must fall after a report, under {@link DecisionRule#EACH}
 * @param keywords by label, what a keyword has of its own, under {@link DecisionRule#EACH}
 */
public record DecisionConfig(
        DecisionRule rule,
        float release,
        Map<String, KeywordDecision> keywords,
        double smoothingSeconds,
        @Nullable Float scale,
        double confirmSeconds,
        double refractorySeconds,
        double warmUpSeconds,
        @Nullable ActivityGate gate,
        List<String> never,
        CalibrationConfig calibration) {

    /** Streams of validation clips, and which threshold is chosen. */
    public record CalibrationConfig(
            boolean enabled,
            boolean otherWords,
            List<Double> gapSeconds,
            double toleranceSeconds,
            @Nullable Double falseReportsPerHour,
            List<Float> grid,
            float fallback) {
        public CalibrationConfig {
            grid = grid.stream().sorted().toList();
            checkRange("decision.calibration.gap_seconds", gapSeconds);
            check(!grid.isEmpty(), "decision.calibration.grid", "at least one threshold", grid);
            grid.forEach(g -> checkProbability("decision.calibration.grid", g));
            checkProbability("decision.calibration.fallback", fallback);
            check(toleranceSeconds >= 0, "decision.calibration.tolerance_seconds", "at least 0", toleranceSeconds);
        }
    }

    public DecisionConfig {
        // Sorted, as OptimiserConfig's learning rates are.
        keywords = Collections.unmodifiableMap(new TreeMap<>(keywords));
        never = List.copyOf(never);
        check(release > 0 && release <= 1, "decision.release", "above 0 and at most 1", release);
        check(
                rule == DecisionRule.EACH || (release == 1 && keywords.isEmpty()),
                "decision",
                "no release and no keywords with the rule best",
                release + " and " + keywords);
        check(smoothingSeconds >= 0, "decision.smoothing_seconds", "at least 0", smoothingSeconds);
        check(scale == null || scale > 0, "decision.scale", "more than 0", String.valueOf(scale));
        check(confirmSeconds >= 0, "decision.confirm_seconds", "at least 0", confirmSeconds);
        check(refractorySeconds >= 0, "decision.refractory_seconds", "at least 0", refractorySeconds);
        check(warmUpSeconds >= 0, "decision.warm_up_seconds", "at least 0", warmUpSeconds);
    }
}

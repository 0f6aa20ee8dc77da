package io.keyspike.trainer.loop;

import io.keyspike.models.decision.DecisionRule;
import io.keyspike.models.decision.DecisionSettings;
import io.keyspike.models.decision.DecisionSettings.ClipDecision;
import io.keyspike.models.description.ModelInput;
import io.keyspike.trainer.config.DecisionConfig;
import io.keyspike.trainer.config.TrainingConfig;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The decision that a configuration asks for. */
record ConfiguredDecision(TrainingConfig config) {

    /** @param ownScale for where the configuration gives none */
    DecisionSettings settings(float ownScale) {
        DecisionConfig d = config.decision();
        Float scale = d.scale() == null ? (Float) ownScale : d.scale();
        Map<String, Float> thresholds = new HashMap<>();
        reportable().forEach(label -> thresholds.put(label, d.calibration().fallback()));
        var settings = new DecisionSettings(
                d.smoothingSeconds(),
                scale,
                thresholds,
                d.confirmSeconds(),
                d.refractorySeconds(),
                d.warmUpSeconds(),
                d.gate(),
                new ClipDecision(config.loss().rule(), clipSeconds()));
        return d.rule() == DecisionRule.EACH ? settings.each(d.release(), d.keywords()) : settings;
    }

    /** Labels that are ever reported. */
    List<String> reportable() {
        return config.data().labels().stream()
                .filter(label -> !config.decision().never().contains(label))
                .toList();
    }

    /** How long the network sees a sample. */
    private double clipSeconds() {
        return switch (config.features().input()) {
            case ModelInput.Image image -> image.steps() * image.stepSeconds();
            case ModelInput.EventFrames events -> events.frames() * events.stepSeconds();
            case ModelInput.ClipSpectrogram clip -> config.data().clipSeconds();
            case ModelInput.Sound sound -> config.data().clipSeconds();
        };
    }
}

package io.keyspike.trainer.config;

import static io.keyspike.trainer.config.ConfigException.check;

import io.keyspike.models.DecisionSettings.ClipRule;

/** What is minimised. */
public record LossConfig(
        ClipRule rule,
        float logitScale,
        float labelSmoothing,
        float rateTarget,
        float rateWeight,
        float magnitudeLimit,
        float magnitudeWeight) {

    public LossConfig {
        check(logitScale > 0, "loss.logit_scale", "more than 0", logitScale);
        check(labelSmoothing >= 0 && labelSmoothing < 1, "loss.label_smoothing", "from 0 to below 1", labelSmoothing);
        ConfigException.checkProbability("loss.rate_target", rateTarget);
        check(rateWeight >= 0, "loss.rate_weight", "at least 0", rateWeight);
        check(
                rateWeight == 0 || rule == ClipRule.SPIKE_COUNT,
                "loss.rate_weight",
                "0 without spiking outputs",
                rateWeight);
        check(magnitudeLimit > 0, "loss.magnitude_limit", "more than 0", magnitudeLimit);
        check(magnitudeWeight >= 0, "loss.magnitude_weight", "at least 0", magnitudeWeight);
    }
}

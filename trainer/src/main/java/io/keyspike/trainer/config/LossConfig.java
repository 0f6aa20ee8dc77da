package io.keyspike.trainer.config;

import static io.keyspike.trainer.config.ConfigException.check;

import io.keyspike.models.decision.DecisionSettings.ClipRule;

/**
 * What is minimised.
 *
 * @param kind how classes are told apart
 * @param rule how the outputs of one clip are read: while training, in validation and in the model file
 * @param correctTarget mean squared errors: firing rate, or membrane, of the label's class
 * @param otherTarget likewise of all other classes
 * @param signGroupWeight of the penalty on mixed signs in the groups of the chip's profile
 * @param population neurons of each class, which are consecutive; their counts are summed
 */
public record LossConfig(
        Kind kind,
        ClipRule rule,
        float logitScale,
        float labelSmoothing,
        double correctTarget,
        double otherTarget,
        int population,
        float rateTarget,
        float rateWeight,
        float magnitudeLimit,
        float magnitudeWeight,
        float signGroupWeight) {

    /** snnTorch's losses; CROSS_ENTROPY is on the rule's value, which with SPIKE_COUNT is on spike counts. */
    public enum Kind {
        CROSS_ENTROPY,
        CROSS_ENTROPY_RATE,
        CROSS_ENTROPY_MEMBRANE,
        MEAN_SQUARED_COUNT,
        MEAN_SQUARED_MEMBRANE;

        /** Whether it looks at membranes, not at the layer's outputs. */
        public boolean onMembranes() {
            return this == CROSS_ENTROPY_MEMBRANE || this == MEAN_SQUARED_MEMBRANE;
        }
    }

    public LossConfig {
        boolean counts = rule == ClipRule.SPIKE_COUNT;
        check(
                kind == Kind.CROSS_ENTROPY || counts,
                "loss.kind",
                "cross_entropy with a readout",
                kind + " with rule " + rule);
        check(logitScale > 0, "loss.logit_scale", "more than 0", logitScale);
        check(labelSmoothing >= 0 && labelSmoothing < 1, "loss.label_smoothing", "from 0 to below 1", labelSmoothing);
        check(Double.isFinite(correctTarget), "loss.correct_target", "a finite number", correctTarget);
        check(Double.isFinite(otherTarget), "loss.other_target", "a finite number", otherTarget);
        if (kind == Kind.MEAN_SQUARED_COUNT) {
            ConfigException.checkProbability("loss.correct_target", correctTarget);
            ConfigException.checkProbability("loss.other_target", otherTarget);
        }
        check(population >= 1, "loss.population", "at least 1", population);
        check(
                population == 1 || (counts && (kind == Kind.CROSS_ENTROPY || kind == Kind.MEAN_SQUARED_COUNT)),
                "loss.population",
                "1 for a loss that is not on spike counts",
                population);
        ConfigException.checkProbability("loss.rate_target", rateTarget);
        check(rateWeight >= 0, "loss.rate_weight", "at least 0", rateWeight);
        check(
                rateWeight == 0 || (counts && !kind.onMembranes()),
                "loss.rate_weight",
                "0 for a loss that is not on spikes",
                rateWeight);
        check(magnitudeLimit > 0, "loss.magnitude_limit", "more than 0", magnitudeLimit);
        check(magnitudeWeight >= 0, "loss.magnitude_weight", "at least 0", magnitudeWeight);
        check(signGroupWeight >= 0, "loss.sign_group_weight", "at least 0", signGroupWeight);
    }
}

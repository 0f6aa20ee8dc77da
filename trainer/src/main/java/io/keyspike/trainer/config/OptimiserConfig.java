package io.keyspike.trainer.config;

import static io.keyspike.trainer.config.ConfigException.check;
import static io.keyspike.trainer.config.ConfigException.checkProbability;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How parameters follow their gradients. */
public record OptimiserConfig(
        Kind kind,
        double learningRate,
        Map<String, Double> learningRates,
        double beta1,
        double beta2,
        double epsilon,
        double weightDecay,
        @Nullable Double clipNorm,
        @Nullable Float clampWeights,
        ScheduleConfig schedule) {

    /** ADAM adds the decay to the gradient (L2), ADAM_W applies it to the weight itself. */
    public enum Kind {
        ADAM,
        ADAM_W
    }

    /**
     * Learning rate over the run.
     *
     * @param warmUp fraction of all steps over which the rate rises linearly
     * @param warmUpStart fraction of the rate it rises from
     */
    public record ScheduleConfig(Curve kind, double warmUp, double warmUpStart) {
        /** CONSTANT, or COSINE down to 0. */
        public enum Curve {
            CONSTANT,
            COSINE
        }

        public ScheduleConfig {
            check(warmUp >= 0 && warmUp < 1, "optimiser.schedule.warm_up", "from 0 to below 1", warmUp);
            checkProbability("optimiser.schedule.warm_up_start", warmUpStart);
        }
    }

    public OptimiserConfig {
        learningRates = Map.copyOf(learningRates);
        check(learningRate >= 0, "optimiser.learning_rate", "at least 0", learningRate);
        learningRates.forEach((name, rate) -> check(rate >= 0, "optimiser.learning_rates." + name, "at least 0", rate));
        check(beta1 >= 0 && beta1 < 1, "optimiser.beta1", "from 0 to below 1", beta1);
        check(beta2 >= 0 && beta2 < 1, "optimiser.beta2", "from 0 to below 1", beta2);
        check(epsilon > 0, "optimiser.epsilon", "more than 0", epsilon);
        check(weightDecay >= 0, "optimiser.weight_decay", "at least 0", weightDecay);
        check(clipNorm == null || clipNorm > 0, "optimiser.clip_norm", "more than 0", String.valueOf(clipNorm));
        check(
                clampWeights == null || clampWeights > 0,
                "optimiser.clamp_weights",
                "more than 0",
                String.valueOf(clampWeights));
    }

    /** The learning rate of a layer's parameters. */
    public double learningRateOf(String layer) {
        return learningRates.getOrDefault(layer, learningRate);
    }
}

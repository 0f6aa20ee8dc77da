package io.keyspike.trainer.config;

import static io.keyspike.trainer.config.ConfigException.check;
import static io.keyspike.trainer.config.ConfigException.checkProbability;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** How parameters follow their gradients. */
public record OptimiserConfig(
        Kind kind,
        double learningRate,
        Map<String, Double> learningRates,
        double beta1,
        double beta2,
        double epsilon,
        boolean amsgrad,
        double momentum,
        boolean nesterov,
        double weightDecay,
        @Nullable Double clipNorm,
        @Nullable Float clampWeights,
        ScheduleConfig schedule) {

    /** ADAM and SGD add the decay to the gradient (L2), ADAM_W applies it to the weight itself. */
    public enum Kind {
        ADAM,
        ADAM_W,
        SGD
    }

    /**
     * Learning rate over the run.
     *
     * @param warmUp fraction of all steps over which the rate rises linearly
     * @param warmUpStart fraction of the rate it rises from
     * @param minimum fraction of the rate that a cosine ends at
     * @param milestones fractions of all steps from which on the rate is {@code gamma} times smaller, ascending
     */
    public record ScheduleConfig(
            Curve kind, double warmUp, double warmUpStart, double minimum, List<Double> milestones, double gamma) {
        /** CONSTANT, COSINE down to the minimum, or STEP down at each milestone. */
        public enum Curve {
            CONSTANT,
            COSINE,
            STEP
        }

        public ScheduleConfig {
            check(warmUp >= 0 && warmUp < 1, "optimiser.schedule.warm_up", "from 0 to below 1", warmUp);
            checkProbability("optimiser.schedule.warm_up_start", warmUpStart);
            checkProbability("optimiser.schedule.minimum", minimum);
            milestones = List.copyOf(milestones);
            milestones.forEach(m -> checkProbability("optimiser.schedule.milestones", m));
            check(
                    milestones.stream().sorted().toList().equals(milestones),
                    "optimiser.schedule.milestones",
                    "fractions in ascending order",
                    milestones);
            check(gamma > 0 && gamma <= 1, "optimiser.schedule.gamma", "more than 0 and at most 1", gamma);
        }
    }

    public OptimiserConfig {
        // Sorted: the order of Map.copyOf differs from JVM to JVM, and with it a checkpoint's key and a model's
        // provenance.
        learningRates = Collections.unmodifiableMap(new TreeMap<>(learningRates));
        check(learningRate >= 0, "optimiser.learning_rate", "at least 0", learningRate);
        learningRates.forEach((name, rate) -> check(rate >= 0, "optimiser.learning_rates." + name, "at least 0", rate));
        check(beta1 >= 0 && beta1 < 1, "optimiser.beta1", "from 0 to below 1", beta1);
        check(beta2 >= 0 && beta2 < 1, "optimiser.beta2", "from 0 to below 1", beta2);
        check(epsilon > 0, "optimiser.epsilon", "more than 0", epsilon);
        check(momentum >= 0 && momentum < 1, "optimiser.momentum", "from 0 to below 1", momentum);
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

package io.keyspike.trainer.optimise;

import io.keyspike.trainer.config.OptimiserConfig;
import io.keyspike.trainer.layers.Parameter;

/** Holds synaptic weights within what the configuration allows, after a step. */
final class WeightLimits {
    private final float limit;

    WeightLimits(OptimiserConfig config) {
        Float clamp = config.clampWeights();
        limit = clamp == null ? Float.POSITIVE_INFINITY : clamp;
    }

    void hold(Parameter p, int from, int to) {
        if (limit == Float.POSITIVE_INFINITY || !p.synaptic()) {
            return;
        }
        float[] w = p.values();
        for (int i = from; i < to; i++) {
            w[i] = Math.clamp(w[i], -limit, limit);
        }
    }
}

package io.keyspike.trainer.loss;

import io.keyspike.trainer.layers.Parameter;
import java.util.List;

/**
 * A loss on the weights themselves, for what a chip can hold.
 *
 * @see Magnitude
 */
public sealed interface WeightLoss {

    /** The loss; its gradient is added to the parameters'. */
    double apply(List<Parameter> parameters);

    /**
     * {@code weight · Σ max(0, |w| − limit)²} over the synaptic weights: analog memories have a limited range.
     *
     * @param limit above 0
     */
    record Magnitude(float limit, float weight) implements WeightLoss {
        @Override
        public double apply(List<Parameter> parameters) {
            double loss = 0;
            for (Parameter p : parameters) {
                if (!p.synaptic()) {
                    continue;
                }
                float[] w = p.values();
                for (int i = 0; i < w.length; i++) {
                    float excess = Math.abs(w[i]) - limit;
                    if (excess > 0) {
                        loss += weight * (double) excess * excess;
                        p.gradient()[i] += 2 * weight * excess * Math.signum(w[i]);
                    }
                }
            }
            return loss;
        }
    }
}

package io.keyspike.trainer.loss;

import io.keyspike.models.chip.SignGroups;
import io.keyspike.trainer.layers.Parameter;
import io.keyspike.trainer.layers.SynapseShape;
import java.util.List;

/**
 * A loss on the weights themselves, for what a chip can hold.
 *
 * @see Magnitude
 * @see SignAgreement
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

    /**
     * {@code weight · Σ P·N/(P + N)} over the groups of consecutive input synapses of each neuron, P being the sum of the
     * positive weights of a group and N that of its negative ones without their sign. It is 0 where a group has one sign,
     * of first degree in the weights, and pulls hardest at the side that is the smaller: its gradient is
     * {@code (N/(P + N))²} on positive weights and {@code −(P/(P + N))²} on negative ones.
     *
     * @param group how many synapses
     * @param inputs of the network
     */
    record SignAgreement(int group, float weight, int inputs) implements WeightLoss {
        @Override
        public double apply(List<Parameter> parameters) {
            double loss = 0;
            for (SynapseShape synapse : SynapseShape.of(parameters, inputs)) {
                if (synapse.dense()) {
                    var groups = new SignGroups(synapse.inputs(), synapse.outputs(), group);
                    for (int neuron = 0; neuron < synapse.outputs(); neuron++) {
                        for (int g = 0; g < groups.perNeuron(); g++) {
                            loss += weight * apply(synapse.weight(), groups, g, neuron);
                        }
                    }
                }
            }
            return loss;
        }

        private double apply(Parameter parameter, SignGroups groups, int g, int neuron) {
            float[] w = parameter.values();
            double positive = 0;
            double negative = 0;
            for (int i = groups.first(g); i < groups.end(g); i++) {
                float value = w[i * groups.outputs() + neuron];
                positive += Math.max(0, value);
                negative += Math.max(0, -value);
            }
            if (positive == 0 || negative == 0) {
                return 0;
            }
            double sum = positive + negative;
            float ofPositive = (float) (weight * (negative / sum) * (negative / sum));
            float ofNegative = (float) (-weight * (positive / sum) * (positive / sum));
            for (int i = groups.first(g); i < groups.end(g); i++) {
                int at = i * groups.outputs() + neuron;
                if (w[at] != 0) {
                    parameter.gradient()[at] += w[at] > 0 ? ofPositive : ofNegative;
                }
            }
            return positive * negative / sum;
        }
    }
}

package io.keyspike.kernels.internal.scalar;

import io.keyspike.kernels.CurrentLifParameters;
import io.keyspike.kernels.internal.arithmetic.NeuronArithmetic;
import org.jspecify.annotations.Nullable;

/** One step of LIF neurons driven by synaptic currents, and of what their spike counts drive, as plain loops. */
public final class ScalarCurrentSteps {

    private ScalarCurrentSteps() {}

    public static void denseEvents(
            ScalarWeights weights,
            float @Nullable [] bias,
            int[] fired,
            int[] counts,
            int firedCount,
            float[] current) {
        int outputs = weights.outputs();
        float[] weight = weights.rows();
        for (int j = 0; j < outputs; j++) {
            float sum = bias == null ? 0f : bias[j];
            for (int k = 0; k < firedCount; k++) {
                sum = Math.fma((float) counts[k], weight[fired[k] * outputs + j], sum);
            }
            current[j] = sum + 0f;
        }
    }

    /** The neurons from {@code from} on; appends to the {@code firedBefore} indices that are there, and returns how many. */
    public static int currentLif(
            int from,
            CurrentLifParameters parameters,
            float[] input,
            float[] memory,
            int at,
            int[] fired,
            int[] counts,
            int firedBefore) {
        float[] alpha = parameters.synapseDecay();
        float[] beta = parameters.decay();
        float[] threshold = parameters.threshold();
        int neurons = beta.length;
        int synapses = parameters.synapses();
        int maximum = parameters.maximumSpikes();
        int reset = parameters.reset().code;
        float floor = parameters.floor();
        float share = parameters.rule().gainShare();
        float level = parameters.rule().resetLevel();
        float offset = parameters.rule().stepOffset();
        int slow = at + neurons;
        int count = firedBefore;
        for (int n = from; n < neurons; n++) {
            float current = synapses == 0 ? input[n] : 0f;
            for (int s = 0; s < synapses; s++) {
                int row = s * neurons + n;
                float i = NeuronArithmetic.decayedCurrent(alpha[row], memory[slow + row], input[row]);
                memory[slow + row] = i;
                current = s == 0 ? i : current + i;
            }
            float p = NeuronArithmetic.countedMembrane(
                    beta[n], memory[at + n], NeuronArithmetic.inputGain(beta[n], share), current);
            float k = NeuronArithmetic.spikeCount(maximum, p, threshold[n]);
            memory[at + n] = NeuronArithmetic.countedAfter(reset, p, k, threshold[n], floor, level, offset);
            if (k > 0f) {
                fired[count] = n;
                if (maximum > 1) {
                    counts[count] = (int) k;
                }
                count++;
            }
        }
        return count;
    }
}

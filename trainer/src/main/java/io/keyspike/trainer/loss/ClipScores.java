package io.keyspike.trainer.loss;

import io.keyspike.models.decision.DecisionSettings.ClipRule;

/** A clip's value for each label out of the network's outputs: the same in training, validation and {@code evaluate}. */
public final class ClipScores {

    private ClipScores() {}

    /**
     * The label of one clip: the first of the largest values.
     *
     * @param output {@code [T, B, N]}
     * @param b which clip of the batch
     */
    public static int classify(ClipRule rule, float[] output, int steps, int batch, int outputs, int b) {
        double[] values = new double[outputs];
        int lanes = batch * outputs;
        for (int n = 0; n < outputs; n++) {
            int lane = b * outputs + n;
            values[n] = score(rule, output, lane, lanes, 0, steps, largestStep(output, lane, lanes, 0, steps));
        }
        return best(values);
    }

    /**
     * The output of one clip that spikes first, the lowest of those that spike in the same step; one that never spikes counts
     * as spiking after the last step. snnTorch's {@code accuracy_temporal} is its share of right ones.
     *
     * @param output spikes, {@code [T, B, N]}
     * @param b which clip of the batch
     */
    public static int firstToSpike(float[] output, int steps, int batch, int outputs, int b) {
        for (int t = 0; t < steps; t++) {
            int at = (t * batch + b) * outputs;
            for (int n = 0; n < outputs; n++) {
                if (output[at + n] > 0) {
                    return n;
                }
            }
        }
        return 0;
    }

    static int best(double[] values) {
        int best = 0;
        for (int n = 1; n < values.length; n++) {
            if (values[n] > values[best]) {
                best = n;
            }
        }
        return best;
    }

    /** The first step with the largest value. */
    static int largestStep(float[] output, int lane, int lanes, int firstStep, int steps) {
        int largest = firstStep;
        for (int t = firstStep + 1; t < steps; t++) {
            if (output[t * lanes + lane] > output[largest * lanes + lane]) {
                largest = t;
            }
        }
        return largest;
    }

    static double score(ClipRule rule, float[] output, int lane, int lanes, int firstStep, int steps, int largestStep) {
        if (rule == ClipRule.MAXIMUM) {
            return output[largestStep * lanes + lane];
        }
        if (rule == ClipRule.LAST) {
            return output[(steps - 1) * lanes + lane];
        }
        double sum = 0;
        for (int t = firstStep; t < steps; t++) {
            sum += output[t * lanes + lane];
        }
        return rule == ClipRule.MEAN ? sum / (steps - firstStep) : sum;
    }
}

package io.keyspike.trainer.loss;

import java.util.Arrays;

/** Outputs summed over the steps that count, and over the neurons of each class: consecutive blocks of a population code. */
final class ClassSums {
    private final int outputs;
    private final int population;
    private final double[] lanes;

    ClassSums(int outputs, int population, int maximumBatch) {
        if (outputs % population != 0) {
            throw new IllegalArgumentException(
                    "loss: expected outputs in blocks of " + population + ", found " + outputs);
        }
        this.outputs = outputs;
        this.population = population;
        lanes = new double[maximumBatch * outputs];
    }

    int classes() {
        return outputs / population;
    }

    /** Sums {@code output}, each lane with t ascending. */
    void sum(LossSlice slice, float[] output) {
        int count = slice.batch() * outputs;
        Arrays.fill(lanes, 0, count, 0);
        for (int t = slice.firstStep(); t < slice.steps(); t++) {
            int row = t * count;
            for (int lane = 0; lane < count; lane++) {
                lanes[lane] += output[row + lane];
            }
        }
    }

    /** The sums of one clip, {@code [classes]}, written. */
    void ofClip(int clip, double[] sums) {
        for (int k = 0; k < sums.length; k++) {
            double sum = 0;
            for (int j = 0; j < population; j++) {
                sum += lanes[clip * outputs + k * population + j];
            }
            sums[k] = sum;
        }
    }

    /** Gives each neuron of a class its class's gradient, in the first step that counts. */
    void toNeurons(LossSlice slice, int clip, double[] classGradient, float[] gradient) {
        int at = (slice.firstStep() * slice.batch() + clip) * outputs;
        for (int n = 0; n < outputs; n++) {
            gradient[at + n] = (float) classGradient[n / population];
        }
    }

    /** Repeats the first counted step's gradient in all later ones, and clears those before it. */
    void repeat(LossSlice slice, float[] gradient) {
        int count = slice.batch() * outputs;
        int first = slice.firstStep() * count;
        Arrays.fill(gradient, 0, first, 0);
        for (int t = slice.firstStep() + 1; t < slice.steps(); t++) {
            System.arraycopy(gradient, first, gradient, t * count, count);
        }
    }
}

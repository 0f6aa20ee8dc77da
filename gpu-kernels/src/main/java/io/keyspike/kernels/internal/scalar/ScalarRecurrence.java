package io.keyspike.kernels.internal.scalar;

import io.keyspike.kernels.KernelBackend;
import io.keyspike.kernels.RecurrentBackward;
import io.keyspike.kernels.RecurrentSynapses;
import io.keyspike.kernels.RecurrentWiring;
import io.keyspike.kernels.SequenceShape;
import io.keyspike.kernels.internal.threads.Scratch;

/** The sums of {@link RecurrentSynapses} for one step of some sequences of the batch, as plain loops. Unchecked. */
public final class ScalarRecurrence {

    private static final Scratch.Slot LATER = new Scratch.Slot();

    private ScalarRecurrence() {}

    /** Makes I′ of I in place; {@code spikes} are there up to step t − 1. */
    static void addCurrents(
            SequenceShape shape,
            RecurrentSynapses recurrent,
            int t,
            int fromSequence,
            int toSequence,
            float[] spikes,
            float[] current) {
        boolean allToAll = recurrent.wiring() == RecurrentWiring.ALL_TO_ALL;
        float[] weight = recurrent.weight();
        int batch = shape.batch();
        int neurons = shape.neurons();
        for (int b = fromSequence; b < toSequence; b++) {
            int row = (t * batch + b) * neurons;
            int before = row - batch * neurons;
            for (int j = 0; j < neurons; j++) {
                float sum = current[row + j];
                if (t > 0 && allToAll) {
                    for (int i = 0; i < neurons; i++) {
                        sum = Math.fma(spikes[before + i], weight[i * neurons + j], sum);
                    }
                } else if (t > 0) {
                    sum = Math.fma(spikes[before + j], weight[j], sum);
                }
                current[row + j] = sum + 0f;
            }
        }
    }

    /** Makes gs of cS in place; gI is there from step t + 1 on, and t is not the last step. */
    public static void addGradients(
            SequenceShape shape,
            RecurrentSynapses recurrent,
            int t,
            int fromSequence,
            int toSequence,
            float[] currentGradient,
            float[] spikeGradient) {
        boolean allToAll = recurrent.wiring() == RecurrentWiring.ALL_TO_ALL;
        float[] weight = recurrent.weight();
        int batch = shape.batch();
        int neurons = shape.neurons();
        for (int b = fromSequence; b < toSequence; b++) {
            int row = (t * batch + b) * neurons;
            int after = row + batch * neurons;
            for (int i = 0; i < neurons; i++) {
                if (allToAll) {
                    float sum = 0f;
                    for (int j = 0; j < neurons; j++) {
                        sum = Math.fma(currentGradient[after + j], weight[i * neurons + j], sum);
                    }
                    spikeGradient[row + i] += sum + 0f;
                } else {
                    spikeGradient[row + i] = Math.fma(currentGradient[after + i], weight[i], spikeGradient[row + i]);
                }
            }
        }
    }

    /**
     * Adds the gradient of the weights, if it is wanted, which is that of a synapse from the spikes of the step before to the
     * currents: rows of spikes up to the last step but one, rows of gI from the second step on.
     */
    public static void weightGradient(
            KernelBackend kernels, SequenceShape shape, RecurrentBackward recurrent, float[] currentGradient) {
        int neurons = shape.neurons();
        int rows = shape.rows() - shape.batch();
        float[] weightGradient = recurrent.weightGradient();
        if (weightGradient == null || rows <= 0) {
            return;
        }
        float[] spikes = recurrent.spikes();
        float[] later = Scratch.floats(LATER, rows * neurons);
        System.arraycopy(currentGradient, shape.lanes(), later, 0, rows * neurons);
        switch (recurrent.synapses().wiring()) {
            case ALL_TO_ALL ->
                kernels.denseParameterGradient(rows, neurons, neurons, spikes, later, weightGradient, null);
            case ONE_TO_ONE -> kernels.diagonalParameterGradient(rows, neurons, spikes, later, weightGradient);
            case NONE -> throw new IllegalStateException("recurrent synapses have a wiring");
        }
    }
}

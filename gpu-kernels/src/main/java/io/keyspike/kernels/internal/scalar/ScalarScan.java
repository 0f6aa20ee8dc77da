package io.keyspike.kernels.internal.scalar;

import io.keyspike.kernels.RecurrentSynapses;
import io.keyspike.kernels.SequenceShape;
import io.keyspike.kernels.internal.threads.SequencePiece;
import org.jspecify.annotations.Nullable;

/** The order in which a layer with or without recurrent synapses is run through a sequence, by the reference. Unchecked. */
public final class ScalarScan {

    private ScalarScan() {}

    static void forward(
            SequenceShape shape,
            @Nullable RecurrentSynapses recurrent,
            float[] current,
            float[] spikes,
            SequencePiece neurons) {
        if (recurrent == null) {
            neurons.run(0, shape.lanes(), 0, shape.steps());
            return;
        }
        for (int t = 0; t < shape.steps(); t++) {
            ScalarRecurrence.addCurrents(shape, recurrent, t, 0, shape.batch(), spikes, current);
            neurons.run(0, shape.lanes(), t, t + 1);
        }
    }

    static void backward(
            SequenceShape shape,
            @Nullable RecurrentSynapses recurrent,
            float[] currentGradient,
            float[] spikeGradient,
            SequencePiece neurons) {
        if (recurrent == null) {
            neurons.run(0, shape.lanes(), 0, shape.steps());
            return;
        }
        for (int t = shape.steps() - 1; t >= 0; t--) {
            if (t + 1 < shape.steps()) {
                ScalarRecurrence.addGradients(shape, recurrent, t, 0, shape.batch(), currentGradient, spikeGradient);
            }
            neurons.run(0, shape.lanes(), t, t + 1);
        }
    }
}

package io.keyspike.kernels.internal.scalar;

import io.keyspike.kernels.RecurrentSynapses;
import io.keyspike.kernels.RecurrentWiring;
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
        boolean allToAll = recurrent.wiring() == RecurrentWiring.ALL_TO_ALL;
        for (int t = 0; t < shape.steps(); t++) {
            ScalarRecurrence.addCurrents(
                    allToAll, t, 0, shape.batch(), shape.batch(), shape.neurons(), recurrent.weight(), spikes, current);
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
        boolean allToAll = recurrent.wiring() == RecurrentWiring.ALL_TO_ALL;
        for (int t = shape.steps() - 1; t >= 0; t--) {
            if (t + 1 < shape.steps()) {
                ScalarRecurrence.addGradients(
                        allToAll,
                        t,
                        0,
                        shape.batch(),
                        shape.batch(),
                        shape.neurons(),
                        recurrent.weight(),
                        currentGradient,
                        spikeGradient);
            }
            neurons.run(0, shape.lanes(), t, t + 1);
        }
    }
}

package io.keyspike.kernels.internal.vector;

import io.keyspike.kernels.RecurrentSynapses;
import io.keyspike.kernels.RecurrentWiring;
import io.keyspike.kernels.SequenceShape;
import io.keyspike.kernels.internal.scalar.ScalarRecurrence;
import io.keyspike.kernels.internal.scalar.ScalarScan;
import io.keyspike.kernels.internal.threads.Scratch;
import io.keyspike.kernels.internal.threads.SequencePiece;
import io.keyspike.kernels.internal.threads.Workers;
import org.jspecify.annotations.Nullable;

/**
 * {@link ScalarScan} on several threads. Without recurrent synapses lanes do not touch one another, and a task takes some of
 * them through all steps; with them sequences of the batch do not, and a task takes some of these. So no task waits for
 * another within a sequence. Unchecked.
 */
final class VectorScan {

    /** A multiple of every vector length, and so few that the rows a task keeps fit the first-level cache. */
    private static final int TASK_LANES = 512;

    private static final int TASK_SEQUENCES = VectorRecurrence.TILE_ROWS;

    private static final Scratch.Slot TRANSPOSED = new Scratch.Slot();

    private VectorScan() {}

    static void forward(
            Workers workers,
            SequenceShape shape,
            @Nullable RecurrentSynapses recurrent,
            float[] current,
            float[] spikes,
            SequencePiece neurons) {
        if (recurrent == null) {
            byLanes(workers, shape, neurons);
            return;
        }
        int width = shape.neurons();
        workers.run(VectorSynapses.tasks(shape.batch(), TASK_SEQUENCES), task -> {
            int from = task * TASK_SEQUENCES;
            int to = Math.min(shape.batch(), from + TASK_SEQUENCES);
            for (int t = 0; t < shape.steps(); t++) {
                VectorRecurrence.addCurrents(shape, recurrent, t, from, to, spikes, current);
                neurons.run(from * width, to * width, t, t + 1);
            }
        });
    }

    static void backward(
            Workers workers,
            SequenceShape shape,
            @Nullable RecurrentSynapses recurrent,
            float[] currentGradient,
            float[] spikeGradient,
            SequencePiece neurons) {
        if (recurrent == null) {
            byLanes(workers, shape, neurons);
            return;
        }
        boolean allToAll = recurrent.wiring() == RecurrentWiring.ALL_TO_ALL;
        int width = shape.neurons();
        float[] transposed = Scratch.floats(TRANSPOSED, allToAll ? VectorRecurrence.transposedLength(width) : 0);
        if (allToAll) {
            VectorRecurrence.transpose(width, recurrent.weight(), transposed);
        }
        workers.run(VectorSynapses.tasks(shape.batch(), TASK_SEQUENCES), task -> {
            int from = task * TASK_SEQUENCES;
            int to = Math.min(shape.batch(), from + TASK_SEQUENCES);
            for (int t = shape.steps() - 1; t >= 0; t--) {
                if (t + 1 < shape.steps() && allToAll) {
                    VectorRecurrence.addGradients(shape, t, from, to, transposed, currentGradient, spikeGradient);
                } else if (t + 1 < shape.steps()) {
                    ScalarRecurrence.addGradients(shape, recurrent, t, from, to, currentGradient, spikeGradient);
                }
                neurons.run(from * width, to * width, t, t + 1);
            }
        });
    }

    private static void byLanes(Workers workers, SequenceShape shape, SequencePiece neurons) {
        int lanes = shape.lanes();
        workers.run(
                VectorSynapses.tasks(lanes, TASK_LANES),
                task -> neurons.run(task * TASK_LANES, Math.min(lanes, (task + 1) * TASK_LANES), 0, shape.steps()));
    }
}

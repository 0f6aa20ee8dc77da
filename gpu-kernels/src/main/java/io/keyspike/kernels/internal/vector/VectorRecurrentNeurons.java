package io.keyspike.kernels.internal.vector;

import io.keyspike.kernels.LifBackward;
import io.keyspike.kernels.LifParameters;
import io.keyspike.kernels.Membranes;
import io.keyspike.kernels.RecurrentSynapses;
import io.keyspike.kernels.SequenceShape;
import io.keyspike.kernels.internal.scalar.ScalarLif;
import io.keyspike.kernels.internal.threads.Scratch;
import io.keyspike.kernels.internal.threads.Workers;

/**
 * LIF neurons with recurrent synapses on vectors and several threads, laid out like the others of {@link VectorNeurons};
 * those without have {@link VectorLifRuns}. Unchecked.
 */
final class VectorRecurrentNeurons {

    /** In place of the rows that 16-bit membranes and summed gradients need. */
    private static final float[] NO_ROW = {};

    private static final Scratch.Slot DECAY = new Scratch.Slot();
    private static final Scratch.Slot THRESHOLD = new Scratch.Slot();
    private static final Scratch.Slot STATE = new Scratch.Slot();
    private static final Scratch.Slot ZEROS = new Scratch.Slot();
    private static final Scratch.Slot DERIVATIVE = new Scratch.Slot();
    private static final Scratch.Slot CARRIED = new Scratch.Slot();
    private static final Scratch.Slot DECAY_SUMS = new Scratch.Slot();
    private static final Scratch.Slot THRESHOLD_SUMS = new Scratch.Slot();

    private VectorRecurrentNeurons() {}

    static void lif(
            Workers workers,
            SequenceShape shape,
            LifParameters parameters,
            RecurrentSynapses recurrent,
            float[] current,
            float[] membrane,
            float[] spikes) {
        int lanes = shape.lanes();
        float[] u = Scratch.zeros(STATE, lanes);
        var run = new LifSequence(
                0,
                shape.steps(),
                lanes,
                Scratch.perLane(DECAY, parameters.decay(), shape.neurons(), lanes),
                Scratch.perLane(THRESHOLD, parameters.threshold(), shape.neurons(), lanes),
                parameters.reset().code,
                parameters.membraneFloor(),
                current,
                lanes,
                Membranes.around(membrane),
                spikes,
                null,
                u,
                NO_ROW,
                NO_ROW);
        var scalar = new ScalarLif.Forward(shape, parameters, current, membrane, spikes, u);
        VectorScan.forward(workers, shape, recurrent, current, spikes, (from, to, fromStep, toStep) -> {
            int whole = from + Lanes.whole(to - from);
            VectorLif.forward(run, from, whole, fromStep, toStep);
            ScalarLif.forward(scalar, whole, to, fromStep, toStep);
        });
    }

    static void lifBackward(Workers workers, LifBackward call, RecurrentSynapses recurrent) {
        SequenceShape shape = call.shape();
        LifParameters parameters = call.parameters();
        int lanes = shape.lanes();
        float[] spikeGradient = call.given().spikes();
        float[] currentGradient = call.wanted().current();
        var carry = new ScalarLif.Carry(
                Scratch.zeros(CARRIED, lanes), Scratch.zeros(DECAY_SUMS, lanes), Scratch.zeros(THRESHOLD_SUMS, lanes));
        var run = new LifAdjoint(
                0,
                shape.steps(),
                lanes,
                Scratch.perLane(DECAY, parameters.decay(), shape.neurons(), lanes),
                Scratch.perLane(THRESHOLD, parameters.threshold(), shape.neurons(), lanes),
                parameters.reset().code,
                parameters.membraneFloor(),
                call.surrogate(),
                call.resetDetached(),
                call.membranes(),
                spikeGradient,
                lanes,
                call.given().membrane(),
                call.given().membraneAfter(),
                currentGradient,
                false,
                Scratch.zeros(ZEROS, lanes),
                Scratch.floats(DERIVATIVE, lanes),
                carry.carried(),
                carry.decaySums(),
                carry.thresholdSums(),
                NO_ROW,
                NO_ROW,
                NO_ROW);
        VectorScan.backward(workers, shape, recurrent, currentGradient, spikeGradient, (from, to, fromStep, toStep) -> {
            int whole = from + Lanes.whole(to - from);
            VectorLifBackward.backward(run, from, whole, fromStep, toStep);
            ScalarLif.backward(call, carry, whole, to, fromStep, toStep);
        });
        carry.addTo(shape, call.wanted());
    }
}

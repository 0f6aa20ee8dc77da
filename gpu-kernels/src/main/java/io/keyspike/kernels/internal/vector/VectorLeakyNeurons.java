package io.keyspike.kernels.internal.vector;

import io.keyspike.kernels.LeakyGradients;
import io.keyspike.kernels.LeakyParameters;
import io.keyspike.kernels.LeakySequence;
import io.keyspike.kernels.RecurrentSynapses;
import io.keyspike.kernels.SequenceShape;
import io.keyspike.kernels.Surrogate;
import io.keyspike.kernels.internal.scalar.ScalarLeaky;
import io.keyspike.kernels.internal.scalar.ScalarRecurrentNeurons;
import io.keyspike.kernels.internal.threads.Scratch;
import io.keyspike.kernels.internal.threads.Workers;
import org.jspecify.annotations.Nullable;

/** snnTorch's neurons on vectors and several threads, laid out like {@link VectorRecurrentNeurons}. Unchecked. */
final class VectorLeakyNeurons {

    private VectorLeakyNeurons() {}

    static void forward(
            Workers workers,
            SequenceShape shape,
            LeakyParameters parameters,
            @Nullable RecurrentSynapses recurrent,
            float[] current,
            LeakySequence sequence) {
        int lanes = shape.lanes();
        int reset = parameters.resetCode(recurrent != null);
        var factors = VectorLeaky.Factors.of(reset, parameters.resetDelayed());
        LeakyParameters perLane = perLane(parameters, shape);
        float[] zeros = Scratch.zeros(3, lanes);
        VectorScan.forward(workers, shape, recurrent, current, sequence.spikes(), (from, to, fromStep, toStep) -> {
            int whole = from + Lanes.whole(to - from);
            VectorLeaky.forward(from, whole, fromStep, toStep, lanes, perLane, factors, current, sequence, zeros);
            ScalarLeaky.forward(
                    whole,
                    to,
                    fromStep,
                    toStep,
                    lanes,
                    shape.neurons(),
                    parameters.synapseDecay(),
                    parameters.decay(),
                    parameters.threshold(),
                    reset,
                    parameters.resetDelayed(),
                    current,
                    sequence.synapse(),
                    sequence.potential(),
                    sequence.membrane(),
                    sequence.spikes());
        });
    }

    static void backward(
            Workers workers,
            SequenceShape shape,
            LeakyParameters parameters,
            @Nullable RecurrentSynapses recurrent,
            Surrogate surrogate,
            LeakySequence sequence,
            float[] spikeGradient,
            float @Nullable [] membraneGradient,
            float @Nullable [] synapseGradient,
            float[] currentGradient,
            LeakyGradients parameterGradient) {
        int lanes = shape.lanes();
        int reset = parameters.resetCode(recurrent != null);
        int kind = surrogate.kind().code;
        float slope = surrogate.slope();
        var factors = VectorLeaky.Factors.of(reset, parameters.resetDelayed());
        LeakyParameters perLane = perLane(parameters, shape);
        var given = new VectorLeakyBackward.Given(spikeGradient, membraneGradient, synapseGradient);
        var work = new VectorLeakyBackward.Work(
                Scratch.zeros(3, lanes),
                Scratch.floats(4, lanes),
                Scratch.zeros(5, lanes),
                Scratch.zeros(6, lanes),
                Scratch.zeros(7, lanes),
                Scratch.zeros(8, lanes),
                Scratch.zeros(9, lanes));
        VectorScan.backward(workers, shape, recurrent, currentGradient, spikeGradient, (from, to, fromStep, toStep) -> {
            int whole = from + Lanes.whole(to - from);
            VectorLeakyBackward.backward(
                    from,
                    whole,
                    fromStep,
                    toStep,
                    lanes,
                    perLane,
                    factors,
                    kind,
                    slope,
                    sequence,
                    given,
                    currentGradient,
                    work);
            ScalarLeaky.backward(
                    whole,
                    to,
                    fromStep,
                    toStep,
                    lanes,
                    shape.neurons(),
                    parameters.synapseDecay(),
                    parameters.decay(),
                    parameters.threshold(),
                    reset,
                    parameters.resetDelayed(),
                    kind,
                    slope,
                    sequence.synapse(),
                    sequence.potential(),
                    sequence.membrane(),
                    spikeGradient,
                    membraneGradient,
                    synapseGradient,
                    currentGradient,
                    work.fromM(),
                    work.fromY(),
                    work.synapseDecaySums(),
                    work.decaySums(),
                    work.thresholdSums());
        });
        ScalarRecurrentNeurons.addLanes(
                shape, work.synapseDecaySums(), work.decaySums(), work.thresholdSums(), parameterGradient);
    }

    /** Takes slots 0 to 2. */
    private static LeakyParameters perLane(LeakyParameters parameters, SequenceShape shape) {
        int neurons = shape.neurons();
        int lanes = shape.lanes();
        float[] synapseDecay = parameters.synapseDecay();
        return new LeakyParameters(
                synapseDecay == null ? null : Scratch.perLane(2, synapseDecay, neurons, lanes),
                Scratch.perLane(0, parameters.decay(), neurons, lanes),
                Scratch.perLane(1, parameters.threshold(), neurons, lanes),
                parameters.reset(),
                parameters.resetDelayed());
    }
}

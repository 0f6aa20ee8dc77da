package io.keyspike.kernels.internal.vector;

import io.keyspike.kernels.AdaptiveLifParameters;
import io.keyspike.kernels.LifParameters;
import io.keyspike.kernels.Membranes;
import io.keyspike.kernels.RecurrentSynapses;
import io.keyspike.kernels.SequenceShape;
import io.keyspike.kernels.Surrogate;
import io.keyspike.kernels.internal.scalar.ScalarAdaptiveLif;
import io.keyspike.kernels.internal.scalar.ScalarBackend;
import io.keyspike.kernels.internal.scalar.ScalarLif;
import io.keyspike.kernels.internal.threads.Scratch;
import io.keyspike.kernels.internal.threads.Workers;
import org.jspecify.annotations.Nullable;

/**
 * Neurons that may have recurrent synapses, on vectors and several threads: lays the parameters out one per lane, and lets
 * the scalar kernels do those lanes of a piece that fill no vector. Unchecked.
 */
final class VectorRecurrentNeurons {

    /** In place of the rows that 16-bit membranes and summed gradients need. */
    private static final float[] NO_ROW = {};

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
        int neurons = shape.neurons();
        int reset = parameters.reset().code;
        float floor = parameters.membraneFloor();
        float[] u = Scratch.zeros(2, lanes);
        var run = new LifSequence(
                0,
                shape.steps(),
                lanes,
                Scratch.perLane(0, parameters.decay(), neurons, lanes),
                Scratch.perLane(1, parameters.threshold(), neurons, lanes),
                reset,
                floor,
                current,
                lanes,
                Membranes.around(membrane),
                spikes,
                null,
                u,
                NO_ROW,
                NO_ROW);
        VectorScan.forward(workers, shape, recurrent, current, spikes, (from, to, fromStep, toStep) -> {
            int whole = from + Lanes.whole(to - from);
            VectorLif.forward(run, from, whole, fromStep, toStep);
            ScalarLif.forward(
                    whole,
                    to,
                    fromStep,
                    toStep,
                    lanes,
                    neurons,
                    parameters.decay(),
                    parameters.threshold(),
                    reset,
                    floor,
                    current,
                    membrane,
                    spikes,
                    u);
        });
    }

    static void lifBackward(
            Workers workers,
            SequenceShape shape,
            LifParameters parameters,
            RecurrentSynapses recurrent,
            Surrogate surrogate,
            boolean resetDetached,
            float[] membrane,
            float[] spikeGradient,
            float[] currentGradient,
            float @Nullable [] decayGradient,
            float @Nullable [] thresholdGradient) {
        int lanes = shape.lanes();
        int neurons = shape.neurons();
        int reset = parameters.reset().code;
        float floor = parameters.membraneFloor();
        int kind = surrogate.kind().code;
        float slope = surrogate.slope();
        float[] carried = Scratch.zeros(4, lanes);
        float[] decaySums = Scratch.zeros(5, lanes);
        float[] thresholdSums = Scratch.zeros(6, lanes);
        var run = new LifAdjoint(
                0,
                shape.steps(),
                lanes,
                Scratch.perLane(0, parameters.decay(), neurons, lanes),
                Scratch.perLane(1, parameters.threshold(), neurons, lanes),
                reset,
                floor,
                kind,
                slope,
                resetDetached,
                Membranes.around(membrane),
                spikeGradient,
                lanes,
                null,
                null,
                currentGradient,
                false,
                Scratch.zeros(2, lanes),
                Scratch.floats(3, lanes),
                carried,
                decaySums,
                thresholdSums,
                NO_ROW,
                NO_ROW,
                NO_ROW);
        VectorScan.backward(workers, shape, recurrent, currentGradient, spikeGradient, (from, to, fromStep, toStep) -> {
            int whole = from + Lanes.whole(to - from);
            VectorLifBackward.backward(run, from, whole, fromStep, toStep);
            ScalarLif.backward(
                    whole,
                    to,
                    fromStep,
                    toStep,
                    lanes,
                    neurons,
                    parameters.decay(),
                    parameters.threshold(),
                    reset,
                    floor,
                    kind,
                    slope,
                    resetDetached,
                    membrane,
                    spikeGradient,
                    null,
                    null,
                    currentGradient,
                    carried,
                    decaySums,
                    thresholdSums);
        });
        ScalarLif.addLanes(lanes, neurons, decaySums, decayGradient);
        ScalarLif.addLanes(lanes, neurons, thresholdSums, thresholdGradient);
    }

    static void adaptiveLif(
            Workers workers,
            SequenceShape shape,
            AdaptiveLifParameters parameters,
            RecurrentSynapses recurrent,
            float[] current,
            float[] membrane,
            float[] adaptation,
            float[] spikes) {
        int lanes = shape.lanes();
        AdaptiveLifParameters perLane = VectorNeurons.perLane(parameters, shape);
        float[] zeros = Scratch.zeros(5, lanes);
        VectorScan.forward(workers, shape, recurrent, current, spikes, (from, to, fromStep, toStep) -> {
            int whole = from + Lanes.whole(to - from);
            VectorAdaptiveLif.forward(
                    from, whole, fromStep, toStep, lanes, perLane, current, membrane, adaptation, spikes, zeros);
            ScalarAdaptiveLif.forward(
                    whole,
                    to,
                    fromStep,
                    toStep,
                    lanes,
                    shape.neurons(),
                    parameters.membraneDecay(),
                    parameters.adaptationDecay(),
                    parameters.membraneCoupling(),
                    parameters.spikeCoupling(),
                    parameters.threshold(),
                    current,
                    membrane,
                    adaptation,
                    spikes);
        });
    }

    static void adaptiveLifBackward(
            Workers workers,
            SequenceShape shape,
            AdaptiveLifParameters parameters,
            RecurrentSynapses recurrent,
            Surrogate surrogate,
            boolean resetDetached,
            float[] membrane,
            float[] adaptation,
            float[] spikeGradient,
            float[] currentGradient,
            @Nullable AdaptiveLifParameters parameterGradient) {
        int lanes = shape.lanes();
        int kind = surrogate.kind().code;
        float slope = surrogate.slope();
        AdaptiveLifParameters perLane = VectorNeurons.perLane(parameters, shape);
        float[] zeros = Scratch.zeros(5, lanes);
        float[] derivative = Scratch.floats(6, lanes);
        float[] fromU = Scratch.zeros(7, lanes);
        float[] fromW = Scratch.zeros(8, lanes);
        float[] fromS = Scratch.zeros(9, lanes);
        AdaptiveLifParameters sums = new AdaptiveLifParameters(
                Scratch.zeros(10, lanes),
                Scratch.zeros(11, lanes),
                Scratch.zeros(12, lanes),
                Scratch.zeros(13, lanes),
                zeros);
        VectorScan.backward(workers, shape, recurrent, currentGradient, spikeGradient, (from, to, fromStep, toStep) -> {
            int whole = from + Lanes.whole(to - from);
            VectorAdaptiveLif.backward(
                    from,
                    whole,
                    fromStep,
                    toStep,
                    lanes,
                    perLane,
                    kind,
                    slope,
                    resetDetached,
                    membrane,
                    adaptation,
                    spikeGradient,
                    currentGradient,
                    zeros,
                    derivative,
                    fromU,
                    fromW,
                    fromS,
                    sums);
            ScalarAdaptiveLif.backward(
                    whole,
                    to,
                    fromStep,
                    toStep,
                    lanes,
                    shape.neurons(),
                    parameters.membraneDecay(),
                    parameters.adaptationDecay(),
                    parameters.membraneCoupling(),
                    parameters.spikeCoupling(),
                    parameters.threshold(),
                    kind,
                    slope,
                    resetDetached,
                    membrane,
                    adaptation,
                    spikeGradient,
                    currentGradient,
                    fromU,
                    fromW,
                    fromS,
                    sums.membraneDecay(),
                    sums.adaptationDecay(),
                    sums.membraneCoupling(),
                    sums.spikeCoupling());
        });
        if (parameterGradient != null) {
            ScalarBackend.addLanes(shape, sums, parameterGradient);
        }
    }
}

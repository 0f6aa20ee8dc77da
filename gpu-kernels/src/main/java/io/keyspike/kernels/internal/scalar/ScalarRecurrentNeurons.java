package io.keyspike.kernels.internal.scalar;

import io.keyspike.kernels.AdaptiveLifParameters;
import io.keyspike.kernels.KernelBackend;
import io.keyspike.kernels.LeakyGradients;
import io.keyspike.kernels.LeakyParameters;
import io.keyspike.kernels.LeakySequence;
import io.keyspike.kernels.LifParameters;
import io.keyspike.kernels.RecurrentSynapses;
import io.keyspike.kernels.SequenceShape;
import io.keyspike.kernels.Surrogate;
import org.jspecify.annotations.Nullable;

/** Neurons that may have recurrent synapses: the reference of those methods of {@link KernelBackend}. Unchecked. */
public final class ScalarRecurrentNeurons {

    private ScalarRecurrentNeurons() {}

    static void lif(
            SequenceShape shape,
            LifParameters parameters,
            RecurrentSynapses recurrent,
            float[] current,
            float[] membrane,
            float[] spikes) {
        float[] u = new float[shape.lanes()];
        ScalarScan.forward(
                shape,
                recurrent,
                current,
                spikes,
                (from, to, fromStep, toStep) -> ScalarLif.forward(
                        from,
                        to,
                        fromStep,
                        toStep,
                        shape.lanes(),
                        shape.neurons(),
                        parameters.decay(),
                        parameters.threshold(),
                        parameters.reset().code,
                        parameters.membraneFloor(),
                        current,
                        membrane,
                        spikes,
                        u));
    }

    static void lifBackward(
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
        float[] carried = new float[lanes];
        float[] decaySums = new float[lanes];
        float[] thresholdSums = new float[lanes];
        ScalarScan.backward(
                shape,
                recurrent,
                currentGradient,
                spikeGradient,
                (from, to, fromStep, toStep) -> ScalarLif.backward(
                        from,
                        to,
                        fromStep,
                        toStep,
                        lanes,
                        shape.neurons(),
                        parameters.decay(),
                        parameters.threshold(),
                        parameters.reset().code,
                        parameters.membraneFloor(),
                        surrogate.kind().code,
                        surrogate.slope(),
                        resetDetached,
                        membrane,
                        spikeGradient,
                        null,
                        null,
                        currentGradient,
                        carried,
                        decaySums,
                        thresholdSums));
        ScalarLif.addLanes(lanes, shape.neurons(), decaySums, decayGradient);
        ScalarLif.addLanes(lanes, shape.neurons(), thresholdSums, thresholdGradient);
    }

    static void adaptiveLif(
            SequenceShape shape,
            AdaptiveLifParameters parameters,
            RecurrentSynapses recurrent,
            float[] current,
            float[] membrane,
            float[] adaptation,
            float[] spikes) {
        ScalarScan.forward(
                shape,
                recurrent,
                current,
                spikes,
                (from, to, fromStep, toStep) -> ScalarAdaptiveLif.forward(
                        from,
                        to,
                        fromStep,
                        toStep,
                        shape.lanes(),
                        shape.neurons(),
                        parameters.membraneDecay(),
                        parameters.adaptationDecay(),
                        parameters.membraneCoupling(),
                        parameters.spikeCoupling(),
                        parameters.threshold(),
                        current,
                        membrane,
                        adaptation,
                        spikes));
    }

    static void adaptiveLifBackward(
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
        AdaptiveLifParameters sums = AdaptiveLifParameters.zeros(lanes);
        float[] fromU = new float[lanes];
        float[] fromW = new float[lanes];
        float[] fromS = new float[lanes];
        ScalarScan.backward(
                shape,
                recurrent,
                currentGradient,
                spikeGradient,
                (from, to, fromStep, toStep) -> ScalarAdaptiveLif.backward(
                        from,
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
                        surrogate.kind().code,
                        surrogate.slope(),
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
                        sums.spikeCoupling()));
        if (parameterGradient != null) {
            ScalarBackend.addLanes(shape, sums, parameterGradient);
        }
    }

    static void leaky(
            SequenceShape shape,
            LeakyParameters parameters,
            @Nullable RecurrentSynapses recurrent,
            float[] current,
            LeakySequence sequence) {
        int reset = parameters.resetCode(recurrent != null);
        ScalarScan.forward(
                shape,
                recurrent,
                current,
                sequence.spikes(),
                (from, to, fromStep, toStep) -> ScalarLeaky.forward(
                        from,
                        to,
                        fromStep,
                        toStep,
                        shape.lanes(),
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
                        sequence.spikes()));
    }

    static void leakyBackward(
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
        float[] fromM = new float[lanes];
        float[] fromY = new float[lanes];
        float[] synapseDecaySums = new float[lanes];
        float[] decaySums = new float[lanes];
        float[] thresholdSums = new float[lanes];
        ScalarScan.backward(
                shape,
                recurrent,
                currentGradient,
                spikeGradient,
                (from, to, fromStep, toStep) -> ScalarLeaky.backward(
                        from,
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
                        surrogate.kind().code,
                        surrogate.slope(),
                        sequence.synapse(),
                        sequence.potential(),
                        sequence.membrane(),
                        spikeGradient,
                        membraneGradient,
                        synapseGradient,
                        currentGradient,
                        fromM,
                        fromY,
                        synapseDecaySums,
                        decaySums,
                        thresholdSums));
        addLanes(shape, synapseDecaySums, decaySums, thresholdSums, parameterGradient);
    }

    public static void addLanes(
            SequenceShape shape,
            float[] synapseDecaySums,
            float[] decaySums,
            float[] thresholdSums,
            LeakyGradients gradients) {
        ScalarLif.addLanes(shape.lanes(), shape.neurons(), synapseDecaySums, gradients.synapseDecay());
        ScalarLif.addLanes(shape.lanes(), shape.neurons(), decaySums, gradients.decay());
        ScalarLif.addLanes(shape.lanes(), shape.neurons(), thresholdSums, gradients.threshold());
    }
}

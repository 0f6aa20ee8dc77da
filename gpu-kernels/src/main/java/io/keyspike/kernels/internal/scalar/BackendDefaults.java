package io.keyspike.kernels.internal.scalar;

import io.keyspike.kernels.AdaptiveLifParameters;
import io.keyspike.kernels.CurrentLifAdjoint;
import io.keyspike.kernels.CurrentLifParameters;
import io.keyspike.kernels.CurrentLifSequence;
import io.keyspike.kernels.DenseProducts;
import io.keyspike.kernels.KernelBackend;
import io.keyspike.kernels.LeakyGradients;
import io.keyspike.kernels.LeakyParameters;
import io.keyspike.kernels.LeakySequence;
import io.keyspike.kernels.LifParameters;
import io.keyspike.kernels.Membranes;
import io.keyspike.kernels.RecurrentSynapses;
import io.keyspike.kernels.SequenceShape;
import io.keyspike.kernels.Surrogate;
import org.jspecify.annotations.Nullable;

/** What a backend does where it has no kernels of its own: the reference. */
public abstract class BackendDefaults implements KernelBackend {

    @Override
    public DenseProducts products(int inputs, int outputs) {
        return new PlainProducts(this, inputs, outputs);
    }

    @Override
    public void lifTraining(
            SequenceShape shape,
            LifParameters parameters,
            float[] current,
            boolean constant,
            Membranes membranes,
            float @Nullable [] spikes,
            long @Nullable [] bits) {
        PlainLifTraining.forward(this, shape, parameters, current, constant, membranes, spikes, bits);
    }

    @Override
    public void lifTrainingBackward(
            SequenceShape shape,
            LifParameters parameters,
            Surrogate surrogate,
            boolean resetDetached,
            Membranes membranes,
            float[] spikeGradient,
            boolean spikeGradientConstant,
            float @Nullable [] membraneGradient,
            float[] currentGradient,
            boolean summed,
            float @Nullable [] decayGradient,
            float @Nullable [] thresholdGradient) {
        PlainLifTraining.backward(
                this,
                shape,
                parameters,
                surrogate,
                resetDetached,
                membranes,
                spikeGradient,
                spikeGradientConstant,
                membraneGradient,
                currentGradient,
                summed,
                decayGradient,
                thresholdGradient);
    }

    @Override
    public void recurrentLif(
            SequenceShape shape,
            LifParameters parameters,
            RecurrentSynapses recurrent,
            float[] current,
            float[] membrane,
            float[] spikes) {
        ScalarRecurrentNeurons.lif(shape, parameters, recurrent, current, membrane, spikes);
    }

    @Override
    public void recurrentLifBackward(
            SequenceShape shape,
            LifParameters parameters,
            RecurrentSynapses recurrent,
            Surrogate surrogate,
            boolean resetDetached,
            float[] membrane,
            float[] spikes,
            float[] spikeGradient,
            float[] currentGradient,
            float @Nullable [] decayGradient,
            float @Nullable [] thresholdGradient,
            float @Nullable [] recurrentGradient) {
        ScalarRecurrentNeurons.lifBackward(
                shape,
                parameters,
                recurrent,
                surrogate,
                resetDetached,
                membrane,
                spikeGradient,
                currentGradient,
                decayGradient,
                thresholdGradient);
        ScalarRecurrence.weightGradient(this, shape, recurrent, spikes, currentGradient, recurrentGradient);
    }

    @Override
    public void recurrentAdaptiveLif(
            SequenceShape shape,
            AdaptiveLifParameters parameters,
            RecurrentSynapses recurrent,
            float[] current,
            float[] membrane,
            float[] adaptation,
            float[] spikes) {
        ScalarRecurrentNeurons.adaptiveLif(shape, parameters, recurrent, current, membrane, adaptation, spikes);
    }

    @Override
    public void recurrentAdaptiveLifBackward(
            SequenceShape shape,
            AdaptiveLifParameters parameters,
            RecurrentSynapses recurrent,
            Surrogate surrogate,
            boolean resetDetached,
            float[] membrane,
            float[] adaptation,
            float[] spikes,
            float[] spikeGradient,
            float[] currentGradient,
            @Nullable AdaptiveLifParameters parameterGradient,
            float @Nullable [] recurrentGradient) {
        ScalarRecurrentNeurons.adaptiveLifBackward(
                shape,
                parameters,
                recurrent,
                surrogate,
                resetDetached,
                membrane,
                adaptation,
                spikeGradient,
                currentGradient,
                parameterGradient);
        ScalarRecurrence.weightGradient(this, shape, recurrent, spikes, currentGradient, recurrentGradient);
    }

    @Override
    public void leaky(
            SequenceShape shape,
            LeakyParameters parameters,
            @Nullable RecurrentSynapses recurrent,
            float[] current,
            LeakySequence sequence) {
        ScalarRecurrentNeurons.leaky(shape, parameters, recurrent, current, sequence);
    }

    @Override
    public void leakyBackward(
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
        ScalarRecurrentNeurons.leakyBackward(
                shape,
                parameters,
                recurrent,
                surrogate,
                sequence,
                spikeGradient,
                membraneGradient,
                synapseGradient,
                currentGradient,
                parameterGradient);
        if (recurrent != null) {
            ScalarRecurrence.weightGradient(
                    this, shape, recurrent, sequence.spikes(), currentGradient, parameterGradient.recurrentWeight());
        }
    }

    @Override
    public void currentLif(
            SequenceShape shape, CurrentLifParameters parameters, float[] input, CurrentLifSequence sequence) {
        ScalarCurrentLif.forward(0, shape.lanes(), shape, parameters, input, sequence);
    }

    @Override
    public void currentLifBackward(
            SequenceShape shape,
            CurrentLifParameters parameters,
            float[] input,
            CurrentLifSequence sequence,
            CurrentLifAdjoint adjoint) {
        var sums = ScalarCurrentLif.Sums.zeros(shape, parameters, adjoint);
        ScalarCurrentLif.backward(0, shape.lanes(), shape, parameters, input, sequence, adjoint, sums);
        sums.addTo(shape, parameters, adjoint);
    }
}

package io.keyspike.kernels.internal.scalar;

import io.keyspike.kernels.AdaptiveLifBackward;
import io.keyspike.kernels.AdaptiveLifParameters;
import io.keyspike.kernels.BatchNorm;
import io.keyspike.kernels.CurrentLifAdjoint;
import io.keyspike.kernels.CurrentLifParameters;
import io.keyspike.kernels.CurrentLifSequence;
import io.keyspike.kernels.DenseProducts;
import io.keyspike.kernels.KernelBackend;
import io.keyspike.kernels.LeakyBackward;
import io.keyspike.kernels.LeakyParameters;
import io.keyspike.kernels.LeakySequence;
import io.keyspike.kernels.LifBackward;
import io.keyspike.kernels.LifParameters;
import io.keyspike.kernels.LifTraining;
import io.keyspike.kernels.RecurrentBackward;
import io.keyspike.kernels.RecurrentSynapses;
import io.keyspike.kernels.SequenceShape;
import io.keyspike.kernels.SpikeBits;
import io.keyspike.kernels.internal.threads.Scratch;
import org.jspecify.annotations.Nullable;

/** What a backend does where it has no kernels of its own: the reference. A new kind of neuron begins here. */
public abstract class BackendDefaults implements KernelBackend {

    private static final Scratch.Slot SPIKES = new Scratch.Slot();

    @Override
    public DenseProducts products(int inputs, int outputs) {
        return new PlainProducts(this, inputs, outputs);
    }

    @Override
    public void lifTraining(LifTraining run) {
        PlainLifTraining.forward(this, run);
    }

    @Override
    public void lifBackward(LifBackward run) {
        PlainLifTraining.backward(run, plain -> ScalarRecurrentNeurons.lifBackward(plain, null));
    }

    @Override
    public void recurrentLif(
            SequenceShape shape,
            LifParameters parameters,
            RecurrentSynapses recurrent,
            float[] current,
            float[] membrane,
            float[] spikes) {
        ScalarRecurrentNeurons.lif(
                new ScalarLif.Forward(shape, parameters, current, membrane, spikes, new float[shape.lanes()]),
                recurrent);
    }

    @Override
    public void recurrentLifBackward(LifBackward run, RecurrentBackward recurrent) {
        ScalarRecurrentNeurons.lifBackward(run, recurrent.synapses());
        ScalarRecurrence.weightGradient(
                this, run.shape(), recurrent, run.wanted().current());
    }

    @Override
    public void adaptiveLif(
            SequenceShape shape,
            AdaptiveLifParameters parameters,
            float[] current,
            float[] membrane,
            float[] adaptation,
            float[] spikes) {
        ScalarRecurrentNeurons.adaptiveLif(
                new ScalarAdaptiveLif.Forward(shape, parameters, current, membrane, adaptation, spikes), null);
    }

    @Override
    public void adaptiveLifBits(
            SequenceShape shape,
            AdaptiveLifParameters parameters,
            float[] current,
            float[] membrane,
            float[] adaptation,
            long[] bits) {
        float[] spikes = Scratch.floats(SPIKES, shape.size());
        adaptiveLif(shape, parameters, current, membrane, adaptation, spikes);
        SpikeBits.pack(shape, spikes, bits);
    }

    @Override
    public void adaptiveLifBackward(AdaptiveLifBackward run) {
        ScalarRecurrentNeurons.adaptiveLifBackward(run, null);
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
        ScalarRecurrentNeurons.adaptiveLif(
                new ScalarAdaptiveLif.Forward(shape, parameters, current, membrane, adaptation, spikes), recurrent);
    }

    @Override
    public void recurrentAdaptiveLifBackward(AdaptiveLifBackward run, RecurrentBackward recurrent) {
        ScalarRecurrentNeurons.adaptiveLifBackward(run, recurrent.synapses());
        ScalarRecurrence.weightGradient(this, run.shape(), recurrent, run.currentGradient());
    }

    @Override
    public void leaky(
            SequenceShape shape,
            LeakyParameters parameters,
            @Nullable RecurrentSynapses recurrent,
            float[] current,
            LeakySequence sequence) {
        int reset = parameters.resetCode(recurrent != null);
        ScalarRecurrentNeurons.leaky(new ScalarLeaky.Forward(shape, parameters, reset, current, sequence), recurrent);
    }

    @Override
    public void leakyBackward(LeakyBackward run) {
        ScalarRecurrentNeurons.leakyBackward(run);
        leakyWeightGradient(run);
    }

    /** Adds the gradient of a layer's recurrent weights, if there are any. */
    protected void leakyWeightGradient(LeakyBackward run) {
        if (run.recurrent() != null) {
            var recurrent = new RecurrentBackward(
                    run.recurrent(),
                    run.sequence().spikes(),
                    run.parameterGradient().recurrentWeight());
            ScalarRecurrence.weightGradient(this, run.shape(), recurrent, run.currentGradient());
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

    @Override
    public void leakyIntegrator(SequenceShape shape, float[] decay, float[] current, float[] output) {
        ScalarIntegrator.forward(new ScalarIntegrator.Forward(shape, decay, current, output), 0, shape.lanes());
    }

    @Override
    public void leakyIntegratorBackward(
            SequenceShape shape,
            float[] decay,
            float[] output,
            float[] current,
            float[] outputGradient,
            float[] currentGradient,
            float @Nullable [] decayGradient) {
        float[] sums = new float[shape.lanes()];
        ScalarIntegrator.backward(
                new ScalarIntegrator.Backward(shape, decay, output, current, outputGradient, currentGradient),
                sums,
                0,
                shape.lanes());
        ScalarLif.addLanes(shape, sums, decayGradient);
    }

    @Override
    public void batchNorm(BatchNorm norm, float[] x, float[] shift, float[] y) {
        ScalarNormalisation.forward(norm, x, shift, y);
    }

    @Override
    public void batchNormBackward(
            BatchNorm norm, float[] x, float[] dy, float[] dx, float[] gainGradient, float[] shiftGradient) {
        ScalarNormalisation.backward(norm, x, dy, dx, gainGradient, shiftGradient);
    }
}

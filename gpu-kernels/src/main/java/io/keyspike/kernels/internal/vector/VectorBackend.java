package io.keyspike.kernels.internal.vector;

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
import io.keyspike.kernels.SolveCounts;
import io.keyspike.kernels.Solver;
import io.keyspike.kernels.Surrogate;
import io.keyspike.kernels.internal.check.CheckedBackend;
import io.keyspike.kernels.internal.scalar.BackendDefaults;
import io.keyspike.kernels.internal.scalar.PlainLifTraining;
import io.keyspike.kernels.internal.scalar.ScalarRecurrence;
import io.keyspike.kernels.internal.solver.LifSolver;
import io.keyspike.kernels.internal.solver.SolveTally;
import io.keyspike.kernels.internal.threads.Scratch;
import io.keyspike.kernels.internal.threads.Workers;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/** Vector API and several threads: the default. Unchecked; {@link CheckedBackend} stands before it. */
public final class VectorBackend extends BackendDefaults {

    static final String NAME = "vector";

    /** Of {@link Scratch}; kernels below use others. */
    private static final int SPIKES_SLOT = 25;

    private final Workers workers;
    private final LifSolver lif;

    public VectorBackend(int threads, Solver solver) {
        this(threads, solver, new SolveTally());
    }

    private VectorBackend(int threads, Solver solver, SolveTally tally) {
        this.workers = Workers.of(threads);
        this.lif = new LifSolver(solver, NAME, threads, VectorStrips.INSTANCE, PackedStrips.INSTANCE, tally);
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Solver solver() {
        return lif.solver();
    }

    @Override
    public SolveCounts solveCounts() {
        return lif.counts();
    }

    @Override
    public void dense(
            int rows, int inputs, int outputs, float[] x, float[] weight, float @Nullable [] bias, float[] y) {
        VectorSynapses.dense(workers, rows, inputs, outputs, x, weight, bias, y);
    }

    @Override
    public void denseParameterGradient(
            int rows,
            int inputs,
            int outputs,
            float[] x,
            float[] dy,
            float[] weightGradient,
            float @Nullable [] biasGradient) {
        VectorSynapses.denseWeightGradient(workers, rows, inputs, outputs, x, dy, weightGradient);
        if (biasGradient != null) {
            VectorSynapses.biasGradient(rows, outputs, dy, biasGradient);
        }
    }

    @Override
    public void denseInputGradient(int rows, int inputs, int outputs, float[] dy, float[] weight, float[] dx) {
        VectorSynapses.denseInputGradient(workers, rows, inputs, outputs, dy, weight, dx);
    }

    @Override
    public void diagonal(int rows, int neurons, float[] x, float[] weight, float[] y) {
        VectorSynapses.diagonal(workers, rows, neurons, x, weight, y);
    }

    @Override
    public void diagonalParameterGradient(int rows, int neurons, float[] x, float[] dy, float[] weightGradient) {
        VectorSynapses.diagonalWeightGradient(rows, neurons, x, dy, weightGradient);
    }

    @Override
    public void diagonalInputGradient(int rows, int neurons, float[] dy, float[] weight, float[] dx) {
        VectorSynapses.diagonal(workers, rows, neurons, dy, weight, dx);
    }

    @Override
    public void lif(SequenceShape shape, LifParameters parameters, float[] current, float[] membrane, float[] spikes) {
        Solver chosen = lif.choose(shape, parameters);
        if (chosen == Solver.SCAN) {
            VectorLifRuns.forward(workers, shape, parameters, current, false, Membranes.around(membrane), spikes, null);
            lif.scanned(shape);
        } else {
            lif.solve(chosen, shape, parameters, current, membrane, spikes);
        }
    }

    @Override
    public void lifBackward(
            SequenceShape shape,
            LifParameters parameters,
            Surrogate surrogate,
            boolean resetDetached,
            float[] membrane,
            float[] spikeGradient,
            float @Nullable [] membraneGradient,
            float @Nullable [] membraneAfterGradient,
            float[] currentGradient,
            float @Nullable [] decayGradient,
            float @Nullable [] thresholdGradient) {
        VectorLifRuns.backward(
                workers,
                shape,
                parameters,
                surrogate,
                resetDetached,
                Membranes.around(membrane),
                spikeGradient,
                false,
                membraneGradient,
                membraneAfterGradient,
                currentGradient,
                false,
                decayGradient,
                thresholdGradient);
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
        if (lif.choose(shape, parameters) == Solver.SCAN) {
            VectorLifRuns.forward(workers, shape, parameters, current, constant, membranes, spikes, bits);
            lif.scanned(shape);
        } else {
            float[] floats = spikes == null ? Scratch.floats(SPIKES_SLOT, shape.size()) : spikes;
            PlainLifTraining.forward(this, shape, parameters, current, constant, membranes, floats, bits);
        }
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
        VectorLifRuns.backward(
                workers,
                shape,
                parameters,
                surrogate,
                resetDetached,
                membranes,
                spikeGradient,
                spikeGradientConstant,
                membraneGradient,
                null,
                currentGradient,
                summed,
                decayGradient,
                thresholdGradient);
    }

    @Override
    public DenseProducts products(int inputs, int outputs) {
        return new VectorProducts(workers, inputs, outputs);
    }

    @Override
    public KernelBackend serial() {
        return new VectorBackend(1, lif.solver(), lif.tally());
    }

    @Override
    public boolean sliceable() {
        return true;
    }

    @Override
    public void forEach(int tasks, IntConsumer task) {
        workers.run(tasks, task::accept);
    }

    @Override
    public void adaptiveLif(
            SequenceShape shape,
            AdaptiveLifParameters parameters,
            float[] current,
            float[] membrane,
            float[] adaptation,
            float[] spikes) {
        VectorNeurons.adaptiveLif(workers, shape, parameters, current, membrane, adaptation, spikes);
    }

    @Override
    public void adaptiveLifBackward(
            SequenceShape shape,
            AdaptiveLifParameters parameters,
            Surrogate surrogate,
            boolean resetDetached,
            float[] membrane,
            float[] adaptation,
            float[] spikeGradient,
            float[] currentGradient,
            @Nullable AdaptiveLifParameters parameterGradient) {
        VectorNeurons.adaptiveLifBackward(
                workers,
                shape,
                parameters,
                surrogate,
                resetDetached,
                membrane,
                adaptation,
                spikeGradient,
                currentGradient,
                parameterGradient);
    }

    @Override
    public void recurrentLif(
            SequenceShape shape,
            LifParameters parameters,
            RecurrentSynapses recurrent,
            float[] current,
            float[] membrane,
            float[] spikes) {
        VectorRecurrentNeurons.lif(workers, shape, parameters, recurrent, current, membrane, spikes);
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
        VectorRecurrentNeurons.lifBackward(
                workers,
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
        VectorRecurrentNeurons.adaptiveLif(
                workers, shape, parameters, recurrent, current, membrane, adaptation, spikes);
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
        VectorRecurrentNeurons.adaptiveLifBackward(
                workers,
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
        VectorLeakyNeurons.forward(workers, shape, parameters, recurrent, current, sequence);
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
        VectorLeakyNeurons.backward(
                workers,
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
    public void leakyIntegrator(SequenceShape shape, float[] decay, float[] current, float[] output) {
        VectorNeurons.leakyIntegrator(workers, shape, decay, current, output);
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
        VectorNeurons.leakyIntegratorBackward(
                workers, shape, decay, output, current, outputGradient, currentGradient, decayGradient);
    }

    @Override
    public void batchNorm(
            int rows,
            int neurons,
            float[] x,
            float[] gain,
            float[] shift,
            float epsilon,
            float[] mean,
            float[] variance,
            float[] y) {
        VectorNormalisation.forward(workers, rows, neurons, x, gain, shift, epsilon, mean, variance, y);
    }

    @Override
    public void batchNormBackward(
            int rows,
            int neurons,
            float[] x,
            float[] gain,
            float epsilon,
            float[] mean,
            float[] variance,
            float[] dy,
            float[] dx,
            float[] gainGradient,
            float[] shiftGradient) {
        VectorNormalisation.backward(
                workers, rows, neurons, x, gain, epsilon, mean, variance, dy, dx, gainGradient, shiftGradient);
    }

    @Override
    public void currentLif(
            SequenceShape shape, CurrentLifParameters parameters, float[] input, CurrentLifSequence sequence) {
        VectorCurrentLif.forward(workers, shape, parameters, input, sequence);
    }

    @Override
    public void currentLifBackward(
            SequenceShape shape,
            CurrentLifParameters parameters,
            float[] input,
            CurrentLifSequence sequence,
            CurrentLifAdjoint adjoint) {
        VectorCurrentLifBackward.backward(workers, shape, parameters, input, sequence, adjoint);
    }
}

package io.keyspike.kernels.internal.vector;

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
import io.keyspike.kernels.Membranes;
import io.keyspike.kernels.RecurrentBackward;
import io.keyspike.kernels.RecurrentSynapses;
import io.keyspike.kernels.SequenceShape;
import io.keyspike.kernels.SolveCounts;
import io.keyspike.kernels.Solver;
import io.keyspike.kernels.internal.check.CheckedBackend;
import io.keyspike.kernels.internal.scalar.BackendDefaults;
import io.keyspike.kernels.internal.scalar.PlainLifTraining;
import io.keyspike.kernels.internal.scalar.ScalarAdaptiveLif;
import io.keyspike.kernels.internal.scalar.ScalarIntegrator;
import io.keyspike.kernels.internal.scalar.ScalarLeaky;
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

    private static final Scratch.Slot SPIKES = new Scratch.Slot();

    private final Workers workers;
    private final VectorSynapses synapses;
    private final LifSolver lif;

    public VectorBackend(int threads, Solver solver) {
        this(threads, solver, new SolveTally());
    }

    private VectorBackend(int threads, Solver solver, SolveTally tally) {
        this.workers = Workers.of(threads);
        this.synapses = new VectorSynapses(workers);
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
        synapses.dense(rows, inputs, outputs, x, weight, bias, y);
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
        synapses.denseWeightGradient(rows, inputs, outputs, x, dy, weightGradient);
        if (biasGradient != null) {
            VectorSynapses.biasGradient(rows, outputs, dy, biasGradient);
        }
    }

    @Override
    public void denseInputGradient(int rows, int inputs, int outputs, float[] dy, float[] weight, float[] dx) {
        synapses.denseInputGradient(rows, inputs, outputs, dy, weight, dx);
    }

    @Override
    public void diagonal(int rows, int neurons, float[] x, float[] weight, float[] y) {
        synapses.diagonal(rows, neurons, x, weight, y);
    }

    @Override
    public void diagonalParameterGradient(int rows, int neurons, float[] x, float[] dy, float[] weightGradient) {
        VectorSynapses.diagonalWeightGradient(rows, neurons, x, dy, weightGradient);
    }

    @Override
    public void diagonalInputGradient(int rows, int neurons, float[] dy, float[] weight, float[] dx) {
        synapses.diagonal(rows, neurons, dy, weight, dx);
    }

    @Override
    public void lif(SequenceShape shape, LifParameters parameters, float[] current, float[] membrane, float[] spikes) {
        Solver chosen = lif.choose(shape, parameters);
        if (chosen == Solver.SCAN) {
            VectorLifRuns.forward(
                    workers,
                    new LifTraining(shape, parameters, current, false, Membranes.around(membrane), spikes, null));
            lif.scanned(shape);
        } else {
            lif.solve(chosen, shape, parameters, current, membrane, spikes);
        }
    }

    @Override
    public void lifBackward(LifBackward run) {
        VectorLifRuns.backward(workers, run);
    }

    @Override
    public void lifTraining(LifTraining run) {
        if (lif.choose(run.shape(), run.parameters()) == Solver.SCAN) {
            VectorLifRuns.forward(workers, run);
            lif.scanned(run.shape());
        } else if (run.spikes() == null) {
            float[] spikes = Scratch.floats(SPIKES, run.shape().size());
            PlainLifTraining.forward(
                    this,
                    new LifTraining(
                            run.shape(),
                            run.parameters(),
                            run.current(),
                            run.constant(),
                            run.membranes(),
                            spikes,
                            run.bits()));
        } else {
            PlainLifTraining.forward(this, run);
        }
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
        VectorNeurons.adaptiveLif(
                workers, new ScalarAdaptiveLif.Forward(shape, parameters, current, membrane, adaptation, spikes), null);
    }

    @Override
    public void adaptiveLifBits(
            SequenceShape shape,
            AdaptiveLifParameters parameters,
            float[] current,
            float[] membrane,
            float[] adaptation,
            long[] bits) {
        if (parameters.symplectic() || shape.lanes() % Lanes.LENGTH != 0) {
            super.adaptiveLifBits(shape, parameters, current, membrane, adaptation, bits);
            return;
        }
        VectorNeurons.adaptiveLifBits(
                workers, new AdaptiveLifBits(shape, parameters, current, membrane, adaptation, bits));
    }

    @Override
    public void adaptiveLifBackward(AdaptiveLifBackward run) {
        VectorNeurons.adaptiveLifBackward(workers, run, null);
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
    public void recurrentLifBackward(LifBackward run, RecurrentBackward recurrent) {
        VectorRecurrentNeurons.lifBackward(workers, run, recurrent.synapses());
        ScalarRecurrence.weightGradient(
                this, run.shape(), recurrent, run.wanted().current());
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
        VectorNeurons.adaptiveLif(
                workers,
                new ScalarAdaptiveLif.Forward(shape, parameters, current, membrane, adaptation, spikes),
                recurrent);
    }

    @Override
    public void recurrentAdaptiveLifBackward(AdaptiveLifBackward run, RecurrentBackward recurrent) {
        VectorNeurons.adaptiveLifBackward(workers, run, recurrent.synapses());
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
        VectorNeurons.leaky(workers, new ScalarLeaky.Forward(shape, parameters, reset, current, sequence), recurrent);
    }

    @Override
    public void leakyBackward(LeakyBackward run) {
        VectorNeurons.leakyBackward(workers, run);
        leakyWeightGradient(run);
    }

    @Override
    public void leakyIntegrator(SequenceShape shape, float[] decay, float[] current, float[] output) {
        VectorNeurons.integrator(workers, new ScalarIntegrator.Forward(shape, decay, current, output));
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
        VectorNeurons.integratorBackward(
                workers,
                new ScalarIntegrator.Backward(shape, decay, output, current, outputGradient, currentGradient),
                decayGradient);
    }

    @Override
    public void batchNorm(BatchNorm norm, float[] x, float[] shift, float[] y) {
        VectorNormalisation.forward(workers, norm, x, shift, y);
    }

    @Override
    public void batchNormBackward(
            BatchNorm norm, float[] x, float[] dy, float[] dx, float[] gainGradient, float[] shiftGradient) {
        VectorNormalisation.backward(workers, norm, x, dy, dx, gainGradient, shiftGradient);
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

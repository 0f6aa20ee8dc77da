package io.keyspike.kernels.internal.scalar;

import io.keyspike.kernels.AdaptiveLifParameters;
import io.keyspike.kernels.LifParameters;
import io.keyspike.kernels.SequenceShape;
import io.keyspike.kernels.SolveCounts;
import io.keyspike.kernels.Solver;
import io.keyspike.kernels.Surrogate;
import io.keyspike.kernels.internal.check.CheckedBackend;
import io.keyspike.kernels.internal.solver.LifSolver;
import io.keyspike.kernels.internal.solver.ScalarStrips;
import io.keyspike.kernels.internal.solver.SolveTally;
import org.jspecify.annotations.Nullable;

/** The reference: plain loops on one thread. Unchecked; {@link CheckedBackend} stands before it. */
public final class ScalarBackend extends BackendDefaults {

    public static final String NAME = "scalar";

    private final LifSolver lif;

    public ScalarBackend(Solver solver) {
        lif = new LifSolver(solver, NAME, 1, ScalarStrips.INSTANCE, ScalarStrips.INSTANCE, new SolveTally());
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
        ScalarSynapses.dense(rows, inputs, outputs, x, weight, bias, y);
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
        ScalarSynapses.denseWeightGradient(rows, inputs, outputs, x, dy, weightGradient);
        if (biasGradient != null) {
            ScalarSynapses.biasGradient(rows, outputs, dy, biasGradient);
        }
    }

    @Override
    public void denseInputGradient(int rows, int inputs, int outputs, float[] dy, float[] weight, float[] dx) {
        ScalarSynapses.denseInputGradient(rows, inputs, outputs, dy, weight, dx);
    }

    @Override
    public void diagonal(int rows, int neurons, float[] x, float[] weight, float[] y) {
        ScalarSynapses.diagonal(rows, neurons, x, weight, y);
    }

    @Override
    public void diagonalParameterGradient(int rows, int neurons, float[] x, float[] dy, float[] weightGradient) {
        ScalarSynapses.diagonalWeightGradient(rows, neurons, x, dy, weightGradient);
    }

    @Override
    public void diagonalInputGradient(int rows, int neurons, float[] dy, float[] weight, float[] dx) {
        ScalarSynapses.diagonal(rows, neurons, dy, weight, dx);
    }

    @Override
    public void lif(SequenceShape shape, LifParameters parameters, float[] current, float[] membrane, float[] spikes) {
        Solver chosen = lif.choose(shape, parameters);
        if (chosen == Solver.SCAN) {
            scan(shape, parameters, current, membrane, spikes);
            lif.scanned(shape);
        } else {
            lif.solve(chosen, shape, parameters, current, membrane, spikes);
        }
    }

    private static void scan(
            SequenceShape shape, LifParameters parameters, float[] current, float[] membrane, float[] spikes) {
        ScalarLif.forward(
                0,
                shape.lanes(),
                0,
                shape.steps(),
                shape.lanes(),
                shape.neurons(),
                parameters.decay(),
                parameters.threshold(),
                parameters.reset().code,
                parameters.membraneFloor(),
                current,
                membrane,
                spikes,
                new float[shape.lanes()]);
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
        float[] decaySums = new float[shape.lanes()];
        float[] thresholdSums = new float[shape.lanes()];
        ScalarLif.backward(
                0,
                shape.lanes(),
                0,
                shape.steps(),
                shape.lanes(),
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
                membraneGradient,
                membraneAfterGradient,
                currentGradient,
                new float[shape.lanes()],
                decaySums,
                thresholdSums);
        ScalarLif.addLanes(shape.lanes(), shape.neurons(), decaySums, decayGradient);
        ScalarLif.addLanes(shape.lanes(), shape.neurons(), thresholdSums, thresholdGradient);
    }

    @Override
    public void adaptiveLif(
            SequenceShape shape,
            AdaptiveLifParameters parameters,
            float[] current,
            float[] membrane,
            float[] adaptation,
            float[] spikes) {
        ScalarAdaptiveLif.forward(
                0,
                shape.lanes(),
                0,
                shape.steps(),
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
                spikes);
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
        AdaptiveLifParameters sums = AdaptiveLifParameters.zeros(shape.lanes());
        ScalarAdaptiveLif.backward(
                0,
                shape.lanes(),
                0,
                shape.steps(),
                shape.lanes(),
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
                new float[shape.lanes()],
                new float[shape.lanes()],
                new float[shape.lanes()],
                sums.membraneDecay(),
                sums.adaptationDecay(),
                sums.membraneCoupling(),
                sums.spikeCoupling());
        if (parameterGradient != null) {
            addLanes(shape, sums, parameterGradient);
        }
    }

    public static void addLanes(SequenceShape shape, AdaptiveLifParameters sums, AdaptiveLifParameters gradient) {
        int lanes = shape.lanes();
        int neurons = shape.neurons();
        ScalarLif.addLanes(lanes, neurons, sums.membraneDecay(), gradient.membraneDecay());
        ScalarLif.addLanes(lanes, neurons, sums.adaptationDecay(), gradient.adaptationDecay());
        ScalarLif.addLanes(lanes, neurons, sums.membraneCoupling(), gradient.membraneCoupling());
        ScalarLif.addLanes(lanes, neurons, sums.spikeCoupling(), gradient.spikeCoupling());
    }

    @Override
    public void leakyIntegrator(SequenceShape shape, float[] decay, float[] current, float[] output) {
        ScalarLif.integrator(0, shape.lanes(), shape.steps(), shape.lanes(), shape.neurons(), decay, current, output);
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
        ScalarLif.integratorBackward(
                0,
                shape.lanes(),
                shape.steps(),
                shape.lanes(),
                shape.neurons(),
                decay,
                output,
                current,
                outputGradient,
                currentGradient,
                sums);
        ScalarLif.addLanes(shape.lanes(), shape.neurons(), sums, decayGradient);
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
        ScalarNormalisation.forward(rows, neurons, x, gain, shift, epsilon, mean, variance, y);
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
        ScalarNormalisation.backward(
                rows, neurons, x, gain, epsilon, mean, variance, dy, dx, gainGradient, shiftGradient);
    }

    @Override
    public boolean sliceable() {
        return true;
    }
}

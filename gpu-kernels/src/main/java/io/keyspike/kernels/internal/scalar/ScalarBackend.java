package io.keyspike.kernels.internal.scalar;

import io.keyspike.kernels.LifParameters;
import io.keyspike.kernels.SequenceShape;
import io.keyspike.kernels.SolveCounts;
import io.keyspike.kernels.Solver;
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
            ScalarRecurrentNeurons.lif(
                    new ScalarLif.Forward(shape, parameters, current, membrane, spikes, new float[shape.lanes()]),
                    null);
            lif.scanned(shape);
        } else {
            lif.solve(chosen, shape, parameters, current, membrane, spikes);
        }
    }

    @Override
    public boolean sliceable() {
        return true;
    }
}

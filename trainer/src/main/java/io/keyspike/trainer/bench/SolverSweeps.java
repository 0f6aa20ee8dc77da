package io.keyspike.trainer.bench;

import io.keyspike.kernels.KernelBackend;
import io.keyspike.kernels.Reset;
import io.keyspike.kernels.SequenceShape;
import io.keyspike.kernels.SolveCounts;
import io.keyspike.kernels.Solver;
import io.keyspike.kernels.backends.Backends;
import java.util.ArrayList;
import java.util.List;

/** How many sweeps and refinements the solvers need, by time constant, length and firing rate. The same on every machine. */
public final class SolverSweeps {

    private static final int LANES = 64;
    private static final double[] RATES = {0.01, 0.05, 0.1, 0.2, 0.4};
    private static final double[] TAU_STEPS = {5, 20, 100, Double.POSITIVE_INFINITY};

    private SolverSweeps() {}

    /**
     * One sequence of 64 neurons.
     *
     * @param wantedRate what the currents were scaled for
     * @param firingRate what came of it
     * @param blocks what {@link Solver#BLOCKS} did
     * @param convolution what {@link Solver#CONVOLUTION} did
     */
    public record Row(
            double tauSteps,
            Reset reset,
            int steps,
            double wantedRate,
            double firingRate,
            SolveCounts blocks,
            SolveCounts convolution) {}

    /** @param lengths T of the sequences */
    public static List<Row> measure(Reset reset, int threads, List<Integer> lengths) {
        var rows = new ArrayList<Row>();
        for (double tau : TAU_STEPS) {
            for (int steps : lengths) {
                for (double rate : RATES) {
                    var problem = new SolverProblem(
                            new SequenceShape(steps, 1, LANES), tau, reset, Float.NEGATIVE_INFINITY, rate, 1);
                    KernelBackend blocks = Backends.named("vector", threads, Solver.BLOCKS);
                    KernelBackend convolution = Backends.named("vector", threads, Solver.CONVOLUTION);
                    problem.solve(blocks);
                    problem.solve(convolution);
                    rows.add(new Row(
                            tau,
                            reset,
                            steps,
                            rate,
                            problem.firingRate(),
                            blocks.solveCounts(),
                            convolution.solveCounts()));
                }
            }
        }
        return List.copyOf(rows);
    }
}

package io.keyspike.kernels.internal.solver;

import io.keyspike.kernels.LifParameters;
import io.keyspike.kernels.SequenceShape;
import io.keyspike.kernels.SolveCounts;
import io.keyspike.kernels.Solver;
import io.keyspike.kernels.internal.threads.Workers;

/**
 * What a backend solves LIF sequences with, beside its own step-by-step kernel: chooses where that is left to it, and counts.
 * Safe for any number of callers.
 */
public final class LifSolver {

    private final Solver solver;
    private final String backend;
    private final int threads;
    private final BlockSolver blocks;
    private final ConvolutionSolver convolution;
    private final SolveTally tally;

    public LifSolver(Solver solver, String backend, int threads, LifStrips wide, LifStrips narrow, SolveTally tally) {
        this.solver = solver;
        this.backend = backend;
        this.threads = threads;
        this.tally = tally;
        Workers workers = Workers.of(threads);
        blocks = new BlockSolver(workers, wide, narrow);
        convolution = new ConvolutionSolver(workers, blocks);
    }

    public Solver solver() {
        return solver;
    }

    public SolveTally tally() {
        return tally;
    }

    public SolveCounts counts() {
        return tally.counts();
    }

    /** The solver for a sequence; never {@link Solver#AUTO}. */
    public Solver choose(SequenceShape shape, LifParameters parameters) {
        return solver == Solver.AUTO ? SolverTimes.measured().fastest(backend, threads, shape, parameters) : solver;
    }

    /** Counts a sequence that the backend's own kernel has solved. */
    public void scanned(SequenceShape shape) {
        tally.add(SolveTally.scan(shape));
    }

    /** Solves a sequence by {@link Solver#BLOCKS} or {@link Solver#CONVOLUTION}. */
    public void solve(
            Solver chosen,
            SequenceShape shape,
            LifParameters parameters,
            float[] current,
            float[] membrane,
            float[] spikes) {
        if (chosen == Solver.CONVOLUTION) {
            tally.add(convolution.solve(shape, parameters, current, membrane, spikes));
        } else {
            tally.add(SolveTally.blocks(shape, blocks.solve(shape, parameters, current, null, membrane, spikes)));
        }
    }
}

package io.keyspike.kernels;

/**
 * What a backend solves LIF sequences with, beside its own step-by-step kernel: chooses where that is left to it, and counts.
 * Safe for any number of callers.
 */
final class LifSolver {

    private final Solver solver;
    private final String backend;
    private final int threads;
    private final BlockSolver blocks;
    private final ConvolutionSolver convolution;
    private final SolveTally tally;

    LifSolver(Solver solver, String backend, int threads, LifStrips wide, LifStrips narrow, SolveTally tally) {
        this.solver = solver;
        this.backend = backend;
        this.threads = threads;
        this.tally = tally;
        Workers workers = Workers.of(threads);
        blocks = new BlockSolver(workers, wide, narrow);
        convolution = new ConvolutionSolver(workers, blocks);
    }

    Solver solver() {
        return solver;
    }

    SolveTally tally() {
        return tally;
    }

    SolveCounts counts() {
        return tally.counts();
    }

    /** The solver for a sequence; never {@link Solver#AUTO}. */
    Solver choose(SequenceShape shape, LifParameters parameters) {
        return solver == Solver.AUTO ? SolverTimes.measured().fastest(backend, threads, shape, parameters) : solver;
    }

    /** Counts a sequence that the backend's own kernel has solved. */
    void scanned(SequenceShape shape) {
        tally.add(SolveTally.scan(shape));
    }

    /** Solves a sequence by {@link Solver#BLOCKS} or {@link Solver#CONVOLUTION}. */
    void solve(
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

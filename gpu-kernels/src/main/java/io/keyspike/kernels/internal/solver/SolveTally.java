package io.keyspike.kernels.internal.solver;

import io.keyspike.kernels.SequenceShape;
import io.keyspike.kernels.SolveCounts;

/** Adds up {@link SolveCounts}; safe for any number of callers at a time. */
public final class SolveTally {

    private SolveCounts counts = SolveCounts.NONE;

    synchronized SolveCounts counts() {
        return counts;
    }

    synchronized void add(SolveCounts one) {
        counts = sum(counts, one);
    }

    private static SolveCounts sum(SolveCounts a, SolveCounts b) {
        return new SolveCounts(
                a.scans() + b.scans(),
                a.blockSolves() + b.blockSolves(),
                a.convolutions() + b.convolutions(),
                a.sweeps() + b.sweeps(),
                Math.max(a.mostSweeps(), b.mostSweeps()),
                a.refinements() + b.refinements(),
                Math.max(a.mostRefinements(), b.mostRefinements()),
                a.finishedByScan() + b.finishedByScan(),
                a.stepsRun() + b.stepsRun(),
                a.stepsAsked() + b.stepsAsked(),
                a.spikesCorrected() + b.spikesCorrected(),
                Math.max(a.convolutionError(), b.convolutionError()));
    }

    static SolveCounts scan(SequenceShape shape) {
        return new SolveCounts(1, 0, 0, 1, 1, 0, 0, 0, shape.size(), shape.size(), 0, 0);
    }

    static SolveCounts blocks(SequenceShape shape, BlockSolver.Effort effort) {
        return new SolveCounts(
                0,
                1,
                0,
                effort.sweeps(),
                effort.sweeps(),
                0,
                0,
                effort.finishedByScan() ? 1 : 0,
                effort.stepsRun(),
                shape.size(),
                0,
                0);
    }
}

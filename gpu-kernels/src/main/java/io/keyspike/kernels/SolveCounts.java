package io.keyspike.kernels;

/**
 * What the solvers of a backend did since it was made. The counts do not depend on the number of threads; only
 * {@code stepsRun} depends on the width of the vectors, since lanes that share one are run together.
 *
 * @param scans sequences solved by {@link Solver#SCAN}
 * @param blockSolves sequences solved by {@link Solver#BLOCKS}
 * @param convolutions sequences solved by {@link Solver#CONVOLUTION}
 * @param sweeps over all of these: passes over those blocks whose start had changed; 1 for a scan
 * @param mostSweeps of a single sequence
 * @param refinements of all convolutions: passes over a window of steps until its spikes stayed as they were, of the window
 *     that took most
 * @param mostRefinements of a single convolution
 * @param finishedByScan sequences on which a bound was reached, and which the scan finished; the result is exact all the
 *     same
 * @param stepsRun lane-steps that were run, those run again included
 * @param stepsAsked T·B·N summed over the sequences: what a scan would run
 * @param spikesCorrected spikes that convolutions had wrong, put right by the pass with the scan's arithmetic
 * @param convolutionError largest difference between a convolution's membrane and the scan's
 */
public record SolveCounts(
        long scans,
        long blockSolves,
        long convolutions,
        long sweeps,
        long mostSweeps,
        long refinements,
        long mostRefinements,
        long finishedByScan,
        long stepsRun,
        long stepsAsked,
        long spikesCorrected,
        float convolutionError) {

    /** Nothing was solved. */
    public static final SolveCounts NONE = new SolveCounts(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

    /** {@return sequences in all} */
    public long sequences() {
        return scans + blockSolves + convolutions;
    }

    /** {@return sweeps per sequence} */
    public double meanSweeps() {
        return sequences() == 0 ? 0 : (double) sweeps / sequences();
    }

    /** {@return steps run for each step asked for; 1 for a scan} */
    public double work() {
        return stepsAsked == 0 ? 0 : (double) stepsRun / stepsAsked;
    }
}

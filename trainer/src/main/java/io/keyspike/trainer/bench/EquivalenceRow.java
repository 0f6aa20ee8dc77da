package io.keyspike.trainer.bench;

/**
 * One way of running the layer, compared with the scalar scan.
 *
 * @param backend by name
 * @param solver of the whole sequence, or {@code streaming}: single steps driven by events
 * @param spikeMismatches spikes that differ
 * @param meanSquaredError of the membranes
 * @param maxAbsoluteDifference of the membranes
 * @param threads worker threads
 * @param firingRate spikes per neuron and step
 * @param sweeps over the blocks; 1 for a scan
 * @param refinements of a convolution's spikes
 */
public record EquivalenceRow(
        String backend,
        String solver,
        long spikeMismatches,
        double meanSquaredError,
        double maxAbsoluteDifference,
        int threads,
        double firingRate,
        long sweeps,
        long refinements) {}

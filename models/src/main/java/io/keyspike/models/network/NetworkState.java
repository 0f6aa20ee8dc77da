package io.keyspike.models.network;

import io.keyspike.audio.StreamState;

/** One stream's membranes, synaptic and adaptation currents, readouts, last spikes and delayed values. */
public interface NetworkState extends StreamState {

    /** Neurons of layer {@code layer} that fired in the last step. */
    int lastSpikes(int layer);

    /** Spikes of layer {@code layer} in the last step: {@link #lastSpikes}, or more where neurons may fire repeatedly. */
    int lastSpikeTotal(int layer);

    /** Indices of the neurons of layer {@code layer} that fired in the last step: the first {@link #lastSpikes} entries. */
    int[] lastFired(int layer);

    /**
     * How often each of {@link #lastFired} did: the first {@link #lastSpikes} entries; empty for a layer whose neurons fire at
     * most once in a step.
     */
    int[] lastCounts(int layer);

    /** Membrane potentials of layer {@code layer} after the last step, {@code [N]}: a copy. */
    float[] membrane(int layer);
}

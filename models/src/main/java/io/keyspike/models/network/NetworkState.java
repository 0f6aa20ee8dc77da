package io.keyspike.models.network;

import io.keyspike.audio.StreamState;

/** One stream's membranes, adaptation currents and readouts. */
public interface NetworkState extends StreamState {

    /** Spikes of layer {@code layer} in the last step. */
    int lastSpikes(int layer);

    /** Indices of the neurons of layer {@code layer} that fired in the last step: the first {@link #lastSpikes} entries. */
    int[] lastFired(int layer);

    /** Membrane potentials of layer {@code layer} after the last step, {@code [N]}: a copy. */
    float[] membrane(int layer);
}

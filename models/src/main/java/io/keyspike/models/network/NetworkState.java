package io.keyspike.models.network;

import io.keyspike.audio.StreamState;

/** One stream's membranes, synaptic and adaptation currents, readouts, last spikes and delayed values. */
public interface NetworkState extends StreamState {

    /**
     * Neurons of layer {@code layer} that fired in the last step.
     *
     * @param layer index of the spiking layer, in order of computation
     * @return 0 to N
     */
    int lastSpikes(int layer);

    /**
     * Spikes of layer {@code layer} in the last step: {@link #lastSpikes}, or more where neurons may fire repeatedly.
     *
     * @param layer index of the spiking layer, in order of computation
     * @return the sum of the spike counts of all its neurons
     */
    int lastSpikeTotal(int layer);

    /**
     * Spikes of layer {@code layer} in all steps since the state was made or {@link #takeSpikes} was called for it. Counts are
     * for meters: they are not part of the saved form, and a reset leaves them as they are.
     *
     * @param layer index of the spiking layer, in order of computation
     * @return the sum of {@link #lastSpikeTotal} over those steps
     */
    long spikes(int layer);

    /**
     * As {@link #spikes}, and sets the count to zero.
     *
     * @param layer index of the spiking layer, in order of computation
     * @return the count before it was set to zero
     */
    long takeSpikes(int layer);

    /**
     * Adds to the count of {@link #spikes}, as when a stream goes on in another state.
     *
     * @param layer index of the spiking layer, in order of computation
     * @param spikes to add
     */
    void addSpikes(int layer, long spikes);

    /**
     * Indices of the neurons of layer {@code layer} that fired in the last step: the first {@link #lastSpikes} entries.
     *
     * @param layer index of the spiking layer, in order of computation
     * @return the stream's own array, at least as long; it changes with the next step and is not to be written to
     */
    int[] lastFired(int layer);

    /**
     * How often each of {@link #lastFired} did: the first {@link #lastSpikes} entries; empty for a layer whose neurons fire at
     * most once in a step.
     *
     * @param layer index of the spiking layer, in order of computation
     * @return the stream's own array; it changes with the next step and is not to be written to
     */
    int[] lastCounts(int layer);

    /**
     * Membrane potentials of layer {@code layer} after the last step, {@code [N]}: a copy.
     *
     * @param layer index of the spiking layer, in order of computation
     * @return {@code [N]}, in the unit of the neurons' thresholds
     */
    float[] membrane(int layer);
}

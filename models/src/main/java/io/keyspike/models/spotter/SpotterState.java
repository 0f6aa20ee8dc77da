package io.keyspike.models.spotter;

import io.keyspike.audio.StreamState;
import io.keyspike.models.network.NetworkState;

/** One stream's state through features, network and decision. */
public interface SpotterState extends StreamState {

    /** {@return samples of the stream so far, those taken and those missing in bridged gaps} */
    long samplePosition();

    /** {@return network steps taken so far} */
    long steps();

    /**
     * Spikes of spiking layer {@code layer} since the state was made or {@link #takeSpikes} was called for it.
     *
     * @param layer index of the spiking layer, in order of computation
     * @return spikes of all its neurons in all steps since then
     */
    long spikes(int layer);

    /**
     * As {@link #spikes}, and sets the count to zero. Counts are for meters; they are not part of the saved form.
     *
     * @param layer index of the spiking layer, in order of computation
     * @return the count before it was set to zero
     */
    long takeSpikes(int layer);

    /**
     * Score of label {@code label} in the last step, 0 to 1, for displays.
     *
     * @param label index of the label among the model's
     * @return the score, without unit
     */
    float score(int label);

    /** {@return the level of the last step in dB relative to full scale, for displays} */
    float levelDb();

    /** {@return whether the decision's activity gate was open in the last step; true where there is none} */
    boolean gateOpen();

    /** {@return the network's state, for rasters; it changes with the next step} */
    NetworkState network();

    /**
     * Start of a gap in the sound: filter and network state begin afresh, the position moves on.
     *
     * @param missingSamples length of the gap in samples, by which the position moves on
     * @throws IllegalArgumentException if the length is negative
     */
    void bridgeGap(long missingSamples);
}

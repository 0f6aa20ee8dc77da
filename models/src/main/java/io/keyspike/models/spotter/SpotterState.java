package io.keyspike.models.spotter;

import io.keyspike.audio.StreamState;
import io.keyspike.models.network.NetworkState;

/** One stream's state through features, network and decision. */
public interface SpotterState extends StreamState {

    /** Samples taken so far. */
    long samplePosition();

    /** Network steps taken so far. */
    long steps();

    /** Spikes of spiking layer {@code layer} since the state was made or {@link #takeSpikes} was called for it. */
    long spikes(int layer);

    /** As {@link #spikes}, and sets the count to zero. Counts are for meters; they are not part of the saved form. */
    long takeSpikes(int layer);

    /** Score of label {@code label} in the last step, 0 to 1, for displays. */
    float score(int label);

    /** Level of the last step in dB relative to full scale, for displays. */
    float levelDb();

    /** The network's state, for rasters. */
    NetworkState network();

    /** Start of a gap in the sound: filter and network state begin afresh, the position moves on. */
    void bridgeGap(long missingSamples);
}

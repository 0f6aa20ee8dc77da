package io.keyspike.audio.features;

import java.util.Arrays;

/** A {@link Normaliser} ready to run; the one place of its arithmetic, in streams and in training. Immutable. */
public final class ChannelNormaliser {
    private static final int BLOCK = 16;

    private final int channels;

    // Padded to whole blocks, for vectors: a padded 0 stays 0.
    final float[] mean;
    final float[] deviation;
    final float[] offset;
    final float scale;
    final boolean rectified;

    /**
     * Copies a normaliser's numbers into arrays that can be read in blocks.
     *
     * @param normaliser its means and deviations, {@code [channels]} each
     */
    public ChannelNormaliser(Normaliser normaliser) {
        channels = normaliser.mean().size();
        int padded = Math.ceilDiv(channels, BLOCK) * BLOCK;
        mean = new float[padded];
        deviation = new float[padded];
        offset = new float[padded];
        Arrays.fill(deviation, 1f);
        for (int i = 0; i < channels; i++) {
            offset[i] = normaliser.offset();
            mean[i] = normaliser.mean().get(i);
            deviation[i] = normaliser.deviation().get(i);
        }
        scale = normaliser.gain();
        rectified = normaliser.rectified();
    }

    /** {@return the number of channels that one {@link #apply} normalises} */
    public int channels() {
        return channels;
    }

    /**
     * Normalises one channel group in place.
     *
     * @param values changed from {@code at} to {@code at + channels() − 1}
     * @param at index of the group's first channel
     */
    public void apply(float[] values, int at) {
        for (int c = 0; c < channels; c++) {
            float x = scale * (values[at + c] - mean[c]) / deviation[c] + offset[c];
            values[at + c] = rectified ? Math.max(0f, x) : x;
        }
    }
}

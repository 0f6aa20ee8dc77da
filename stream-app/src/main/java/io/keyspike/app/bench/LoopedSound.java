package io.keyspike.app.bench;

import java.util.Arrays;

/**
 * Sound that repeats, cut into frames of one length. Devices hear it from different places on, so that they do not all say
 * the same at once.
 */
@SuppressWarnings("ArrayRecordComponent") // carried, never compared
public record LoopedSound(int sampleRateHz, short[][] frames) {

    /**
     * @param samples a recording; what fills no whole frame in the end is left out
     * @throws IllegalArgumentException if it is shorter than a frame
     */
    public static LoopedSound of(int sampleRateHz, short[] samples, int frameMillis) {
        int length = sampleRateHz * frameMillis / 1000;
        if (length < 1 || samples.length < length) {
            throw new IllegalArgumentException("expected audio of at least one frame of " + frameMillis + " ms, found "
                    + samples.length + " samples at " + sampleRateHz + " Hz");
        }
        short[][] frames = new short[samples.length / length][];
        for (int i = 0; i < frames.length; i++) {
            frames[i] = Arrays.copyOfRange(samples, i * length, (i + 1) * length);
        }
        return new LoopedSound(sampleRateHz, frames);
    }

    /**
     * As many copies of all frames as make {@code devices} frames or more: the same sound for each device, but not in the same
     * memory, so that with many of them it does not stay in a cache.
     */
    public LoopedSound spread(int devices) {
        int copies = Math.ceilDiv(devices, frames.length);
        short[][] all = new short[frames.length * copies][];
        for (int i = 0; i < all.length; i++) {
            all[i] = frames[i % frames.length].clone();
        }
        return new LoopedSound(sampleRateHz, all);
    }

    /** The frame that a device sends as its {@code sequence}th. */
    public short[] frame(int device, long sequence) {
        // A prime, so that neighbours are far apart in any loop.
        return frames[(int) ((device * 7919L + sequence) % frames.length)];
    }

    /** Samples in a frame. */
    public int frameSamples() {
        return frames[0].length;
    }

    public double frameSeconds() {
        return (double) frameSamples() / sampleRateHz;
    }
}

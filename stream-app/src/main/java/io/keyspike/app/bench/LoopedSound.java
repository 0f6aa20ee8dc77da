package io.keyspike.app.bench;

import java.util.Arrays;

/**
 * Repeating audio, cut into frames of equal length. Devices start at different places, so that they do not all say the same
 * at once.
 */
@SuppressWarnings("ArrayRecordComponent") // carried, never compared
public record LoopedSound(int sampleRateHz, short[][] frames) {

    /**
     * @param samples a recording; a partial frame at the end is dropped
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
     * Copies of all frames, enough for {@code devices} or more: the same audio for each device, but in different memory, so
     * that with many devices it does not stay in a cache.
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

package io.keyspike.audio;

/** Conversions from other sample formats to 16-bit mono. */
final class Pcm {

    private Pcm() {}

    /** Mean of {@code channels} 16-bit samples, rounded to the nearest, halves up. */
    static short mean(int sum, int channels) {
        return (short) Math.floorDiv(2 * sum + channels, 2 * channels);
    }

    /** Nearest 16-bit sample to a value in 16-bit units; values out of range are clipped. */
    static short rounded(double value) {
        return (short) Math.clamp(Math.round(value), Short.MIN_VALUE, Short.MAX_VALUE);
    }

    /** Little-endian 16-bit sample at a byte index. */
    static short littleEndian(byte[] bytes, int at) {
        return (short) ((bytes[at] & 0xff) | (bytes[at + 1] << 8));
    }
}

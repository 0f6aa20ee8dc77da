package io.keyspike.models.network;

import java.nio.ByteBuffer;

/**
 * A row of spikes in a saved state: one bit for each neuron, lowest bit first, where a neuron fires at most once in a step;
 * else one byte for each, its number of spikes.
 */
final class SpikeCode {

    private SpikeCode() {}

    static int byteSize(int width, int maximumSpikes) {
        return maximumSpikes == 1 ? (width + 7) / 8 : width;
    }

    /** @param spikes {@code [width or more]}, integers of 0 to {@code maximumSpikes} */
    static void put(ByteBuffer out, float[] spikes, int width, int maximumSpikes) {
        if (maximumSpikes > 1) {
            for (int n = 0; n < width; n++) {
                out.put((byte) spikes[n]);
            }
            return;
        }
        for (int first = 0; first < width; first += 8) {
            int bits = 0;
            for (int n = first; n < Math.min(width, first + 8); n++) {
                bits |= spikes[n] == 0f ? 0 : 1 << (n - first);
            }
            out.put((byte) bits);
        }
    }

    /**
     * @param spikes {@code [width or more]}, the first {@code width} written
     * @throws IllegalArgumentException if a neuron beyond the width fired, or one more often than it can
     */
    static void get(ByteBuffer in, float[] spikes, int width, int maximumSpikes) {
        if (maximumSpikes > 1) {
            for (int n = 0; n < width; n++) {
                int count = in.get() & 0xff;
                if (count > maximumSpikes) {
                    throw new IllegalArgumentException("network state: expected at most " + maximumSpikes
                            + " spikes of a neuron in a step, found " + count);
                }
                spikes[n] = count;
            }
            return;
        }
        for (int first = 0; first < width; first += 8) {
            int bits = in.get() & 0xff;
            if (first + 8 > width && bits >>> (width - first) != 0) {
                throw new IllegalArgumentException(
                        "network state: expected spikes of " + width + " neurons, found one of a neuron beyond");
            }
            for (int n = first; n < Math.min(width, first + 8); n++) {
                spikes[n] = (bits >>> (n - first)) & 1;
            }
        }
    }
}

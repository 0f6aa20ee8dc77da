package io.keyspike.models.network;

import io.keyspike.kernels.SpikeBits;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * A row of spikes in a state: one bit for each neuron, as in {@link SpikeBits}, where a neuron fires at most once in a step; else one
 * byte for each, its number of spikes. Saved as the bytes of the words, the lowest first, as many as the row fills.
 *
 */
final class SpikeCode {

    private static final int BYTE = 0xff;

    private final int width;
    private final int maximumSpikes;
    private final int bytes;
    private final int words;

    /**
     * @param width neurons
     * @param maximumSpikes of a neuron in one step, at least 1
     */
    SpikeCode(int width, int maximumSpikes) {
        this.width = width;
        this.maximumSpikes = maximumSpikes;
        bytes = maximumSpikes == 1 ? Math.ceilDiv(width, Byte.SIZE) : width;
        words = Math.ceilDiv(bytes, Long.BYTES);
    }

    int byteSize() {
        return bytes;
    }

    int words() {
        return words;
    }

    /** How many neurons fired. */
    int fired(long[] spikes, int from) {
        if (maximumSpikes == 1) {
            return total(spikes, from);
        }
        int found = 0;
        for (int n = 0; n < width; n++) {
            found += count(spikes, from, n) == 0 ? 0 : 1;
        }
        return found;
    }

    /** The spikes of all neurons together. */
    int total(long[] spikes, int from) {
        int sum = 0;
        if (maximumSpikes == 1) {
            for (int w = from; w < from + words; w++) {
                sum += Long.bitCount(spikes[w]);
            }
        } else {
            for (int n = 0; n < width; n++) {
                sum += count(spikes, from, n);
            }
        }
        return sum;
    }

    private static int count(long[] spikes, int from, int n) {
        return (int) (spikes[from + n / Long.BYTES] >>> (n % Long.BYTES * Byte.SIZE)) & BYTE;
    }

    /**
     * Lists those that fired.
     *
     * @param fired their indices, ascending; written
     * @param counts how often each did; written where they may more than once
     * @return how many
     */
    int list(long[] spikes, int from, int[] fired, int[] counts) {
        int listed = 0;
        if (maximumSpikes == 1) {
            for (int w = 0; w < words; w++) {
                for (long left = spikes[from + w]; left != 0; left &= left - 1) {
                    fired[listed++] = w * Long.SIZE + Long.numberOfTrailingZeros(left);
                }
            }
            return listed;
        }
        for (int n = 0; n < width; n++) {
            int count = count(spikes, from, n);
            if (count > 0) {
                counts[listed] = count;
                fired[listed++] = n;
            }
        }
        return listed;
    }

    /**
     * From the lists that {@link #list} writes.
     *
     * @return the spikes of all neurons together
     */
    int take(int[] fired, int[] counts, int firedCount, long[] spikes, int from) {
        Arrays.fill(spikes, from, from + words, 0);
        int total = 0;
        for (int i = 0; i < firedCount; i++) {
            int n = fired[i];
            if (maximumSpikes == 1) {
                spikes[from + n / Long.SIZE] |= 1L << n;
                total++;
            } else {
                spikes[from + n / Long.BYTES] |= (long) counts[i] << (n % Long.BYTES * Byte.SIZE);
                total += counts[i];
            }
        }
        return total;
    }

    /** Writes spikes as 0, 1 and so on into the beginning of the target. */
    void scatter(long[] spikes, int from, float[] target) {
        for (int n = 0; n < width; n++) {
            target[n] = maximumSpikes > 1 ? count(spikes, from, n) : SpikeBits.get(spikes, from, n) ? 1f : 0f;
        }
    }

    /** Appends to a buffer. */
    void save(ByteBuffer out, long[] spikes, int from) {
        for (int i = 0; i < bytes; i++) {
            out.put((byte) count(spikes, from, i));
        }
    }

    /**
     * Takes from a buffer.
     *
     * @throws IllegalArgumentException if a neuron beyond the width fired, or one more often than it can
     */
    void restore(ByteBuffer in, long[] spikes, int from) {
        Arrays.fill(spikes, from, from + words, 0);
        for (int i = 0; i < bytes; i++) {
            int read = in.get() & BYTE;
            check(i, read);
            spikes[from + i / Long.BYTES] |= (long) read << (i % Long.BYTES * Byte.SIZE);
        }
    }

    private void check(int i, int read) {
        if (maximumSpikes > 1 && read > maximumSpikes) {
            throw new IllegalArgumentException("network state: expected at most " + maximumSpikes
                    + " spikes of a neuron in a step, found " + read);
        }
        int last = width - i * Byte.SIZE;
        if (maximumSpikes == 1 && last < Byte.SIZE && read >>> last != 0) {
            throw new IllegalArgumentException(
                    "network state: expected spikes of " + width + " neurons, found one of a neuron beyond");
        }
    }
}

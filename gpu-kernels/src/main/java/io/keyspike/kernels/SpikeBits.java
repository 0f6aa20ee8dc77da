package io.keyspike.kernels;

/**
 * Spikes of a sequence {@code [T, B, N]} as bits, an eighth part of a byte each where floats take four.
 *
 * <p>Each time step begins with a word of its own: lane {@code l = b·N + n} of step t is bit {@code l mod 64} of word
 * {@code t·wordsPerStep + l / 64}. Bits beyond the lanes are 0.
 */
public final class SpikeBits {

    private SpikeBits() {}

    /**
     * Words of one step: as many as {@code lanes = B·N} bits need.
     *
     * @param lanes B·N
     * @return words of one step
     */
    public static int wordsPerStep(int lanes) {
        return (lanes + Long.SIZE - 1) / Long.SIZE;
    }

    /**
     * Words of a whole sequence.
     *
     * @param shape [T, B, N]
     * @return words of a whole sequence
     */
    public static int words(SequenceShape shape) {
        return Math.multiplyExact(shape.steps(), wordsPerStep(shape.lanes()));
    }

    /**
     * Writes the bits of spikes given as floats.
     *
     * @param shape [T, B, N]
     * @param spikes {@code [T, B, N]}; anything but 0 is a spike
     * @param bits {@link #words} words, written
     */
    public static void pack(SequenceShape shape, float[] spikes, long[] bits) {
        int lanes = shape.lanes();
        int wordsPerStep = wordsPerStep(lanes);
        for (int t = 0; t < shape.steps(); t++) {
            for (int word = 0; word < wordsPerStep; word++) {
                long packed = 0;
                int first = word * Long.SIZE;
                for (int lane = first; lane < Math.min(lanes, first + Long.SIZE); lane++) {
                    if (spikes[t * lanes + lane] != 0) {
                        packed |= 1L << lane;
                    }
                }
                bits[t * wordsPerStep + word] = packed;
            }
        }
    }

    /**
     * Writes spikes as floats of 0 and 1.
     *
     * @param shape [T, B, N]
     * @param bits {@link SpikeBits}
     * @param spikes {@code [T, B, N]}, written
     */
    public static void unpack(SequenceShape shape, long[] bits, float[] spikes) {
        int lanes = shape.lanes();
        int wordsPerStep = wordsPerStep(lanes);
        for (int t = 0; t < shape.steps(); t++) {
            for (int lane = 0; lane < lanes; lane++) {
                spikes[t * lanes + lane] = bits[t * wordsPerStep + lane / Long.SIZE] >>> lane & 1;
            }
        }
    }

    /**
     * Whether a lane spikes.
     *
     * @param bits {@link SpikeBits}
     * @param word the first of the step
     * @param lane of the step
     * @return whether it spikes
     */
    public static boolean get(long[] bits, int word, int lane) {
        return ((bits[word + lane / Long.SIZE] >>> lane) & 1) != 0;
    }

    /**
     * Writes the bit of a lane.
     *
     * @param bits {@link SpikeBits}
     * @param word the first of the step
     * @param lane of the step
     * @param spikes whether it spikes
     */
    public static void set(long[] bits, int word, int lane, boolean spikes) {
        int at = word + lane / Long.SIZE;
        long others = bits[at] & ~(1L << lane);
        bits[at] = spikes ? others | (1L << lane) : others;
    }

    /**
     * The number of spikes.
     *
     * @param shape [T, B, N]
     * @param bits {@link SpikeBits}
     * @return the number of spikes
     */
    public static long count(SequenceShape shape, long[] bits) {
        long spikes = 0;
        for (int word = 0; word < words(shape); word++) {
            spikes += Long.bitCount(bits[word]);
        }
        return spikes;
    }
}

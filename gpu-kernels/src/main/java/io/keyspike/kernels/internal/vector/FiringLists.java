package io.keyspike.kernels.internal.vector;

import static jdk.incubator.vector.VectorOperators.EQ;

import io.keyspike.kernels.SequenceShape;
import io.keyspike.kernels.SpikeBits;
import io.keyspike.kernels.internal.threads.Scratch;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;
import org.jspecify.annotations.Nullable;

/**
 * Lists what fires in spikes given as bits: the inputs of a row, or the rows of an input, each as the place of a row of
 * a matrix. Vectors of 16 numbers are compressed by 16 bits at a time, so that no branch depends on a spike; on shorter
 * vectors, where compressing may be slow, bits are taken one by one.
 */
final class FiringLists {

    private static final VectorSpecies<Integer> SPECIES = VectorSpecies.of(int.class, Lanes.SPECIES.vectorShape());

    private static final int CHUNK = 16;

    private static final boolean COMPRESSES = SPECIES.length() == CHUNK;

    private static final long CHUNK_BITS = (1L << CHUNK) - 1;

    private FiringLists() {}

    /** Room for a list of what fires among {@code count}: whole vectors are written. */
    static int[] room(int count) {
        return Scratch.ints(count + CHUNK);
    }

    /** The 64 bits that begin at a bit of a word; those beyond {@code wanted} are 0. */
    static long bits(long[] words, int word, int shift, int wanted) {
        long found = words[word] >>> shift;
        if (shift + Math.min(wanted, Long.SIZE) > Long.SIZE) {
            found |= words[word + 1] << -shift;
        }
        return wanted < Long.SIZE ? found & ((1L << wanted) - 1) : found;
    }

    /**
     * Inputs that fire in a row, ascending.
     *
     * @param shape [T, B, N] of the spikes
     * @param row {@code t·B + b}
     * @param from first input to look at, which is listed as 0, the next as {@code scale}
     * @param to end of the inputs
     * @param fired {@link #room} for all of them, written
     * @param first where in it
     * @return where the next list may begin
     */
    static int ofRow(SequenceShape shape, long[] spikes, int row, int from, int to, int scale, int[] fired, int first) {
        int firstBit = row % shape.batch() * shape.neurons() + from;
        int word = row / shape.batch() * SpikeBits.wordsPerStep(shape.lanes()) + firstBit / Long.SIZE;
        int shift = firstBit % Long.SIZE;
        int inputs = to - from;
        int count = first;
        for (int base = 0; base < inputs; base += Long.SIZE, word++) {
            count = add(bits(spikes, word, shift, inputs - base), base, scale, fired, count);
        }
        return count;
    }

    /**
     * Appends the numbers of the bits that are set.
     *
     * @param base number of the lowest bit
     * @param scale of what is listed
     * @return how many are listed then
     */
    static int add(long bits, int base, int scale, int[] fired, int count) {
        int listed = count;
        long left = bits;
        if (COMPRESSES) {
            IntVector numbers = IntVector.zero(SPECIES).addIndex(scale).add(base * scale);
            for (; left != 0; left >>>= CHUNK) {
                numbers.compress(VectorMask.fromLong(SPECIES, left & CHUNK_BITS))
                        .intoArray(fired, listed);
                listed += Long.bitCount(left & CHUNK_BITS);
                numbers = numbers.add(CHUNK * scale);
            }
            return listed;
        }
        return singly(left, base, scale, fired, listed);
    }

    /** As {@link #add}, a bit at a time on vectors of any length; nothing beyond the list is written. */
    static int singly(long bits, int base, int scale, int[] fired, int count) {
        int listed = count;
        for (long left = bits; left != 0; left &= left - 1) {
            fired[listed++] = (base + Long.numberOfTrailingZeros(left)) * scale;
        }
        return listed;
    }

    /**
     * Rows of numbers as {@link SpikeBits} of the shape [rows, 1, inputs] where all of them are 0 or 1: a network's
     * input may be spikes, or what neurons gave as numbers.
     *
     * @param x {@code [rows, inputs]}
     * @return null where other numbers are among them
     */
    static long @Nullable [] packed(int rows, int inputs, float[] x) {
        int words = SpikeBits.wordsPerStep(inputs);
        long[] bits = new long[rows * words];
        int whole = Lanes.whole(inputs);
        for (int r = 0; r < rows; r++) {
            int row = r * inputs;
            for (int i = 0; i < whole; i += Lanes.LENGTH) {
                FloatVector values = FloatVector.fromArray(Lanes.SPECIES, x, row + i);
                VectorMask<Float> ones = values.compare(EQ, 1f);
                if (!values.compare(EQ, 0f).or(ones).allTrue()) {
                    return null;
                }
                bits[r * words + i / Long.SIZE] |= ones.toLong() << i;
            }
            for (int i = whole; i < inputs; i++) {
                if (x[row + i] == 1) {
                    bits[r * words + i / Long.SIZE] |= 1L << i;
                } else if (x[row + i] != 0) {
                    return null;
                }
            }
        }
        return bits;
    }

    /**
     * Turns a square of bits about its diagonal: bit i of word r becomes bit r of word i. Of each square of 64, 32, … 2 words the
     * upper right and the lower left quarter change places.
     *
     * @param square 64 words
     */
    static void transpose(long[] square) {
        for (int half = Long.SIZE / 2; half > 0; half /= 2) {
            long left = Long.divideUnsigned(-1L, (1L << half) + 1); // half ones, half zeros, and so on
            for (int top = 0; top < Long.SIZE; top += 2 * half) {
                for (int r = top; r < top + half; r++) {
                    long upper = square[r];
                    long lower = square[r + half];
                    square[r] = (upper & left) | ((lower & left) << half);
                    square[r + half] = ((upper >>> half) & left) | (lower & ~left);
                }
            }
        }
    }
}

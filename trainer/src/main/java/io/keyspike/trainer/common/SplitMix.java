package io.keyspike.trainer.common;

import java.util.Arrays;
import java.util.random.RandomGenerator;

/**
 * SplitMix64 (Steele, Lea and Flood 2014): the trainer's only source of random numbers. Written out so that a seed gives the
 * same model on every Java version, and keyed so that each use has a stream of its own: what epoch 7 draws does not depend
 * on what epoch 6 drew, so a run can be taken up again without saving a generator's state.
 */
public final class SplitMix implements RandomGenerator {
    private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;

    /** Numbers that {@link #ahead} makes without a dependency from one to the next. */
    private static final int AHEAD = 64;

    /** The state's advance to each of them. */
    private static final long[] ADVANCE = new long[AHEAD];

    static {
        Arrays.setAll(ADVANCE, i -> (i + 1) * GOLDEN_GAMMA);
    }

    private long state;

    /** @param keys what the stream is for, such as seed, purpose, epoch and batch */
    public SplitMix(long... keys) {
        long h = GOLDEN_GAMMA;
        for (long key : keys) {
            h = mix(h ^ mix(key + GOLDEN_GAMMA)) + GOLDEN_GAMMA;
        }
        state = h;
    }

    @Override
    public long nextLong() {
        state += GOLDEN_GAMMA;
        return mix(state);
    }

    /**
     * Numbers that {@link #nextLong} would give, without moving on, so that threads may share the generator. The compiler makes
     * vectors of them.
     *
     * @param numbers how many are passed over
     * @param into filled
     */
    public void ahead(long numbers, long[] into) {
        for (int block = 0; block < into.length; block += AHEAD) {
            long from = state + (numbers + block) * GOLDEN_GAMMA;
            int count = Math.min(AHEAD, into.length - block);
            for (int i = 0; i < count; i++) {
                into[block + i] = mix(from + ADVANCE[i]);
            }
        }
    }

    /** Evenly in [0, 1). */
    @Override
    public double nextDouble() {
        return (nextLong() >>> 11) * 0x1.0p-53;
    }

    /** Evenly in [low, high). */
    public double between(double low, double high) {
        return low + (high - low) * nextDouble();
    }

    /** Evenly in 0 … bound − 1. */
    @Override
    public int nextInt(int bound) {
        return (int) Math.unsignedMultiplyHigh(nextLong(), bound);
    }

    /** Standard normal, by Box and Muller's method. */
    @Override
    public double nextGaussian() {
        double radius = StrictMath.sqrt(-2 * StrictMath.log(1 - nextDouble()));
        return radius * StrictMath.cos(2 * Math.PI * nextDouble());
    }

    /** The finaliser: bits of {@code z} scattered over all 64. */
    static long mix(long z) {
        long y = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        y = (y ^ (y >>> 27)) * 0x94D049BB133111EBL;
        return y ^ (y >>> 31);
    }

    /** The order of {@code n} things, shuffled (Fisher and Yates). */
    public int[] permutation(int n) {
        int[] order = new int[n];
        for (int i = 0; i < n; i++) {
            order[i] = i;
        }
        for (int i = n - 1; i > 0; i--) {
            int j = nextInt(i + 1);
            int swap = order[i];
            order[i] = order[j];
            order[j] = swap;
        }
        return order;
    }
}

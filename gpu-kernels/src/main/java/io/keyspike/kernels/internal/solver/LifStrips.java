package io.keyspike.kernels.internal.solver;

/**
 * LIF over some steps of some strips that go on from given states: what {@link BlockSolver} is made of. A strip is a few
 * adjacent lanes of one block of steps. Strips of different blocks are run side by side, which is what makes few neurons and
 * long sequences quick: one alone waits for its own last step all the time.
 */
public interface LifStrips {

    /**
     * The strips.
     *
     * @param base index of each strip's first lane at the first step
     * @param decay β, {@code [count, width]}
     * @param threshold θ, {@code [count, width]}
     * @param u the membrane after reset and floor, before the first step, {@code [count, width]}; overwritten with that after
     *     the last
     */
    @SuppressWarnings("ArrayRecordComponent") // a bundle of kernel arguments, never compared
    record Strips(int[] base, float[] decay, float[] threshold, float[] u) {}

    /**
     * The sequence that they are strips of.
     *
     * @param stride distance between steps
     * @param reset {@link io.keyspike.kernels.Reset#code}
     * @param floor lower clamp after the reset
     * @param current I, {@code [T, stride]}
     * @param membrane p, {@code [T, stride]}, written
     * @param spikes s, {@code [T, stride]}, written
     */
    @SuppressWarnings("ArrayRecordComponent") // a bundle of kernel arguments, never compared
    record Sequence(int stride, int reset, float floor, float[] current, float[] membrane, float[] spikes) {}

    /** Lanes in a strip. */
    int width();

    /**
     * Runs the first {@code count} strips.
     *
     * @param count strips
     * @param steps steps of each
     */
    void run(Strips strips, int count, int steps, Sequence sequence);
}

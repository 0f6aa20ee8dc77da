package io.keyspike.kernels.internal.solver;

/**
 * LIF over some steps of some strips that go on from given states: what {@link BlockSolver} is made of. A strip is a few
 * adjacent lanes of one block of steps. Strips of different blocks are run side by side, which is what makes few neurons and
 * long sequences quick: one alone waits for its own last step all the time.
 */
public interface LifStrips {

    /** Lanes in a strip. */
    int width();

    /**
     * @param count strips
     * @param base index of each strip's first lane at the first step
     * @param stride distance between steps
     * @param decay β, {@code [count, width]}
     * @param threshold θ, {@code [count, width]}
     * @param u the membrane after reset and floor, before the first step, {@code [count, width]}; overwritten with that after
     *     the last
     */
    void run(
            int count,
            int[] base,
            int steps,
            int stride,
            float[] decay,
            float[] threshold,
            int reset,
            float floor,
            float[] current,
            float[] membrane,
            float[] spikes,
            float[] u);
}

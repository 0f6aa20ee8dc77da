package io.keyspike.kernels;

/**
 * What {@link CurrentLifParameters} adds to the plain equations, for the neurons of libraries that differ in it:
 *
 * <pre>
 * p = β·v + (1 − β)·I                         where the input is normalised
 * v = level where k &gt; 0, else p + offset      for a reset to zero
 * </pre>
 *
 * <p>Norse's {@code v_reset} is a level. Sinabs's {@code MembraneReset} adds its value in each step, with a spike or without,
 * so there it is level and offset both. Membranes are counted from where they rest, so a network's resting potential is
 * subtracted from threshold, level and floor.
 *
 * @param normalised whether the current is multiplied by 1 − β, so that a constant one moves the membrane to its own value
 * @param resetLevel the membrane after a spike where the reset is to zero
 * @param stepOffset what is added to the membrane after a step without a spike where the reset is to zero; −0 for nothing,
 *     which is what a 0 becomes
 */
public record CurrentLifRule(boolean normalised, float resetLevel, float stepOffset) {

    /** Neither normalised input nor a level other than 0. */
    public static final CurrentLifRule PLAIN = new CurrentLifRule(false, 0f, 0f);

    /** Makes −0 of an offset of 0, since only −0 leaves every number it is added to as it is, −0 itself too. */
    public CurrentLifRule {
        stepOffset = stepOffset == 0f ? -0f : stepOffset;
    }

    /** {@return 1 where the input is normalised, else 0: what β is multiplied by on its way to the gain} */
    public float gainShare() {
        return normalised ? 1f : 0f;
    }
}

package io.keyspike.models.exchange;

import io.keyspike.models.arrays.NumberArray;
import io.keyspike.models.nir.Dialect;
import io.keyspike.models.nir.NirNode;
import io.keyspike.models.nir.ResetRule;
import org.jspecify.annotations.Nullable;

/**
 * The potentials of NIR's spiking neurons as ours have them.
 *
 * <p>Ours leak to 0. A leak to {@code v_leak} is a constant current: v' = v + dt/τ·(v_leak − v + R·I) = (1 − dt/τ)·v + dt/τ·v_leak
 * + dt/τ·R·I. Norse's neurons begin at {@code v_leak}, too, so their membranes are counted from it: u = v − v_leak leaks to 0 and
 * begins there, and threshold, reset and floor move with it.
 *
 * @param leak what the membranes leak to, each in a current of its own: {@code [N]}; zeros where they are counted from it
 * @param origin what the membranes are counted from: {@code [N]}
 * @param level where a spike leads, counted from there, 0 for a reset that leads nowhere
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier of values, never compared
record Potentials(float[] leak, float[] origin, float level) {

    /**
     * @throws IllegalArgumentException if the neurons of a node have different levels, or a reset that subtracts does so
     *     from membranes counted from elsewhere; the message names the node
     */
    static Potentials of(String name, NirNode.Primitive node, int width, Dialect dialect, ResetRule rule) {
        float[] leak = isGiven(node, "v_leak") ? NirNeurons.spread(name, node, "v_leak", width) : new float[width];
        boolean counted = dialect == Dialect.NORSE;
        float[] origin = counted ? leak : new float[width];
        if (counted && isGiven(node, "v_leak") && rule == ResetRule.SUBTRACT) {
            throw NirNeurons.refused(
                    name, node, "0 as 'v_leak'"); // the threshold that is subtracted is not the one counted
        }
        boolean given = rule == ResetRule.V_RESET && isGiven(node, "v_reset");
        float[] to = given ? NirNeurons.spread(name, node, "v_reset", width) : new float[width];
        boolean leads = rule == ResetRule.V_RESET || rule == ResetRule.ZERO;
        float level = leads && width > 0 ? to[0] - origin[0] : 0;
        for (int n = 0; n < width && leads; n++) {
            if (to[n] - origin[n] != level) {
                throw NirNeurons.refused(name, node, "the same 'v_reset' of all neurons");
            }
        }
        return new Potentials(counted ? new float[width] : leak, origin, level);
    }

    /** Whether a node has a parameter with a value other than 0. */
    static boolean isGiven(NirNode.Primitive node, String parameter) {
        NumberArray values = node.numbers(parameter);
        if (values != null) {
            for (double value : values.values()) {
                if (value != 0) {
                    return true;
                }
            }
        }
        return false;
    }

    int width() {
        return leak.length;
    }

    /** Whether a constant current has to stand for the leak. */
    boolean leaks() {
        for (float potential : leak) {
            if (potential != 0) {
                return true;
            }
        }
        return false;
    }

    /**
     * The thresholds, counted from the origin: {@code [N]}.
     *
     * @throws IllegalArgumentException if one is not above it
     */
    float[] threshold(String name, NirNode.Primitive node) {
        float[] threshold = NirNeurons.spread(name, node, "v_threshold", width());
        for (int n = 0; n < threshold.length; n++) {
            if (origin[n] != 0) {
                threshold[n] -= origin[n];
                if (!(threshold[n] > 0)) {
                    throw NirNeurons.refused(name, node, "'v_threshold' above 'v_leak'");
                }
            }
        }
        return threshold;
    }

    /**
     * A floor of all membranes, counted from the origin; null for none.
     *
     * @throws IllegalArgumentException if the neurons would have different ones
     */
    @Nullable
    Float counted(String name, NirNode.Primitive node, @Nullable Float floor) {
        if (floor == null) {
            return null;
        }
        for (float each : origin) {
            if (each != origin[0]) {
                throw NirNeurons.refused(name, node, "the same 'v_leak', hence membrane floor, of all neurons");
            }
        }
        return origin.length == 0 ? floor : (Float) (floor - origin[0]);
    }
}

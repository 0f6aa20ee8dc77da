package io.keyspike.kernels.internal.arithmetic;

import static io.keyspike.kernels.internal.arithmetic.DeviceArithmetic.rounded;

import io.keyspike.kernels.Reset;

/**
 * The forward arithmetic of the neurons, one step of one neuron at a time: the only place where it is written down as
 * scalars; {@link NeuronAdjoint} is that of the backward one. The vector kernels repeat these expressions lane by lane and
 * are tested against them.
 *
 * <p>Every product is rounded before it is added (Java never fuses on its own). Nothing but primitives passes in or out, so
 * that a compiler for another device can take these methods as they are; the reset is given by {@link Reset#code}. Products
 * that go into a sum pass through {@link DeviceArithmetic#rounded}, which only such a compiler sees.
 */
public final class NeuronArithmetic {

    public static final int SUBTRACT = 0;
    public static final int ZERO = 1;
    public static final int NONE = 2;
    /** Of snnTorch's neurons only: what a step makes of the membrane and its input is dropped, not the old membrane alone. */
    public static final int ZERO_WITH_INPUT = 3;

    private NeuronArithmetic() {}

    // ---- LIF ------------------------------------------------------------------------------------------------------

    /** p = β·u + I: the membrane before the reset. */
    public static float lifMembrane(float decay, float u, float current) {
        return rounded(decay * u) + current;
    }

    /** Strictly above: a membrane that equals the threshold does not fire. */
    public static boolean lifFires(float p, float threshold) {
        return p > threshold;
    }

    /** The membrane after the reset and before the floor. */
    public static float lifReset(int reset, float p, float threshold) {
        if (!lifFires(p, threshold)) {
            return p;
        }
        return reset == SUBTRACT ? p - threshold : reset == ZERO ? 0f : p;
    }

    /**
     * Whether the floor holds the membrane, so that no gradient passes. Written as {@code <=}, not as a maximum, so that a
     * NaN stays visible and a floor of 0 turns −0 into +0.
     */
    public static boolean atFloor(float u, float floor) {
        return u <= floor;
    }

    /** The membrane after reset and floor: what the next step starts from. */
    public static float lifAfter(int reset, float p, float threshold, float floor) {
        float u = lifReset(reset, p, threshold);
        return atFloor(u, floor) ? floor : u;
    }

    /** What the gradient of a spike loses through an attached reset: dL/du·du/ds with the sign turned. */
    public static float lifResetThroughSpike(int reset, float p, float threshold, float g) {
        return reset == SUBTRACT ? threshold * g : reset == ZERO ? p * g : 0f;
    }

    // ---- adaptive LIF ---------------------------------------------------------------------------------------------

    /** w = (b·w + p·u) + q·s, all of the previous step. */
    public static float adaptation(float b, float w, float p, float u, float q, float s) {
        return (rounded(b * w) + rounded(p * u)) + rounded(q * s);
    }

    /** u − θ·s of the previous step: the membrane after its soft reset. */
    public static float softReset(float u, float threshold, float s) {
        return u - threshold * s;
    }

    /** u = (a·v + I) − (1 − a)·w, v being {@link #softReset} of the previous step and w the new adaptation. */
    public static float adaptiveMembrane(float a, float v, float current, float w) {
        return (rounded(a * v) + current) - (1f - a) * w;
    }

    /** At or above the threshold. */
    public static boolean adaptiveFires(float u, float threshold) {
        return u >= threshold;
    }

    /** û = a·u + (1 − a)·(I − w) of SE-adLIF, w being that of the previous step. */
    public static float symplecticMembrane(float a, float u, float current, float w) {
        return rounded(a * u) + rounded((1f - a) * (current - w));
    }

    /** w = b·w + (1 − b)·(p·u + q·s) of SE-adLIF, u and s being those of the same step. */
    public static float symplecticAdaptation(float b, float w, float p, float u, float q, float s) {
        return rounded(b * w) + rounded((1f - b) * symplecticDrive(p, u, q, s));
    }

    /** p·u + q·s. */
    public static float symplecticDrive(float p, float u, float q, float s) {
        return rounded(p * u) + rounded(q * s);
    }

    /** u = 0 where the neuron fires, else û. */
    public static float symplecticReset(float membrane, float threshold) {
        return adaptiveFires(membrane, threshold) ? 0f : membrane;
    }

    // ---- snnTorch's neurons, LeakyParameters ------------------------------------------------------------------------

    /** 1 strictly above the threshold, else 0: a spike, or a reset. */
    public static float above(float u, float threshold) {
        return u > threshold ? 1f : 0f;
    }

    /** i = α·i + x. */
    public static float synapticCurrent(float alpha, float i, float current) {
        return alpha * i + current;
    }

    /**
     * q: the old membrane decayed, the input added, and the reset r of the old membrane in it. What a reset does not do is
     * there as times 1 or minus 0, so that vectors, which have no branches, make the same zeros.
     */
    public static float leakyPotential(int reset, float beta, float m, float current, float r, float threshold) {
        float base = beta * (m * (1f - r * is(reset, ZERO))) + current;
        return (base - r * (threshold * is(reset, SUBTRACT))) * (1f - r * is(reset, ZERO_WITH_INPUT));
    }

    /** m: what the step leaves. Without delay the spike resets at once, less what r has reset already. */
    public static float leakyMembrane(int reset, boolean delayed, float q, float s, float r, float threshold) {
        float k = s - r;
        return (q - k * (threshold * subtractAtOnce(reset, delayed))) * (1f - k * zeroAtOnce(reset, delayed));
    }

    /** 1 if it is, else 0. */
    public static float is(int reset, int kind) {
        return reset == kind ? 1f : 0f;
    }

    /** 1 for a reset by subtraction in the spike's own step, else 0. */
    public static float subtractAtOnce(int reset, boolean delayed) {
        return delayed ? 0f : is(reset, SUBTRACT);
    }

    /** 1 for either zero reset in the spike's own step, else 0. */
    public static float zeroAtOnce(int reset, boolean delayed) {
        return delayed ? 0f : is(reset, ZERO) + is(reset, ZERO_WITH_INPUT);
    }

    // ---- leaky integrator -----------------------------------------------------------------------------------------

    /** y = c·y + (1 − c)·I. */
    public static float integrate(float c, float y, float current) {
        return rounded(c * y) + rounded((1f - c) * current);
    }

    // ---- LIF driven by synaptic currents, CurrentLifParameters and CurrentLifRule
    // --------------------------------------

    /** What the current is multiplied by: 1 − β for normalised input ({@code share} 1), 1 for other ({@code share} 0). */
    public static float inputGain(float beta, float share) {
        return 1f - beta * share;
    }

    /** p = β·v + gain·I: the membrane before the reset. A gain of 1 leaves every current as it is. */
    public static float countedMembrane(float beta, float v, float gain, float current) {
        return rounded(beta * v) + rounded(gain * current);
    }

    /** i = α·(i + x). */
    public static float decayedCurrent(float alpha, float i, float x) {
        return rounded(alpha * (i + x));
    }

    /** At or above the threshold. */
    public static boolean countedFires(float p, float threshold) {
        return p >= threshold;
    }

    /** k = min(M, ⌊p/θ⌋) where the neuron fires, else 0. */
    public static float spikeCount(int maximum, float p, float threshold) {
        return countedFires(p, threshold) ? (float) (int) Math.min(p / threshold, (float) maximum) : 0f;
    }

    /** The membrane after the reset and before the floor. */
    public static float countedReset(int reset, float p, float k, float threshold, float level, float offset) {
        if (reset == ZERO) {
            return k > 0f ? level : p + offset;
        }
        return reset == SUBTRACT ? p - rounded(k * threshold) : p;
    }

    /** The membrane after reset and floor: what the next step starts from. */
    public static float countedAfter(
            int reset, float p, float k, float threshold, float floor, float level, float offset) {
        float v = countedReset(reset, p, k, threshold, level, offset);
        return atFloor(v, floor) ? floor : v;
    }

    /** What the gradient of the spikes loses through an attached reset: dL/dv·dv/dk with the sign turned. */
    public static float countedResetThroughSpike(
            int reset, float p, float threshold, float level, float offset, float g) {
        return reset == SUBTRACT ? rounded(threshold * g) : reset == ZERO ? rounded((p - (level - offset)) * g) : 0f;
    }

    /** What the threshold's gradient loses through the reset: dL/dv·dv/dθ with the sign turned. */
    public static float countedThresholdThroughReset(int reset, float k, float g) {
        return reset == SUBTRACT ? rounded(g * k) : 0f;
    }

    /** The gradient at v on its way through the reset to p. */
    public static float countedThroughReset(int reset, float k, float g) {
        return reset == ZERO && k > 0f ? 0f : g;
    }
}

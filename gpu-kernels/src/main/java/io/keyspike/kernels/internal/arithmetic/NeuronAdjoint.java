package io.keyspike.kernels.internal.arithmetic;

import static io.keyspike.kernels.internal.arithmetic.DeviceArithmetic.rounded;

/**
 * The backward arithmetic of the neurons, one step of one neuron at a time: the only place where it is written down as
 * scalars, beside {@link NeuronArithmetic} and under its rules. The surrogate's derivative comes as a number, since a device
 * computes it in another way than Java does.
 */
public final class NeuronAdjoint {

    private NeuronAdjoint() {}

    // ---- LIF, KernelBackend#lifBackward ---------------------------------------------------------------------------

    /** g: the gradient at u before reset and floor, of what the next step left and what is given; 0 where the floor holds u. */
    public static float lifAfter(int reset, float p, float threshold, float floor, float fromNext, float given) {
        float g = fromNext + given;
        return NeuronArithmetic.atFloor(NeuronArithmetic.lifReset(reset, p, threshold), floor) ? 0f : g;
    }

    /** gs: the gradient at the spike, less what an attached reset takes. */
    public static float lifSpike(int reset, boolean detached, float p, float threshold, float given, float g) {
        return detached ? given : given - NeuronArithmetic.lifResetThroughSpike(reset, p, threshold, g);
    }

    /** The sum of θ's gradient with a step's part in it; h is {@link #lifSpike} times the surrogate's derivative. */
    public static float lifThreshold(int reset, float p, float threshold, float sum, float g, float h) {
        boolean subtracted = reset == NeuronArithmetic.SUBTRACT && NeuronArithmetic.lifFires(p, threshold);
        return (subtracted ? sum - g : sum) - h;
    }

    /** gI, which is the gradient at p too. */
    public static float lifCurrent(int reset, float p, float threshold, float g, float given, float h) {
        boolean zeroed = reset == NeuronArithmetic.ZERO && NeuronArithmetic.lifFires(p, threshold);
        return ((zeroed ? 0f : g) + given) + rounded(h);
    }

    // ---- any neuron -----------------------------------------------------------------------------------------------

    /** A sum with one more product in it, which is rounded before it is added. */
    public static float plus(float sum, float a, float b) {
        return sum + rounded(a * b);
    }

    /** A product that goes into a sum of the step before. */
    public static float carried(float factor, float gradient) {
        return rounded(factor * gradient);
    }

    // ---- adaptive LIF, ScalarAdaptiveLif#backward -----------------------------------------------------------------

    /** gU = fromU + (dL/ds + fromS)·derivative. */
    public static float adaptiveMembrane(float fromU, float given, float fromS, float derivative) {
        return fromU + rounded((given + fromS) * derivative);
    }

    /** gW = fromW − (1 − a)·gU. */
    public static float adaptation(float a, float fromW, float gU) {
        return fromW - (1f - a) * gU;
    }

    /** What the step before gets at u: a·gU + p·gW. */
    public static float adaptiveFromU(float a, float p, float gU, float gW) {
        return rounded(a * gU) + rounded(p * gW);
    }

    /** What the step before gets at s: q·gW, and less θ·(a·gU) where the reset is attached. */
    public static float adaptiveFromS(boolean detached, float a, float q, float threshold, float gU, float gW) {
        float fromS = detached ? q * gW : q * gW - threshold * (a * gU);
        return rounded(fromS);
    }

    // ---- leaky integrator -----------------------------------------------------------------------------------------

    /** dL/dI = (1 − c)·g. */
    public static float integratorCurrent(float c, float g) {
        return (1f - c) * g;
    }
}

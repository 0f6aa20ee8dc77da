package io.keyspike.kernels;

import java.util.Arrays;

/**
 * Adaptive leaky integrate-and-fire neurons with one slow current {@code w} (Bittar and Garner 2022; Deckers et al. 2024).
 * One step from the previous {@code u, s, w}:
 *
 * <pre>
 * w ← (b·w + p·u) + q·s
 * u ← (a·(u − θ·s) + I) − (1 − a)·w
 * s ← 1 if u ≥ θ else 0
 * </pre>
 *
 * each operation rounded on its own, in the order written; {@code 1 − a} is rounded once.
 *
 * @param membraneDecay a, {@code [N]}
 * @param adaptationDecay b, {@code [N]}
 * @param membraneCoupling p, {@code [N]}
 * @param spikeCoupling q, {@code [N]}
 * @param threshold θ, {@code [N]}
 */
@SuppressWarnings("ArrayRecordComponent") // a bundle of kernel arguments, never compared
public record AdaptiveLifParameters(
        float[] membraneDecay,
        float[] adaptationDecay,
        float[] membraneCoupling,
        float[] spikeCoupling,
        float[] threshold) {

    /**
     * How many neurons there are.
     *
     * @return how many neurons there are
     */
    public int neurons() {
        return membraneDecay.length;
    }

    /**
     * Checks the lengths of the arrays.
     *
     * @param kernel name of the kernel, for the message
     * @param shape [T, B, N]
     * @throws IllegalArgumentException if an array is shorter than N
     */
    public void check(String kernel, SequenceShape shape) {
        Lengths.require(kernel, "membraneDecay", membraneDecay, "neurons", shape.neurons());
        Lengths.require(kernel, "adaptationDecay", adaptationDecay, "neurons", shape.neurons());
        Lengths.require(kernel, "membraneCoupling", membraneCoupling, "neurons", shape.neurons());
        Lengths.require(kernel, "spikeCoupling", spikeCoupling, "neurons", shape.neurons());
        Lengths.require(kernel, "threshold", threshold, "neurons", shape.neurons());
    }

    /**
     * These neurons and then, up to {@code neurons}, some that never fire and stay at 0 while they get no current.
     *
     * @param neurons how many, with padding
     * @return these neurons and then, up to {@code neurons}, some that never fire and stay at 0 while they get no current
     */
    public AdaptiveLifParameters padded(int neurons) {
        return new AdaptiveLifParameters(
                Arrays.copyOf(membraneDecay, neurons),
                Arrays.copyOf(adaptationDecay, neurons),
                Arrays.copyOf(membraneCoupling, neurons),
                Arrays.copyOf(spikeCoupling, neurons),
                Padding.thresholds(threshold, neurons));
    }

    /**
     * Arrays of zeros, to take gradients.
     *
     * @param neurons how many, with padding
     * @return arrays of zeros, to take gradients
     */
    public static AdaptiveLifParameters zeros(int neurons) {
        return new AdaptiveLifParameters(
                new float[neurons], new float[neurons], new float[neurons], new float[neurons], new float[neurons]);
    }
}

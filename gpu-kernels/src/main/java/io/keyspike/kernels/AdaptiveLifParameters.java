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
 * each operation rounded on its own, in the order written; {@code 1 − a} is rounded once. Discretised by the symplectic Euler
 * method instead (SE-adLIF, Baronig, Ferrand, Sabathiel and Legenstein 2025), with û the membrane before the reset:
 *
 * <pre>
 * û = a·u + (1 − a)·(I − w)
 * s = 1 if û ≥ θ else 0
 * u ← 0 where s, else û
 * w ← b·w + (1 − b)·(p·u + q·s)
 * </pre>
 *
 * There the membranes of sequences and states are û, from which u follows.
 *
 * @param membraneDecay a, {@code [N]}
 * @param adaptationDecay b, {@code [N]}
 * @param membraneCoupling p, {@code [N]}
 * @param spikeCoupling q, {@code [N]}
 * @param threshold θ, {@code [N]}
 * @param symplectic whether the neurons are SE-adLIF
 */
@SuppressWarnings("ArrayRecordComponent") // a bundle of kernel arguments, never compared
public record AdaptiveLifParameters(
        float[] membraneDecay,
        float[] adaptationDecay,
        float[] membraneCoupling,
        float[] spikeCoupling,
        float[] threshold,
        boolean symplectic) {

    /**
     * Neurons by the first of the two rules.
     *
     * @param membraneDecay a, {@code [N]}
     * @param adaptationDecay b, {@code [N]}
     * @param membraneCoupling p, {@code [N]}
     * @param spikeCoupling q, {@code [N]}
     * @param threshold θ, {@code [N]}
     */
    public AdaptiveLifParameters(
            float[] membraneDecay,
            float[] adaptationDecay,
            float[] membraneCoupling,
            float[] spikeCoupling,
            float[] threshold) {
        this(membraneDecay, adaptationDecay, membraneCoupling, spikeCoupling, threshold, false);
    }

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
                Padding.thresholds(threshold, neurons),
                symplectic);
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

package io.keyspike.kernels;

import java.util.Arrays;

/**
 * Leaky integrate-and-fire neurons. One step: {@code p = β·u + I}; {@code s = 1 if p > θ else 0}; the reset makes
 * {@code u} of {@code p}; then {@code u = max(u, floor)}. IAF is β = 1. The hardware neurons are these with a floor of 0.
 *
 * @param decay β per neuron, {@code [N]}: exp(−dt/τ)
 * @param threshold θ per neuron, {@code [N]}
 * @param reset what a spike does to the membrane
 * @param membraneFloor lower clamp after the reset; {@link Float#NEGATIVE_INFINITY} for none
 */
@SuppressWarnings("ArrayRecordComponent") // a bundle of kernel arguments, never compared
public record LifParameters(float[] decay, float[] threshold, Reset reset, float membraneFloor) {

    /**
     * How many neurons there are.
     *
     * @return how many neurons there are
     */
    public int neurons() {
        return decay.length;
    }

    /**
     * Checks the lengths of the arrays.
     *
     * @param kernel name of the kernel, for the message
     * @param shape [T, B, N]
     * @throws IllegalArgumentException if an array is shorter than N
     */
    public void check(String kernel, SequenceShape shape) {
        Lengths.require(kernel, "decay", decay, "neurons", shape.neurons());
        Lengths.require(kernel, "threshold", threshold, "neurons", shape.neurons());
    }

    /**
     * These neurons and then, up to {@code neurons}, some that never fire and stay at 0 while they get no current.
     *
     * @param neurons how many, with padding
     * @return these neurons and then, up to {@code neurons}, some that never fire and stay at 0 while they get no current
     */
    public LifParameters padded(int neurons) {
        return new LifParameters(
                Arrays.copyOf(decay, neurons), Padding.thresholds(threshold, neurons), reset, membraneFloor);
    }
}

package io.keyspike.kernels;

import java.util.Arrays;

/**
 * Leaky integrate-and-fire neurons driven by synaptic currents of S time constants, with up to M spikes a step: the neurons
 * of Sinabs (IAF and LIF without normalised input) and of Rockpool (LIF). One step, x being the input:
 *
 * <pre>
 * i_s ← α_s·(i_s + x_s)                       s = 0 … S − 1
 * I = i_0 + i_1 + …                           ascending s; x itself where S = 0
 * p = β·v + I
 * k = min(M, ⌊p/θ⌋) where p ≥ θ, else 0       the number of spikes
 * v = p − k·θ                                 subtract
 *   = 0 where k &gt; 0, else p                    zero
 *   = p                                       none
 * v ← floor where v ≤ floor
 * </pre>
 *
 * each operation rounded on its own. Unlike {@link LifParameters}' neurons, these fire at a membrane that equals the
 * threshold. IAF is β = 1 with S = 0. A {@link CurrentLifRule} may scale the current and move the level of a reset to zero. A
 * threshold of infinity makes an integrator without spikes.
 *
 * <p>Inputs and synaptic currents are synapse-major: x_s of neuron n is at {@code s·N + n} of a row of {@link #inputs}.
 *
 * @param synapses S, 0 for neurons without synaptic currents
 * @param synapseDecay α, {@code [S, N]}: exp(−dt/τ)
 * @param decay β, {@code [N]}
 * @param threshold θ, {@code [N]}, above 0
 * @param reset what spikes do to the membrane: subtract k·θ, set it to 0, or nothing
 * @param floor lower clamp after the reset; {@link Float#NEGATIVE_INFINITY} for none
 * @param maximumSpikes M, 1 to {@value #MAXIMUM_SPIKES}
 * @param rule normalised input, and the level of a reset to zero
 */
@SuppressWarnings("ArrayRecordComponent") // a bundle of kernel arguments, never compared
public record CurrentLifParameters(
        int synapses,
        float[] synapseDecay,
        float[] decay,
        float[] threshold,
        Reset reset,
        float floor,
        int maximumSpikes,
        CurrentLifRule rule) {

    /** The largest M: vectors count spikes in the low bits of a float. */
    public static final int MAXIMUM_SPIKES = 1 << 16;

    /**
     * Checks S and M; lengths of arrays are checked against a shape, by {@link #check}.
     *
     * @throws IllegalArgumentException if S is negative or M out of range
     */
    public CurrentLifParameters {
        if (synapses < 0) {
            throw new IllegalArgumentException("current LIF: expected synapses of at least 0, found " + synapses);
        }
        if (maximumSpikes < 1 || maximumSpikes > MAXIMUM_SPIKES) {
            throw new IllegalArgumentException("current LIF: expected a maximum of 1 to " + MAXIMUM_SPIKES
                    + " spikes a step, found " + maximumSpikes);
        }
    }

    /**
     * Neurons by the plain equations.
     *
     * @param synapses S, 0 for neurons without synaptic currents
     * @param synapseDecay α, {@code [S, N]}: exp(−dt/τ)
     * @param decay β, {@code [N]}
     * @param threshold θ, {@code [N]}, above 0
     * @param reset what spikes do to the membrane: subtract k·θ, set it to 0, or nothing
     * @param floor lower clamp after the reset; {@link Float#NEGATIVE_INFINITY} for none
     * @param maximumSpikes M, 1 to {@value #MAXIMUM_SPIKES}
     * @throws IllegalArgumentException if S is negative or M out of range
     */
    public CurrentLifParameters(
            int synapses,
            float[] synapseDecay,
            float[] decay,
            float[] threshold,
            Reset reset,
            float floor,
            int maximumSpikes) {
        this(synapses, synapseDecay, decay, threshold, reset, floor, maximumSpikes, CurrentLifRule.PLAIN);
    }

    /**
     * Shape of the input over a sequence.
     *
     * @param shape of the neurons: T, B, N
     * @return T, B and S·N, or N where there are no synaptic currents
     */
    public SequenceShape inputShape(SequenceShape shape) {
        return shape.withNeurons(Math.multiplyExact(Math.max(1, synapses), shape.neurons()));
    }

    /**
     * Checks that there are parameters of each neuron.
     *
     * @param kernel name of the kernel, for the message
     * @param shape T, B, N
     * @throws IllegalArgumentException if there are not
     */
    public void check(String kernel, SequenceShape shape) {
        Lengths.require(kernel, "synapseDecay", synapseDecay, "synapses", synapses, "neurons", shape.neurons());
        Lengths.require(kernel, "decay", decay, "neurons", shape.neurons());
        Lengths.require(kernel, "threshold", threshold, "neurons", shape.neurons());
    }

    /** {@return N, the number of neurons} */
    public int neurons() {
        return decay.length;
    }

    /** {@return the values that a step takes: S·N, or N where there are no synaptic currents} */
    public int inputs() {
        return Math.max(1, synapses) * neurons();
    }

    /**
     * These neurons and then, up to {@code neurons}, some that never fire and stay at 0 while they get no current. Inputs
     * move with them: what was at {@code s·N + n} is at {@code s·neurons + n}.
     *
     * @param neurons the new N, at least the present one
     * @return parameters of that many neurons
     */
    public CurrentLifParameters padded(int neurons) {
        return new CurrentLifParameters(
                synapses,
                Padding.columns(synapseDecay, synapses, neurons(), neurons),
                Arrays.copyOf(decay, neurons),
                Padding.thresholds(threshold, neurons),
                reset,
                floor,
                maximumSpikes,
                rule);
    }
}

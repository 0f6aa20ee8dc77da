package io.keyspike.kernels;

import io.keyspike.kernels.internal.arithmetic.NeuronArithmetic;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The neurons of snnTorch 1.0 (Eshraghian et al. 2023): Leaky, Synaptic, and with {@link RecurrentSynapses} RLeaky and
 * RSynaptic. One step from the membrane m that the last step left, x being the current:
 *
 * <pre>
 * i = α·i + x  (Synaptic), else i = x
 * r = 1 if m > θ else 0                                 the reset, known from the old membrane
 * q = (β·m + i) − r·θ                                   subtract
 *   = β·(m·(1 − r)) + i                                 zero, Leaky: this step's input is kept
 *   = (β·m + i)·(1 − r)                                 zero, RLeaky, Synaptic and RSynaptic: it is dropped
 *   = β·m + i                                           none
 * s = 1 if q > θ else 0
 * m = q                                                 where the reset is delayed: it acts in the next step
 *   = q − (s − r)·θ  or  q·(1 − (s − r))  or  q         where it is not: subtract, zero, none
 * </pre>
 *
 * each operation rounded on its own. Where the reset is not delayed, a neuron whose membrane is still above the threshold
 * after a reset stays silent until it has leaked below; snnTorch does the same.
 *
 * @param synapseDecay α per neuron, {@code [N]}, or null for neurons without a synaptic current
 * @param decay β per neuron, {@code [N]}
 * @param threshold θ per neuron, {@code [N]}
 * @param reset what a spike does to the membrane
 * @param resetDelayed whether a spike resets the membrane in the step after it (snnTorch's default) or in its own
 */
@SuppressWarnings("ArrayRecordComponent") // a bundle of kernel arguments, never compared
public record LeakyParameters(
        float @Nullable [] synapseDecay, float[] decay, float[] threshold, Reset reset, boolean resetDelayed) {

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
        Lengths.require(kernel, "synapseDecay", synapseDecay, "neurons", shape.neurons());
        Lengths.require(kernel, "decay", decay, "neurons", shape.neurons());
        Lengths.require(kernel, "threshold", threshold, "neurons", shape.neurons());
    }

    /**
     * These neurons and then, up to {@code neurons}, some that never fire and stay at 0 while they get no current.
     *
     * @param neurons how many, with padding
     * @return these neurons and then, up to {@code neurons}, some that never fire and stay at 0 while they get no current
     */
    public LeakyParameters padded(int neurons) {
        return new LeakyParameters(
                synapseDecay == null ? null : Arrays.copyOf(synapseDecay, neurons),
                Arrays.copyOf(decay, neurons),
                Padding.thresholds(threshold, neurons),
                reset,
                resetDelayed);
    }

    /**
     * The number that stands for the reset in kernels; the zero reset has two forms.
     *
     * @param recurrent whether the layer has recurrent synapses
     * @return the number that stands for the reset in kernels
     */
    public int resetCode(boolean recurrent) {
        boolean dropsInput = recurrent || synapseDecay != null;
        return reset == Reset.ZERO && dropsInput ? NeuronArithmetic.ZERO_WITH_INPUT : reset.code;
    }
}

package io.keyspike.kernels;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Synapses inside a layer: at step t its neurons get their input current and what the spikes of step t − 1 bring,
 *
 * <pre>
 * all to all:   I′[t, b, j] = I[t, b, j] + Σ_i s[t−1, b, i]·w[i, j]      ascending i, fused
 * one to one:   I′[t, b, n] = I[t, b, n] + s[t−1, b, n]·w[n]             fused
 * </pre>
 *
 * in one accumulator that starts at I and is stored as {@code sum + 0}; before the first step there are no spikes. They have
 * no bias of their own, since one in the current I does the same. Backward, with gI the gradient at I′ (and so at I):
 *
 * <pre>
 * all to all:   gs[t, b, i] = cS[t, b, i] + Σ_j gI[t+1, b, j]·w[i, j]    the sum from +0, ascending j, fused
 *               gw[i, j] += Σ s[t−1, b, i]·gI[t, b, j]                   over t from 1, then b, ascending, fused
 * one to one:   gs[t, b, n] = fma(gI[t+1, b, n], w[n], cS[t, b, n])
 *               gw[n] += Σ s[t−1, b, n]·gI[t, b, n]                      over t from 1, then b, ascending, fused
 * </pre>
 *
 * @param wiring which neurons reach which
 * @param weight {@code [N, N]} or {@code [N]}, see {@link RecurrentWiring}
 */
@SuppressWarnings("ArrayRecordComponent") // a bundle of kernel arguments, never compared
public record RecurrentSynapses(RecurrentWiring wiring, float[] weight) {

    /**
     * Checks the wiring.
     *
     * @throws IllegalArgumentException for no wiring: a feed-forward layer has no such synapses
     */
    public RecurrentSynapses {
        if (wiring == RecurrentWiring.NONE) {
            throw new IllegalArgumentException(
                    "recurrent synapses: expected wiring ALL_TO_ALL or ONE_TO_ONE, found " + wiring);
        }
    }

    /**
     * These synapses of {@code neurons} neurons, with none to those after them, up to {@code padded}.
     *
     * @param neurons how many, without padding
     * @param padded neurons with padding, at least as many
     * @return these synapses of {@code neurons} neurons, with none to those after them, up to {@code padded}
     */
    public RecurrentSynapses padded(int neurons, int padded) {
        return new RecurrentSynapses(
                wiring,
                wiring == RecurrentWiring.ALL_TO_ALL
                        ? Padding.columns(weight, neurons, neurons, padded)
                        : Arrays.copyOf(weight, padded));
    }

    /**
     * Checks the weight's length.
     *
     * @param kernel name of the kernel, for the message
     * @param shape [T, B, N]
     * @throws IllegalArgumentException if the weight is too short
     */
    public void check(String kernel, SequenceShape shape) {
        check(kernel, shape, "recurrentWeight", weight);
    }

    /** Checks the length of an array that is like the weight, if it is there. */
    void check(String kernel, SequenceShape shape, String array, float @Nullable [] values) {
        int neurons = shape.neurons();
        if (wiring == RecurrentWiring.ALL_TO_ALL) {
            Lengths.require(kernel, array, values, "neurons", neurons, "neurons", neurons);
        } else {
            Lengths.require(kernel, array, values, "neurons", neurons);
        }
    }
}

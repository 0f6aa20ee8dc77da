/**
 * Neuron arithmetic and whole-sequence kernels, forward and backward, behind {@link KernelBackend}.
 *
 * <p>Layout everywhere: sequences are time-major {@code [T, B, N]} (time, batch, neurons), dense weights are
 * {@code [inputs, outputs]}, all float32, all in flat arrays.
 *
 * <p>Arithmetic everywhere: a neuron's products are each followed by a separate addition, never fused; a synaptic sum is
 * one accumulator per output that starts at the bias (or +0) and takes {@code fma(x[i], w[i][j], acc)} in ascending
 * {@code i}. With spikes of 0 and 1 the fused operation is exact, so a sum over spikes equals the sum over the weights of
 * those that fired: dense and event-driven paths agree bit for bit.
 */
@NullMarked
package io.keyspike.kernels;

import org.jspecify.annotations.NullMarked;

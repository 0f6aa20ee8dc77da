package io.keyspike.models;

import io.keyspike.kernels.KernelBackend;
import java.util.List;

/** The whole-sequence forward pass of a network: what the trainer and {@code evaluate} run. */
public final class SequenceNetwork {

    /**
     * What one forward pass gave.
     *
     * @param output {@code [T, B, outputs]}: spikes of the last layer or the readout's values
     * @param layers one for each spiking layer, in order
     */
    @SuppressWarnings("ArrayRecordComponent") // a carrier of results, never compared
    public record Result(float[] output, List<Layer> layers) {}

    /**
     * One spiking layer's sequence.
     *
     * @param spikes {@code [T, B, N]}
     * @param membrane {@code [T, B, N]}: of LIF before the reset, of adaptive LIF as compared with the threshold
     */
    @SuppressWarnings("ArrayRecordComponent") // a carrier of results, never compared
    public record Layer(String name, int neurons, float[] spikes, float[] membrane) {}

    public SequenceNetwork(Network network, KernelBackend backend) {
        throw new UnsupportedOperationException("" + network + backend);
    }

    /**
     * @param input {@code [T, B, inputs]}
     * @throws IllegalArgumentException if the input has another length
     */
    public Result forward(int steps, int batch, float[] input) {
        throw new UnsupportedOperationException("" + steps + batch + input.length);
    }
}

package io.keyspike.models;

import io.keyspike.kernels.StepKernels;

/**
 * Event-driven inference, one time step at a time: only the weights of inputs that fired are touched. Immutable; any number
 * of streams, each with its own {@link NetworkState}. Nothing is allocated in {@link #step}.
 */
public final class StreamingNetwork {

    /** @throws IllegalArgumentException if the graph is not a chain */
    public StreamingNetwork(Network network, StepKernels kernels) {
        throw new UnsupportedOperationException("" + network + kernels);
    }

    public NetworkState newState() {
        throw new UnsupportedOperationException();
    }

    /** Width of an input step. */
    public int inputs() {
        throw new UnsupportedOperationException();
    }

    /** Width of an output step. */
    public int outputs() {
        throw new UnsupportedOperationException();
    }

    /** Number of spiking layers. */
    public int spikingLayers() {
        throw new UnsupportedOperationException();
    }

    /** Name of spiking layer {@code layer}, its node's. */
    public String layerName(int layer) {
        throw new UnsupportedOperationException(String.valueOf(layer));
    }

    /** Neurons in spiking layer {@code layer}. */
    public int layerWidth(int layer) {
        throw new UnsupportedOperationException(String.valueOf(layer));
    }

    /**
     * One time step.
     *
     * @param input {@code [inputs]}
     * @param output {@code [outputs]}, written: spikes (0 or 1) of the last layer, or the readout's values
     */
    public void step(NetworkState state, float[] input, float[] output) {
        throw new UnsupportedOperationException();
    }

    /** Sets readouts and the membranes of a spiking output layer to zero, as after a reported word. */
    public void resetOutput(NetworkState state) {
        throw new UnsupportedOperationException();
    }
}

package io.keyspike.models.network;

import io.keyspike.kernels.AdaptiveLifParameters;
import io.keyspike.kernels.KernelBackend;
import io.keyspike.kernels.LeakyParameters;
import io.keyspike.kernels.LeakySequence;
import io.keyspike.kernels.LifParameters;
import io.keyspike.kernels.RecurrentSynapses;
import io.keyspike.kernels.SequenceShape;
import java.util.ArrayList;
import java.util.List;

/** The whole-sequence forward pass of a network: what the trainer and {@code evaluate} run. Thread-safe. */
public final class SequenceNetwork {

    /**
     * What one forward pass gave.
     *
     * @param output {@code [T, B, outputs]}: the last node's spikes, or its values if it does not spike
     * @param layers one for each spiking layer, in order
     */
    @SuppressWarnings("ArrayRecordComponent") // a carrier of results, never compared
    public record Result(float[] output, List<Layer> layers) {
        public Result {
            layers = List.copyOf(layers);
        }
    }

    /**
     * One spiking layer's sequence.
     *
     * @param spikes {@code [T, B, N]}
     * @param membrane {@code [T, B, N]}: of LIF before the reset, of adaptive LIF as compared with
     *     the threshold, of Leaky and Synaptic as snnTorch returns it
     */
    @SuppressWarnings("ArrayRecordComponent") // a carrier of results, never compared
    public record Layer(String name, int neurons, float[] spikes, float[] membrane) {}

    private final Network network;
    private final List<Node> chain;
    private final KernelBackend backend;

    /** @throws IllegalArgumentException if the graph is not a chain */
    public SequenceNetwork(Network network, KernelBackend backend) {
        this.network = network;
        this.chain = network.graph().chain();
        this.backend = backend;
    }

    /**
     * @param input {@code [T, B, inputs]}
     * @throws IllegalArgumentException if the input has another length
     */
    public Result forward(int steps, int batch, float[] input) {
        SequenceShape shape = new SequenceShape(steps, batch, chain.getFirst().inputs());
        if (input.length != shape.size()) {
            throw new IllegalArgumentException("network: expected an input of " + shape.size() + " values for [" + steps
                    + ", " + batch + ", " + shape.neurons() + "], found " + input.length);
        }
        var layers = new ArrayList<Layer>();
        float[] values = input;
        for (Node node : chain.subList(1, chain.size())) {
            values = forward(node, shape.withNeurons(node.outputs()), values, layers);
        }
        return new Result(values, layers);
    }

    /** One node over the whole sequence: from the values before it to its own, {@code [T, B, N]} both. */
    private float[] forward(Node node, SequenceShape shape, float[] in, List<Layer> layers) {
        float[] out = new float[shape.size()];
        switch (node) {
            case Node.Input input ->
                throw new IllegalArgumentException("network: expected one input, found another, " + input.name());
            case Node.Diagonal d -> backend.diagonal(shape.rows(), d.width(), in, network.values(d, "weight"), out);
            case Node.Dense d ->
                backend.dense(
                        shape.rows(),
                        d.inputs(),
                        d.outputs(),
                        in,
                        network.values(d, "weight"),
                        d.biased() ? network.values(d, "bias") : null,
                        out);
            case Node.Lif lif -> layers.add(lif(lif, shape, in, out));
            case Node.AdaptiveLif lif -> layers.add(adaptiveLif(lif, shape, in, out));
            case Node.Leaky leaky -> layers.add(leaky(leaky, Neurons.parameters(network, leaky), shape, in, out));
            case Node.Synaptic synaptic ->
                layers.add(leaky(synaptic, Neurons.parameters(network, synaptic), shape, in, out));
            case Node.Sum sum -> throw new IllegalArgumentException("network: sums do not run yet");
            case Node.CurrentLif lif -> throw new IllegalArgumentException("network: current-lif does not run yet");
            case Node.Readout r -> backend.leakyIntegrator(shape, network.values(r, "decay"), in, out);
        }
        return out;
    }

    private Layer lif(Node.Lif node, SequenceShape shape, float[] in, float[] spikes) {
        float[] membrane = new float[spikes.length];
        LifParameters parameters = Neurons.parameters(network, node);
        RecurrentSynapses recurrent = Neurons.recurrent(network, node);
        if (recurrent == null) {
            backend.lif(shape, parameters, in, membrane, spikes);
        } else {
            backend.recurrentLif(shape, parameters, recurrent, in.clone(), membrane, spikes);
        }
        return new Layer(node.name(), node.width(), spikes, membrane);
    }

    private Layer adaptiveLif(Node.AdaptiveLif node, SequenceShape shape, float[] in, float[] spikes) {
        float[] membrane = new float[spikes.length];
        float[] adaptation = new float[spikes.length];
        AdaptiveLifParameters parameters = Neurons.parameters(network, node);
        RecurrentSynapses recurrent = Neurons.recurrent(network, node);
        if (recurrent == null) {
            backend.adaptiveLif(shape, parameters, in, membrane, adaptation, spikes);
        } else {
            backend.recurrentAdaptiveLif(shape, parameters, recurrent, in.clone(), membrane, adaptation, spikes);
        }
        return new Layer(node.name(), node.width(), spikes, membrane);
    }

    private Layer leaky(Node node, LeakyParameters parameters, SequenceShape shape, float[] in, float[] spikes) {
        LeakySequence arrays = LeakySequence.of(parameters, spikes.length);
        var sequence = new LeakySequence(arrays.synapse(), arrays.potential(), arrays.membrane(), spikes);
        RecurrentSynapses recurrent = Neurons.recurrent(network, node);
        // recurrent kernels add to their input, which may be another layer's spikes
        backend.leaky(shape, parameters, recurrent, recurrent == null ? in : in.clone(), sequence);
        return new Layer(node.name(), node.outputs(), spikes, sequence.membrane());
    }
}

package io.keyspike.models.network;

import io.keyspike.kernels.AdaptiveLifParameters;
import io.keyspike.kernels.CurrentLifParameters;
import io.keyspike.kernels.CurrentLifSequence;
import io.keyspike.kernels.KernelBackend;
import io.keyspike.kernels.LeakyParameters;
import io.keyspike.kernels.LeakySequence;
import io.keyspike.kernels.LifParameters;
import io.keyspike.kernels.RecurrentSynapses;
import io.keyspike.kernels.SequenceShape;
import io.keyspike.kernels.backends.Backends;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The whole-sequence forward pass of a network: what the trainer and {@code evaluate} run. Thread-safe.
 *
 * <p>Node after node, each over all time steps; a delay shifts a sequence. What comes back over a delayed edge is not known
 * by then, so networks with such edges are first run step by step, for the values that these edges carry.
 */
public final class SequenceNetwork {

    /**
     * What one forward pass gave.
     *
     * @param outputs one for each output of the graph, {@code [T, B, outputs]}: its spikes, or its values if it does not spike
     * @param layers one for each spiking layer, in order of computation
     * @param synapseInputs what each dense or diagonal synapse was given, {@code [T, B, inputs]}, by the node's name
     */
    public record Result(List<float[]> outputs, List<Layer> layers, Map<String, float[]> synapseInputs) {
        /** Copies the lists and the map, but not the arrays in them. */
        public Result {
            outputs = List.copyOf(outputs);
            layers = List.copyOf(layers);
            synapseInputs = Map.copyOf(synapseInputs);
        }

        /** {@return the first output, {@code [T, B, outputs]}: the one that decisions are made on} */
        public float[] output() {
            return outputs.getFirst();
        }
    }

    /**
     * One spiking layer's sequence.
     *
     * @param name the node's
     * @param neurons N
     * @param spikes {@code [T, B, N]}: 0, 1 or a count
     * @param membrane {@code [T, B, N]}: of LIF and CurrentLif before the reset, of adaptive LIF as compared with
     *     the threshold, of Leaky and Synaptic as snnTorch returns it
     */
    @SuppressWarnings("ArrayRecordComponent") // a carrier of results, never compared
    public record Layer(String name, int neurons, float[] spikes, float[] membrane) {}

    private final Network network;
    private final NetworkPlan plan;
    private final KernelBackend backend;

    /** Runs step by step what comes back over delayed edges; null where nothing does. */
    private final @Nullable StreamingNetwork streaming;

    /**
     * The forward pass of a network on a backend.
     *
     * @param network graph and tensors; tensor values are read, never written
     * @param backend computes the kernels over whole sequences
     */
    public SequenceNetwork(Network network, KernelBackend backend) {
        this.network = network;
        this.plan = network.graph().plan();
        this.backend = backend;
        this.streaming = fedBack(plan).isEmpty() ? null : new StreamingNetwork(network, Backends.preferredSteps());
    }

    /** Positions of the nodes that are read, after a delay, by a node that is not computed after them. */
    private static SortedSet<Integer> fedBack(NetworkPlan plan) {
        var positions = new TreeSet<Integer>();
        for (int i = 0; i < plan.nodes().size(); i++) {
            for (NetworkPlan.Source source : plan.nodes().get(i).sources()) {
                if (source.position() >= i) {
                    positions.add(source.position());
                }
            }
        }
        return positions;
    }

    /**
     * Runs the network over whole sequences, from zero state.
     *
     * @param steps T, the time steps of each sequence
     * @param batch B, the number of sequences
     * @param input {@code [T, B, inputs]}, not changed
     * @return outputs, spikes and membranes of all time steps
     * @throws IllegalArgumentException if the input has another length
     */
    public Result forward(int steps, int batch, float[] input) {
        SequenceShape shape = new SequenceShape(steps, batch, plan.input().inputs());
        if (input.length != shape.size()) {
            throw new IllegalArgumentException("network: expected an input of " + shape.size() + " values for [" + steps
                    + ", " + batch + ", " + shape.neurons() + "], found " + input.length);
        }
        var layers = new ArrayList<Layer>();
        var synapseInputs = new HashMap<String, float[]>();
        float[][] values = streaming == null ? new float[plan.nodes().size()][] : stepByStep(streaming, shape, input);
        values[0] = input;
        for (int i = 1; i < values.length; i++) {
            Node node = plan.node(i);
            float[] in = inputOf(i, shape, values);
            if (node instanceof Node.Dense || node instanceof Node.Diagonal) {
                synapseInputs.put(node.name(), in);
            }
            values[i] = forward(node, shape.withNeurons(node.outputs()), in, layers);
        }
        return new Result(plan.outputs().stream().map(o -> values[o]).toList(), layers, synapseInputs);
    }

    /** What enters a node: its source's values, or of a sum all sources' added in order. Not to be written to. */
    private float[] inputOf(int position, SequenceShape input, float[][] values) {
        List<NetworkPlan.Source> sources = plan.nodes().get(position).sources();
        float[] sum = delayed(sources.getFirst(), input, values);
        if (sources.size() == 1) {
            return sum;
        }
        sum = sum.clone();
        for (NetworkPlan.Source source : sources.subList(1, sources.size())) {
            float[] term = delayed(source, input, values);
            for (int i = 0; i < sum.length; i++) {
                sum[i] += term[i];
            }
        }
        return sum;
    }

    private float[] delayed(NetworkPlan.Source source, SequenceShape input, float[][] values) {
        float[] current = values[source.position()];
        if (source.delaySteps() == 0) {
            return current;
        }
        int shift = (int) Math.min(
                current.length,
                (long) source.delaySteps()
                        * input.batch()
                        * plan.node(source.position()).outputs());
        float[] later = new float[current.length];
        System.arraycopy(current, 0, later, shift, current.length - shift);
        return later;
    }

    /** The values of the nodes that {@link #fedBack} lists, by position; null of the others. */
    private float[][] stepByStep(StreamingNetwork network, SequenceShape shape, float[] input) {
        float[][] values = new float[plan.nodes().size()][];
        SortedSet<Integer> wanted = fedBack(plan);
        wanted.forEach(i ->
                values[i] = new float[shape.withNeurons(plan.node(i).outputs()).size()]);
        float[] in = new float[network.inputs()];
        float[] out = new float[network.outputs()];
        float[] row = new float[NetworkGraph.MAXIMUM_WIDTH];
        for (int b = 0; b < shape.batch(); b++) {
            GraphState state = (GraphState) network.newState();
            for (int t = 0; t < shape.steps(); t++) {
                int at = t * shape.batch() + b;
                System.arraycopy(input, at * in.length, in, 0, in.length);
                network.step(state, in, out);
                for (int i : wanted) {
                    int width = plan.node(i).outputs();
                    network.read(state, i, row);
                    System.arraycopy(row, 0, Objects.requireNonNull(values[i]), at * width, width);
                }
            }
        }
        return values;
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
            case Node.CurrentLif lif -> layers.add(currentLif(lif, shape, in, out));
            case Node.ExpLeak leak -> {
                CurrentLifParameters parameters = Neurons.parameters(network, leak, true);
                float[] synapse = new float[Math.multiplyExact(out.length, leak.synapses())];
                backend.currentLif(shape, parameters, in, new CurrentLifSequence(synapse, out, new float[out.length]));
            }
            case Node.AxonDelay delay -> delayed(shape, network.values(delay, "delay"), in, out);
            case Node.Sum sum -> {
                return in;
            }
            case Node.Readout r -> backend.leakyIntegrator(shape, network.values(r, "decay"), in, out);
        }
        return out;
    }

    private static void delayed(SequenceShape shape, float[] delays, float[] in, float[] out) {
        int lanes = shape.lanes();
        for (int lane = 0; lane < lanes; lane++) {
            int delay = (int) delays[lane % shape.neurons()];
            for (int t = delay; t < shape.steps(); t++) {
                out[t * lanes + lane] = in[(t - delay) * lanes + lane];
            }
        }
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

    private Layer currentLif(Node.CurrentLif node, SequenceShape shape, float[] in, float[] spikes) {
        CurrentLifParameters parameters = Neurons.parameters(network, node);
        float[] membrane = new float[spikes.length];
        float[] synapse = new float[Math.multiplyExact(spikes.length, node.synapses())];
        backend.currentLif(shape, parameters, in, new CurrentLifSequence(synapse, membrane, spikes));
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

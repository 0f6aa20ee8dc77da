package io.keyspike.models.network;

import io.keyspike.kernels.StepKernels;
import java.util.ArrayList;
import java.util.List;

/**
 * Event-driven inference, one time step at a time: only the weights of inputs that fired are touched. Immutable; any number
 * of streams, each with its own {@link NetworkState}. Nothing is allocated in {@link #step}.
 *
 * <p>Any chain runs: a synapse after a spiking layer is driven by its events, one after anything else (the input, another
 * synapse, a readout) by real numbers, and neurons without a synapse before them take what they get as current.
 */
public final class StreamingNetwork {

    private final List<Node> chain;
    private final List<Node> layers;
    private final StepKernels kernels;

    /** By position in the chain; the input at 0 has none. */
    private final Stage[] stages;

    private final int inputs;
    private final int outputs;
    private final boolean spikingOutput;

    /** @throws IllegalArgumentException if the graph is not a chain */
    public StreamingNetwork(Network network, StepKernels kernels) {
        this.chain = network.graph().chain();
        this.kernels = kernels;
        this.layers = chain.stream().filter(Node::spikes).toList();
        var built = new ArrayList<Stage>();
        for (int i = 1; i < chain.size(); i++) {
            built.add(Stage.of(network, chain.get(i), chain.get(i - 1).spikes(), kernels.block()));
        }
        this.stages = built.toArray(Stage[]::new);
        this.inputs = chain.getFirst().inputs();
        this.outputs = chain.getLast().outputs();
        this.spikingOutput = chain.getLast().spikes();
    }

    public NetworkState newState() {
        return new ChainState(chain, kernels.block());
    }

    /** Width of an input step. */
    public int inputs() {
        return inputs;
    }

    /** Width of an output step. */
    public int outputs() {
        return outputs;
    }

    /** Number of spiking layers. */
    public int spikingLayers() {
        return layers.size();
    }

    /** Name of spiking layer {@code layer}, its node's. */
    public String layerName(int layer) {
        return layers.get(layer).name();
    }

    /** Neurons in spiking layer {@code layer}. */
    public int layerWidth(int layer) {
        return layers.get(layer).outputs();
    }

    /**
     * One time step.
     *
     * @param state made by {@link #newState}
     * @param input {@code [inputs]}
     * @param output {@code [outputs]}, written: the last node's spikes (0 or 1), or its values if it does not spike
     */
    public void step(NetworkState state, float[] input, float[] output) {
        ChainState chain = (ChainState) state;
        take(chain, input);
        run(chain.alone, 1);
        give(chain, output);
    }

    /**
     * One time step of several streams, each as if it were alone.
     *
     * @param states different ones, made by {@link #newState}; the first {@code count} are used
     * @param inputs of each stream; what {@link #inputOf} gives is not copied
     */
    public void step(ChainState[] states, float[][] inputs, float[][] outputs, int count) {
        for (int k = 0; k < count; k++) {
            take(states[k], inputs[k]);
        }
        run(states, count);
        for (int k = 0; k < count; k++) {
            give(states[k], outputs[k]);
        }
    }

    /**
     * Where a stream's network takes its input from, for whoever makes it in place.
     *
     * @return {@code [inputs or more]}, zeros after the inputs
     */
    public float[] inputOf(NetworkState state) {
        return ((ChainState) state).nodes[0].values;
    }

    @SuppressWarnings("ReferenceEquality") // whether it is the very array
    private void take(ChainState chain, float[] input) {
        float[] values = chain.nodes[0].values;
        if (input != values) {
            System.arraycopy(input, 0, values, 0, inputs);
        }
    }

    private void run(ChainState[] states, int count) {
        for (int i = 0; i < stages.length; i++) {
            stages[i].step(kernels, states, count, i + 1);
        }
    }

    private void give(ChainState chain, float[] output) {
        NodeState last = chain.nodes[stages.length];
        if (spikingOutput) {
            last.scatterSpikes(output);
        } else {
            System.arraycopy(last.values, 0, output, 0, outputs);
        }
    }

    /** Sets readouts and the membranes of a spiking output layer to zero, as after a reported word. */
    public void resetOutput(NetworkState state) {
        NodeState[] nodes = ((ChainState) state).nodes;
        for (int i = 0; i < stages.length; i++) {
            stages[i].resetOutput(nodes[i + 1], i + 1 == stages.length);
        }
    }
}

package io.keyspike.models.network;

import io.keyspike.kernels.StepKernels;
import java.util.ArrayList;
import java.util.List;

/**
 * Event-driven inference, one time step at a time: only the weights of inputs that fired are touched. Immutable; any number
 * of streams, each with its own {@link NetworkState}. Nothing is allocated in {@link #step}.
 *
 * <p>Any graph runs: a synapse after a spiking layer is driven by its events, one after anything else (the input, another
 * synapse, a sum, a readout, a delayed edge) by real numbers, and neurons without a synapse before them take what they get as
 * current.
 */
public final class StreamingNetwork {

    private final NetworkPlan plan;
    private final StateLayout layout;
    private final List<Node> layers;
    private final StepKernels kernels;

    /** By position in the plan, less 1: the input at 0 has none. */
    private final Stage[] stages;

    /** By position in the plan. */
    private final boolean[] isOutput;

    private final boolean delayed;
    private final int inputs;

    /** Position of the first output. */
    private final int output;

    private final int outputs;
    private final boolean spikingOutput;

    /**
     * Prepares a network for streams: what is read from where is resolved here, once.
     *
     * @param network graph and tensors
     * @param kernels computes the single steps; its block width pads the rows of the states
     */
    public StreamingNetwork(Network network, StepKernels kernels) {
        this.plan = network.graph().plan();
        this.layout = new StateLayout(plan, kernels.block());
        this.kernels = kernels;
        this.layers = plan.spiking();
        this.stages = new Stage[plan.nodes().size() - 1];
        int delays = 0;
        for (int i = 1; i <= stages.length; i++) {
            var sources = new ArrayList<Stage.Wiring>();
            for (NetworkPlan.Source source : plan.nodes().get(i).sources()) {
                sources.add(
                        source.delaySteps() > 0
                                ? new Stage.Wiring(i, plan.nodes().size() + delays++, 0)
                                : new Stage.Wiring(
                                        i,
                                        source.position(),
                                        plan.node(source.position()).maximumSpikes()));
            }
            stages[i - 1] = Stage.of(network, plan.node(i), sources, layout.nodes[i], kernels);
        }
        this.delayed = delays > 0;
        this.isOutput = new boolean[plan.nodes().size()];
        plan.outputs().forEach(position -> isOutput[position] = true);
        this.inputs = plan.input().inputs();
        this.output = plan.outputs().getFirst();
        this.outputs = plan.output().outputs();
        this.spikingOutput = plan.output().spikes();
    }

    /** Where a node's part of a state lies. */
    NodeLayout layout(int position) {
        return layout.nodes[position];
    }

    /** The order of the network's nodes. */
    NetworkPlan plan() {
        return plan;
    }

    /** {@return a new stream's state before its first step: everything is zero} */
    public NetworkState newState() {
        return new GraphState(layout);
    }

    /** {@return the width of an input step} */
    public int inputs() {
        return inputs;
    }

    /** {@return the width of a step of the first output} */
    public int outputs() {
        return outputs;
    }

    /** {@return the number of spiking layers} */
    public int spikingLayers() {
        return layers.size();
    }

    /**
     * Name of spiking layer {@code layer}, its node's.
     *
     * @param layer index of the spiking layer, in order of computation
     * @return the name, unique in the graph
     * @throws IndexOutOfBoundsException if there is no such layer
     */
    public String layerName(int layer) {
        return layers.get(layer).name();
    }

    /**
     * Neurons in spiking layer {@code layer}.
     *
     * @param layer index of the spiking layer, in order of computation
     * @return N
     * @throws IndexOutOfBoundsException if there is no such layer
     */
    public int layerWidth(int layer) {
        return layers.get(layer).outputs();
    }

    /**
     * One time step.
     *
     * @param state made by {@link #newState}
     * @param input {@code [inputs]}
     * @param output {@code [outputs]}, written: the spikes of the first output (0, 1 or a count), or its values if it does not spike
     */
    public void step(NetworkState state, float[] input, float[] output) {
        GraphState.Alone alone = ((GraphState) state).alone();
        take(alone.room(), input);
        run(alone.states(), alone.rooms(), 1);
        give(alone.room(), output);
    }

    /**
     * Room for the steps of several streams side by side.
     *
     * @param streams at most
     * @return room for one thread; any streams' of this network
     */
    public StepRooms newRooms(int streams) {
        return new StepRooms(plan, kernels.block(), streams);
    }

    /**
     * One time step of several streams, each as if it were alone. {@link #output} knows nothing of it.
     *
     * @param states different ones, made by {@link #newState}; the first {@code count} are used
     * @param rooms made by {@link #newRooms} for at least as many, with the input of each stream in {@link StepRooms#input}
     * @param outputs of each stream, {@code [outputs]}, written
     * @param count how many streams make a step
     */
    public void step(GraphState[] states, StepRooms rooms, float[][] outputs, int count) {
        run(states, rooms.rooms, count);
        for (int k = 0; k < count; k++) {
            give(rooms.rooms[k], outputs[k]);
        }
    }

    /**
     * Where the network of a stream that makes its steps alone reads its input, for callers that fill it in place.
     *
     * @param state made by {@link #newState} of this network
     * @return {@code [inputs or more]}, zeros after the inputs
     */
    public float[] inputOf(NetworkState state) {
        return ((GraphState) state).alone().room()[0].values;
    }

    /**
     * What an output gave in the last step, made alone: its spikes (0, 1 or a count), or its values if it does not spike.
     *
     * @param state made by {@link #newState} of this network
     * @param index of the output among the graph's, 0 for the one that {@link #step} gives
     * @param target at least as long as the output is wide, its beginning written
     * @throws IndexOutOfBoundsException if there is no such output, or the target is too short
     */
    public void output(NetworkState state, int index, float[] target) {
        read((GraphState) state, plan.outputs().get(index), target);
    }

    /** What a node gave in the last step, into the beginning of the target. */
    void read(GraphState graph, int position, float[] target) {
        NodeLayout node = layout.nodes[position];
        int width = plan.node(position).outputs();
        if (node.code != null) {
            node.code.scatter(graph.spikes, node.word, target);
        } else if (node.remembersValues()) {
            System.arraycopy(graph.numbers, node.at, target, 0, width);
        } else {
            System.arraycopy(graph.alone().room()[position].values, 0, target, 0, width);
        }
    }

    @SuppressWarnings("ReferenceEquality") // whether it is the very array
    private void take(NodeRoom[] rooms, float[] input) {
        float[] values = rooms[0].values;
        if (input != values) {
            System.arraycopy(input, 0, values, 0, inputs);
        }
    }

    private void run(GraphState[] states, NodeRoom[][] rooms, int count) {
        if (delayed) {
            for (int k = 0; k < count; k++) {
                for (DelayLine delay : states[k].delays) {
                    delay.give(rooms[k]);
                }
            }
        }
        for (Stage stage : stages) {
            stage.step(kernels, states, rooms, count);
        }
        if (delayed) {
            for (int k = 0; k < count; k++) {
                for (DelayLine delay : states[k].delays) {
                    delay.take(states[k], rooms[k]);
                }
            }
        }
    }

    private void give(NodeRoom[] rooms, float[] target) {
        if (spikingOutput) {
            rooms[output].scatterSpikes(target);
        } else {
            System.arraycopy(rooms[output].values, 0, target, 0, outputs);
        }
    }

    /**
     * Sets readouts and the membranes and currents of spiking outputs to zero, as after a reported word.
     *
     * @param state made by {@link #newState} of this network
     */
    public void resetOutput(NetworkState state) {
        GraphState stream = (GraphState) state;
        for (int i = 0; i < stages.length; i++) {
            stages[i].resetOutput(stream, isOutput[i + 1]);
        }
    }
}

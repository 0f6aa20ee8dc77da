package io.keyspike.models.network;

import io.keyspike.kernels.StepKernels;
import java.util.SortedMap;
import java.util.TreeMap;

/** Runs a network step by step, as a stream does, and records what every node gives and remembers. */
public final class NetworkRecorder {
    private static final float[] NOTHING = {};

    private final StreamingNetwork streaming;
    private final int inputs;

    /**
     * Prepares a network.
     *
     * @param network graph and tensors
     * @param kernels computes the steps
     */
    public NetworkRecorder(Network network, StepKernels kernels) {
        streaming = new StreamingNetwork(network, kernels);
        inputs = streaming.inputs();
    }

    /**
     * What was recorded of one node.
     *
     * @param width N, the values of a step
     * @param output {@code [T, N]}: what the node gives, which are its spikes (0, 1 or a count) if it spikes
     * @param spikes whether the output are spikes
     * @param membrane {@code [T, N]}: after each step, hence after the reset where there is one in the same step; of a readout
     *     its values; empty for nodes without
     * @param currents S, the synaptic currents of each neuron; 0 for nodes without
     * @param current {@code [T, S, N]}: after each step; empty for nodes without
     */
    @SuppressWarnings("ArrayRecordComponent") // a carrier of results, never compared
    public record Recording(
            int width, float[] output, boolean spikes, float[] membrane, int currents, float[] current) {}

    /**
     * Runs one sequence from zero state.
     *
     * @param input {@code [T, inputs]}
     * @param steps T
     * @return recordings of all nodes but the input, by name
     * @throws IllegalArgumentException if the input has another length
     */
    public SortedMap<String, Recording> run(float[] input, int steps) {
        if (input.length != (long) steps * inputs) {
            throw new IllegalArgumentException("network: expected an input of " + inputs + " values in each of " + steps
                    + " steps, found " + input.length + " values");
        }
        NetworkPlan plan = streaming.plan();
        var recordings = new TreeMap<String, Recording>();
        for (int i = 1; i < plan.nodes().size(); i++) {
            recordings.put(plan.node(i).name(), recording(plan.node(i), steps));
        }
        var state = (GraphState) streaming.newState();
        float[] out = new float[streaming.outputs()];
        float[] step = new float[inputs];
        float[] scratch = new float[NetworkGraph.MAXIMUM_WIDTH];
        for (int t = 0; t < steps; t++) {
            System.arraycopy(input, t * inputs, step, 0, inputs);
            streaming.step(state, step, out);
            for (int i = 1; i < plan.nodes().size(); i++) {
                Recording recording = recordings.get(plan.node(i).name());
                if (recording != null) {
                    record(state, i, t, recording, scratch);
                }
            }
        }
        return recordings;
    }

    private static Recording recording(Node node, int steps) {
        int n = node.outputs();
        int currents = node instanceof Node.Synaptic || node instanceof Node.CurrentLif || node instanceof Node.ExpLeak
                ? node.slowRows()
                : 0;
        boolean remembers = node.remembersMembranes() || node.remembersValues();
        return new Recording(
                n,
                new float[Math.multiplyExact(steps, n)],
                node.spikes(),
                remembers ? new float[steps * n] : NOTHING,
                currents,
                new float[Math.multiplyExact(steps * n, currents)]);
    }

    private void record(GraphState state, int position, int t, Recording recording, float[] scratch) {
        int n = recording.width();
        NodeLayout node = streaming.layout(position);
        streaming.read(state, position, scratch);
        System.arraycopy(scratch, 0, recording.output(), t * n, n);
        if (recording.membrane().length > 0) {
            System.arraycopy(state.numbers, node.at, recording.membrane(), t * n, n);
        }
        for (int s = 0; s < recording.currents(); s++) {
            System.arraycopy(state.numbers, node.slow(s), recording.current(), (t * recording.currents() + s) * n, n);
        }
    }
}

package io.keyspike.models.network;

import io.keyspike.kernels.AdaptiveLifParameters;
import io.keyspike.kernels.CurrentLifParameters;
import io.keyspike.kernels.LeakyParameters;
import io.keyspike.kernels.LifParameters;
import io.keyspike.kernels.Padding;
import io.keyspike.kernels.RecurrentSynapses;
import io.keyspike.kernels.StepKernels;
import io.keyspike.kernels.StepRecurrence;
import io.keyspike.kernels.StepWeights;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One node at work, step by step: takes what its source gave and leaves what it gives: spiking stages the list of those that fired,
 * in their {@link NodeState}, the others real numbers, in their {@link NodeRoom}. What a
 * source gave is never changed. A stage that needs real numbers from a spiking source has them scattered first.
 */
sealed interface Stage
        permits AxonDelayStage,
                Stage.DiagonalStage,
                Stage.EventDenseStage,
                Stage.ValueDenseStage,
                Stage.CountDenseStage,
                Stage.SumStage,
                Stage.CurrentLifStage,
                Stage.ExpLeakStage,
                Stage.LifStage,
                Stage.AdaptiveLifStage,
                Stage.LeakyStage,
                Stage.ReadoutStage {

    /**
     * Where a stage reads and writes among {@link GraphState#nodes} and their {@link NodeRoom}s.
     *
     * @param self the stage's own node
     * @param source what it reads
     * @param maximumSpikes of the source's neurons in one step, 0 for a source of real numbers, as delayed edges are too
     */
    record Wiring(int self, int source, int maximumSpikes) {
        boolean afterSpikes() {
            return maximumSpikes > 0;
        }
    }

    /**
     * One time step of each stream. Streams in one call, rather than a call for each: what is chosen at run time is chosen
     * once, and one stream's waiting for its results is another's computing.
     *
     * @param streams the first {@code count} are used
     * @param rooms of each stream, as {@link NodeRoom#all} has them
     */
    void step(StepKernels kernels, GraphState[] streams, NodeRoom[][] rooms, int count);

    /**
     * Takes effect on the membranes or values when a word has been reported.
     *
     * @param output whether the node is an output of the network
     */
    default void resetOutput(NodeState state, boolean output) {}

    /**
     * The stage of a node.
     *
     * @param sources one for each edge into the node
     * @param kernels what will run it
     */
    static Stage of(Network network, Node node, List<Wiring> sources, StepKernels kernels) {
        int width = Padding.roundUp(node.outputs(), kernels.block());
        Wiring wiring = sources.getFirst();
        return switch (node) {
            case Node.Input input ->
                throw new IllegalArgumentException("network: expected one input, found another, " + input.name());
            case Node.Diagonal d -> new DiagonalStage(width, Arrays.copyOf(network.values(d, "weight"), width), wiring);
            case Node.Dense d -> {
                StepWeights weights = kernels.weights(
                        d.inputs(),
                        width,
                        Padding.columns(network.values(d, "weight"), d.inputs(), d.outputs(), width));
                float[] bias = d.biased() ? Arrays.copyOf(network.values(d, "bias"), width) : null;
                yield switch (wiring.maximumSpikes()) {
                    case 0 -> new ValueDenseStage(wiring, weights, bias);
                    case 1 -> new EventDenseStage(wiring, weights, bias);
                    default -> new CountDenseStage(wiring, weights, bias);
                };
            }
            case Node.Lif lif ->
                new LifStage(
                        Neurons.parameters(network, lif).padded(width),
                        recurrent(network, lif, width, kernels),
                        wiring);
            case Node.AdaptiveLif lif ->
                new AdaptiveLifStage(
                        Neurons.parameters(network, lif).padded(width),
                        recurrent(network, lif, width, kernels),
                        wiring);
            case Node.Leaky leaky ->
                new LeakyStage(
                        Neurons.parameters(network, leaky).padded(width),
                        recurrent(network, leaky, width, kernels),
                        wiring);
            case Node.Synaptic synaptic ->
                new LeakyStage(
                        Neurons.parameters(network, synaptic).padded(width),
                        recurrent(network, synaptic, width, kernels),
                        wiring);
            case Node.CurrentLif lif ->
                new CurrentLifStage(
                        wiring, lif.width(), Neurons.parameters(network, lif).padded(width));
            case Node.ExpLeak leak ->
                new ExpLeakStage(
                        wiring,
                        leak.width(),
                        Neurons.parameters(network, leak, false).padded(width),
                        leak.membraneFloor());
            case Node.AxonDelay delay -> AxonDelayStage.of(delay, network.values(delay, "delay"), wiring);
            case Node.Sum sum -> new SumStage(width, sources.toArray(Wiring[]::new));
            case Node.Readout readout ->
                new ReadoutStage(width, Arrays.copyOf(network.values(readout, "decay"), width), wiring);
        };
    }

    private static @Nullable StepRecurrence recurrent(Network network, Node node, int width, StepKernels kernels) {
        RecurrentSynapses synapses = Neurons.recurrent(network, node);
        return synapses == null ? null : StepRecurrence.of(kernels, synapses.padded(node.outputs(), width), width);
    }

    /**
     * What a node of a stream gave as real numbers.
     *
     * @param spikes whether it gave spikes
     */
    static float[] real(GraphState stream, NodeRoom[] rooms, int source, boolean spikes) {
        float[] values = rooms[source].values();
        if (spikes) {
            stream.nodes[source].scatterSpikes(values);
        }
        return values;
    }

    /** What a layer's own spikes of the last step bring is added to its current. */
    private static float[] total(
            StepKernels kernels, StepRecurrence recurrent, float[] current, NodeState state, NodeRoom room) {
        kernels.recurrent(recurrent, state.fired, state.firedCount, current, room.total());
        return room.total();
    }

    @SuppressWarnings("ArrayRecordComponent") // parameters in use, never compared
    record DiagonalStage(int width, float[] weight, Wiring wiring) implements Stage {
        @Override
        public void step(StepKernels kernels, GraphState[] streams, NodeRoom[][] rooms, int count) {
            // Read here, as in the other stages, for the compiler reads fields again for each stream.
            float[] factors = weight;
            boolean spikes = wiring.afterSpikes();
            int source = wiring.source();
            int self = wiring.self();
            for (int k = 0; k < count; k++) {
                float[] x = real(streams[k], rooms[k], source, spikes);
                kernels.diagonal(width, x, factors, rooms[k][self].values());
            }
        }
    }

    @SuppressWarnings("ArrayRecordComponent") // parameters in use, never compared
    record EventDenseStage(Wiring wiring, StepWeights weights, float @Nullable [] bias) implements Stage {
        @Override
        public void step(StepKernels kernels, GraphState[] streams, NodeRoom[][] rooms, int count) {
            StepWeights synapses = weights;
            float[] start = bias;
            int source = wiring.source();
            int self = wiring.self();
            for (int k = 0; k < count; k++) {
                NodeState before = streams[k].nodes[source];
                kernels.denseEvents(synapses, start, before.fired, before.firedCount, rooms[k][self].values());
            }
        }
    }

    @SuppressWarnings("ArrayRecordComponent") // parameters in use, never compared
    record ValueDenseStage(Wiring wiring, StepWeights weights, float @Nullable [] bias) implements Stage {
        @Override
        public void step(StepKernels kernels, GraphState[] streams, NodeRoom[][] rooms, int count) {
            int source = wiring.source();
            int self = wiring.self();
            int k = 0;
            for (; k + 4 <= count; k += 4) {
                NodeRoom[] r0 = rooms[k];
                NodeRoom[] r1 = rooms[k + 1];
                NodeRoom[] r2 = rooms[k + 2];
                NodeRoom[] r3 = rooms[k + 3];
                kernels.denseValues(
                        weights,
                        bias,
                        r0[source].values(),
                        r1[source].values(),
                        r2[source].values(),
                        r3[source].values(),
                        r0[self].values(),
                        r1[self].values(),
                        r2[self].values(),
                        r3[self].values());
            }
            for (; k < count; k++) {
                kernels.denseValues(weights, bias, rooms[k][source].values(), rooms[k][self].values());
            }
        }
    }

    @SuppressWarnings("ArrayRecordComponent") // parameters in use, never compared
    record CountDenseStage(Wiring wiring, StepWeights weights, float @Nullable [] bias) implements Stage {
        @Override
        public void step(StepKernels kernels, GraphState[] streams, NodeRoom[][] rooms, int count) {
            int source = wiring.source();
            int self = wiring.self();
            for (int k = 0; k < count; k++) {
                NodeState before = streams[k].nodes[source];
                kernels.denseEvents(
                        weights, bias, before.fired, before.counts, before.firedCount, rooms[k][self].values());
            }
        }
    }

    @SuppressWarnings("ArrayRecordComponent") // in use, never compared
    record SumStage(int width, Wiring[] sources) implements Stage {
        @Override
        public void step(StepKernels kernels, GraphState[] streams, NodeRoom[][] rooms, int count) {
            int self = sources[0].self();
            for (int k = 0; k < count; k++) {
                float[] sum = rooms[k][self].values();
                for (int s = 0; s < sources.length; s++) {
                    float[] term = real(streams[k], rooms[k], sources[s].source(), sources[s].afterSpikes());
                    if (s == 0) {
                        System.arraycopy(term, 0, sum, 0, width);
                    } else {
                        add(term, sum);
                    }
                }
            }
        }

        private void add(float[] term, float[] sum) {
            for (int n = 0; n < width; n++) {
                sum[n] += term[n];
            }
        }
    }

    record CurrentLifStage(Wiring wiring, int neurons, CurrentLifParameters parameters) implements Stage {
        @Override
        public void step(StepKernels kernels, GraphState[] streams, NodeRoom[][] rooms, int count) {
            int self = wiring.self();
            for (int k = 0; k < count; k++) {
                NodeState state = streams[k].nodes[self];
                float[] given = real(streams[k], rooms[k], wiring.source(), wiring.afterSpikes());
                float[] input = rows(parameters, neurons, given, rooms[k][self]);
                state.firedCount =
                        kernels.currentLif(parameters, input, state.membrane, state.slow, state.fired, state.counts);
            }
        }

        /** The inputs of each synaptic current in a row as long as the padded layer. */
        static float[] rows(CurrentLifParameters parameters, int neurons, float[] input, NodeRoom room) {
            int padded = parameters.neurons();
            if (padded == neurons || parameters.synapses() < 2) {
                return input;
            }
            for (int s = 0; s < parameters.synapses(); s++) {
                System.arraycopy(input, s * neurons, room.total(), s * padded, neurons);
            }
            return room.total();
        }

        @Override
        public void resetOutput(NodeState state, boolean output) {
            if (output) {
                Arrays.fill(state.membrane, 0f);
                Arrays.fill(state.slow, 0f);
            }
        }
    }

    /** The kernel has no floor, so that what it leaves is what the step gives; the floor comes after that. */
    record ExpLeakStage(
            Wiring wiring,
            int neurons,
            CurrentLifParameters parameters,
            @Nullable Float floor) implements Stage {
        @Override
        public void step(StepKernels kernels, GraphState[] streams, NodeRoom[][] rooms, int count) {
            int self = wiring.self();
            for (int k = 0; k < count; k++) {
                NodeState state = streams[k].nodes[self];
                float[] given = real(streams[k], rooms[k], wiring.source(), wiring.afterSpikes());
                float[] input = CurrentLifStage.rows(parameters, neurons, given, rooms[k][self]);
                float[] membrane = state.membrane;
                kernels.currentLif(parameters, input, membrane, state.slow, state.fired, state.counts);
                System.arraycopy(membrane, 0, rooms[k][self].values(), 0, membrane.length);
                if (floor != null) {
                    clamp(membrane, floor);
                }
            }
        }

        private static void clamp(float[] membrane, float floor) {
            for (int n = 0; n < membrane.length; n++) {
                membrane[n] = membrane[n] <= floor ? floor : membrane[n];
            }
        }

        @Override
        public void resetOutput(NodeState state, boolean output) {
            if (output) {
                Arrays.fill(state.membrane, 0f);
                Arrays.fill(state.slow, 0f);
            }
        }
    }

    record LifStage(LifParameters parameters, @Nullable StepRecurrence recurrent, Wiring wiring) implements Stage {
        @Override
        public void step(StepKernels kernels, GraphState[] streams, NodeRoom[][] rooms, int count) {
            LifParameters neurons = parameters;
            StepRecurrence synapses = recurrent;
            boolean spikes = wiring.afterSpikes();
            int source = wiring.source();
            int self = wiring.self();
            for (int k = 0; k < count; k++) {
                NodeState state = streams[k].nodes[self];
                float[] current = real(streams[k], rooms[k], source, spikes);
                if (synapses != null) {
                    current = total(kernels, synapses, current, state, rooms[k][self]);
                }
                state.firedCount = kernels.lif(neurons, current, state.membrane, state.fired);
            }
        }

        @Override
        public void resetOutput(NodeState state, boolean output) {
            if (output) {
                Arrays.fill(state.membrane, 0f);
            }
        }
    }

    record AdaptiveLifStage(
            AdaptiveLifParameters parameters, @Nullable StepRecurrence recurrent, Wiring wiring) implements Stage {
        @Override
        public void step(StepKernels kernels, GraphState[] streams, NodeRoom[][] rooms, int count) {
            AdaptiveLifParameters neurons = parameters;
            StepRecurrence synapses = recurrent;
            boolean spikes = wiring.afterSpikes();
            int source = wiring.source();
            int self = wiring.self();
            for (int k = 0; k < count; k++) {
                NodeState state = streams[k].nodes[self];
                float[] current = real(streams[k], rooms[k], source, spikes);
                if (synapses != null) {
                    current = total(kernels, synapses, current, state, rooms[k][self]);
                }
                state.firedCount =
                        kernels.adaptiveLif(neurons, current, state.membrane, state.slow, state.spikes, state.fired);
            }
        }

        @Override
        public void resetOutput(NodeState state, boolean output) {
            if (output) {
                Arrays.fill(state.membrane, 0f);
            }
        }
    }

    record LeakyStage(LeakyParameters parameters, @Nullable StepRecurrence recurrent, Wiring wiring) implements Stage {
        @Override
        public void step(StepKernels kernels, GraphState[] streams, NodeRoom[][] rooms, int count) {
            LeakyParameters neurons = parameters;
            StepRecurrence synapses = recurrent;
            boolean spikes = wiring.afterSpikes();
            int source = wiring.source();
            int self = wiring.self();
            for (int k = 0; k < count; k++) {
                NodeState state = streams[k].nodes[self];
                float[] current = real(streams[k], rooms[k], source, spikes);
                if (synapses != null) {
                    current = total(kernels, synapses, current, state, rooms[k][self]);
                }
                state.firedCount =
                        kernels.leaky(neurons, synapses != null, current, state.membrane, state.slow, state.fired);
            }
        }

        @Override
        public void resetOutput(NodeState state, boolean output) {
            if (output) {
                Arrays.fill(state.membrane, 0f);
                Arrays.fill(state.slow, 0f);
            }
        }
    }

    @SuppressWarnings("ArrayRecordComponent") // parameters in use, never compared
    record ReadoutStage(int width, float[] decay, Wiring wiring) implements Stage {
        @Override
        public void step(StepKernels kernels, GraphState[] streams, NodeRoom[][] rooms, int count) {
            int self = wiring.self();
            for (int k = 0; k < count; k++) {
                float[] output = streams[k].nodes[self].output;
                float[] current = real(streams[k], rooms[k], wiring.source(), wiring.afterSpikes());
                kernels.leakyIntegrator(width, decay, current, output);
                System.arraycopy(output, 0, rooms[k][self].values(), 0, width);
            }
        }

        @Override
        public void resetOutput(NodeState state, boolean output) {
            Arrays.fill(state.output, 0f);
        }
    }
}

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
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One node at work, step by step: takes what its source gave and leaves what it gives in its {@link NodeRoom}: spiking stages the
 * list of those that fired, the others real numbers. What it remembers is in the stream's {@link GraphState}, where its
 * {@link NodeLayout} says. What a source gave is never changed. A stage that needs real numbers from a spiking source has them
 * scattered first.
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
     * Where a stage reads and writes among the {@link NodeRoom}s.
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
    default void resetOutput(GraphState stream, boolean output) {}

    /**
     * The stage of a node.
     *
     * @param sources one for each edge into the node
     * @param own where its part of a state lies
     * @param kernels what will run it
     */
    static Stage of(Network network, Node node, List<Wiring> sources, NodeLayout own, StepKernels kernels) {
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
                        own,
                        wiring);
            case Node.AdaptiveLif lif ->
                new AdaptiveLifStage(
                        Neurons.parameters(network, lif).padded(width),
                        recurrent(network, lif, width, kernels),
                        own,
                        wiring);
            case Node.Leaky leaky ->
                new LeakyStage(
                        Neurons.parameters(network, leaky).padded(width),
                        recurrent(network, leaky, width, kernels),
                        own,
                        wiring);
            case Node.Synaptic synaptic ->
                new LeakyStage(
                        Neurons.parameters(network, synaptic).padded(width),
                        recurrent(network, synaptic, width, kernels),
                        own,
                        wiring);
            case Node.CurrentLif lif ->
                new CurrentLifStage(
                        wiring,
                        own,
                        lif.width(),
                        Neurons.parameters(network, lif).padded(width));
            case Node.ExpLeak leak ->
                new ExpLeakStage(
                        wiring,
                        own,
                        leak.width(),
                        Neurons.parameters(network, leak, false).padded(width),
                        leak.membraneFloor());
            case Node.AxonDelay delay -> AxonDelayStage.of(delay, network.values(delay, "delay"), wiring, own);
            case Node.Sum sum -> new SumStage(width, sources.toArray(Wiring[]::new));
            case Node.Readout readout ->
                new ReadoutStage(width, Arrays.copyOf(network.values(readout, "decay"), width), own, wiring);
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
    static float[] real(NodeRoom[] rooms, int source, boolean spikes) {
        float[] values = rooms[source].values;
        if (spikes) {
            rooms[source].scatterSpikes(values);
        }
        return values;
    }

    /** What a layer's own spikes of the last step bring is added to its current. */
    private static float[] total(
            StepKernels kernels,
            StepRecurrence recurrent,
            float[] current,
            NodeLayout own,
            GraphState stream,
            NodeRoom room) {
        SpikeCode code = Objects.requireNonNull(own.code);
        int count = code.list(stream.spikes, own.word, room.fired, room.counts);
        kernels.recurrent(recurrent, room.fired, count, current, room.total);
        return room.total;
    }

    /** The spikes of a node whose kernel only lists them are kept in the stream's state, and counted. */
    static void keep(NodeLayout own, NodeRoom room, GraphState stream) {
        stream.spikes[own.sum] += Objects.requireNonNull(own.code)
                .take(room.fired, room.counts, room.firedCount, stream.spikes, own.word);
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
                float[] x = real(rooms[k], source, spikes);
                kernels.diagonal(width, x, factors, rooms[k][self].values);
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
                NodeRoom before = rooms[k][source];
                kernels.denseEvents(synapses, start, before.fired, before.firedCount, rooms[k][self].values);
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
                        r0[source].values,
                        r1[source].values,
                        r2[source].values,
                        r3[source].values,
                        r0[self].values,
                        r1[self].values,
                        r2[self].values,
                        r3[self].values);
            }
            for (; k < count; k++) {
                kernels.denseValues(weights, bias, rooms[k][source].values, rooms[k][self].values);
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
                NodeRoom before = rooms[k][source];
                kernels.denseEvents(
                        weights, bias, before.fired, before.counts, before.firedCount, rooms[k][self].values);
            }
        }
    }

    @SuppressWarnings("ArrayRecordComponent") // in use, never compared
    record SumStage(int width, Wiring[] sources) implements Stage {
        @Override
        public void step(StepKernels kernels, GraphState[] streams, NodeRoom[][] rooms, int count) {
            int self = sources[0].self();
            for (int k = 0; k < count; k++) {
                float[] sum = rooms[k][self].values;
                for (int s = 0; s < sources.length; s++) {
                    float[] term = real(rooms[k], sources[s].source(), sources[s].afterSpikes());
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

    record CurrentLifStage(Wiring wiring, NodeLayout own, int neurons, CurrentLifParameters parameters)
            implements Stage {
        @Override
        public void step(StepKernels kernels, GraphState[] streams, NodeRoom[][] rooms, int count) {
            int self = wiring.self();
            for (int k = 0; k < count; k++) {
                NodeRoom room = rooms[k][self];
                float[] given = real(rooms[k], wiring.source(), wiring.afterSpikes());
                float[] input = rows(parameters, neurons, given, room);
                room.firedCount =
                        kernels.currentLif(parameters, input, streams[k].numbers, own.at, room.fired, room.counts);
                keep(own, room, streams[k]);
            }
        }

        /** The inputs of each synaptic current in a row as long as the padded layer. */
        static float[] rows(CurrentLifParameters parameters, int neurons, float[] input, NodeRoom room) {
            int padded = parameters.neurons();
            if (padded == neurons || parameters.synapses() < 2) {
                return input;
            }
            for (int s = 0; s < parameters.synapses(); s++) {
                System.arraycopy(input, s * neurons, room.total, s * padded, neurons);
            }
            return room.total;
        }

        @Override
        public void resetOutput(GraphState stream, boolean output) {
            if (output) {
                own.clearNumbers(stream);
            }
        }
    }

    /** The kernel has no floor, so that what it leaves is what the step gives; the floor comes after that. */
    record ExpLeakStage(
            Wiring wiring,
            NodeLayout own,
            int neurons,
            CurrentLifParameters parameters,
            @Nullable Float floor) implements Stage {
        @Override
        public void step(StepKernels kernels, GraphState[] streams, NodeRoom[][] rooms, int count) {
            int self = wiring.self();
            for (int k = 0; k < count; k++) {
                NodeRoom room = rooms[k][self];
                float[] given = real(rooms[k], wiring.source(), wiring.afterSpikes());
                float[] input = CurrentLifStage.rows(parameters, neurons, given, room);
                float[] numbers = streams[k].numbers;
                kernels.currentLif(parameters, input, numbers, own.at, room.fired, room.counts);
                System.arraycopy(numbers, own.at, room.values, 0, own.padded);
                if (floor != null) {
                    clamp(numbers, floor);
                }
            }
        }

        private void clamp(float[] numbers, float least) {
            for (int n = own.at; n < own.at + own.padded; n++) {
                numbers[n] = numbers[n] <= least ? least : numbers[n];
            }
        }

        @Override
        public void resetOutput(GraphState stream, boolean output) {
            if (output) {
                own.clearNumbers(stream);
            }
        }
    }

    record LifStage(LifParameters parameters, @Nullable StepRecurrence recurrent, NodeLayout own, Wiring wiring)
            implements Stage {
        @Override
        public void step(StepKernels kernels, GraphState[] streams, NodeRoom[][] rooms, int count) {
            LifParameters neurons = parameters;
            StepRecurrence synapses = recurrent;
            boolean spikes = wiring.afterSpikes();
            int source = wiring.source();
            int self = wiring.self();
            int at = own.at;
            int word = own.word;
            int sum = own.sum;
            for (int k = 0; k < count; k++) {
                GraphState stream = streams[k];
                NodeRoom room = rooms[k][self];
                float[] current = real(rooms[k], source, spikes);
                if (synapses != null) {
                    current = total(kernels, synapses, current, own, stream, room);
                }
                long[] bits = stream.spikes;
                int fired = kernels.lif(neurons, current, stream.numbers, at, bits, word, room.fired);
                room.firedCount = fired;
                bits[sum] += fired;
            }
        }

        @Override
        public void resetOutput(GraphState stream, boolean output) {
            if (output) {
                own.clearMembranes(stream);
            }
        }
    }

    record AdaptiveLifStage(
            AdaptiveLifParameters parameters, @Nullable StepRecurrence recurrent, NodeLayout own, Wiring wiring)
            implements Stage {
        @Override
        public void step(StepKernels kernels, GraphState[] streams, NodeRoom[][] rooms, int count) {
            AdaptiveLifParameters neurons = parameters;
            StepRecurrence synapses = recurrent;
            boolean spikes = wiring.afterSpikes();
            int source = wiring.source();
            int self = wiring.self();
            int at = own.at;
            int word = own.word;
            int sum = own.sum;
            for (int k = 0; k < count; k++) {
                GraphState stream = streams[k];
                NodeRoom room = rooms[k][self];
                float[] current = real(rooms[k], source, spikes);
                if (synapses != null) {
                    current = total(kernels, synapses, current, own, stream, room);
                }
                long[] bits = stream.spikes;
                int fired = kernels.adaptiveLif(neurons, current, stream.numbers, at, bits, word, room.fired);
                room.firedCount = fired;
                bits[sum] += fired;
            }
        }

        @Override
        public void resetOutput(GraphState stream, boolean output) {
            if (output) {
                own.clearMembranes(stream);
            }
        }
    }

    record LeakyStage(LeakyParameters parameters, @Nullable StepRecurrence recurrent, NodeLayout own, Wiring wiring)
            implements Stage {
        @Override
        public void step(StepKernels kernels, GraphState[] streams, NodeRoom[][] rooms, int count) {
            LeakyParameters neurons = parameters;
            StepRecurrence synapses = recurrent;
            boolean spikes = wiring.afterSpikes();
            int source = wiring.source();
            int self = wiring.self();
            int at = own.at;
            int word = own.word;
            int sum = own.sum;
            for (int k = 0; k < count; k++) {
                GraphState stream = streams[k];
                NodeRoom room = rooms[k][self];
                float[] current = real(rooms[k], source, spikes);
                if (synapses != null) {
                    current = total(kernels, synapses, current, own, stream, room);
                }
                long[] bits = stream.spikes;
                int fired =
                        kernels.leaky(neurons, synapses != null, current, stream.numbers, at, bits, word, room.fired);
                room.firedCount = fired;
                bits[sum] += fired;
            }
        }

        @Override
        public void resetOutput(GraphState stream, boolean output) {
            if (output) {
                own.clearNumbers(stream);
            }
        }
    }

    @SuppressWarnings("ArrayRecordComponent") // parameters in use, never compared
    record ReadoutStage(int width, float[] decay, NodeLayout own, Wiring wiring) implements Stage {
        @Override
        public void step(StepKernels kernels, GraphState[] streams, NodeRoom[][] rooms, int count) {
            int self = wiring.self();
            for (int k = 0; k < count; k++) {
                float[] numbers = streams[k].numbers;
                float[] current = real(rooms[k], wiring.source(), wiring.afterSpikes());
                kernels.leakyIntegrator(width, decay, current, numbers, own.at);
                System.arraycopy(numbers, own.at, rooms[k][self].values, 0, width);
            }
        }

        @Override
        public void resetOutput(GraphState stream, boolean output) {
            own.clearNumbers(stream);
        }
    }
}

package io.keyspike.models.network;

import io.keyspike.kernels.AdaptiveLifParameters;
import io.keyspike.kernels.LeakyParameters;
import io.keyspike.kernels.LifParameters;
import io.keyspike.kernels.Padding;
import io.keyspike.kernels.RecurrentSynapses;
import io.keyspike.kernels.StepKernels;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One node at work, step by step: takes what the node before gave and leaves what it gives, both in their
 * {@link NodeState}. Spiking stages leave the list of those that fired; a stage that needs real numbers after a spiking one
 * has them scattered first.
 */
sealed interface Stage {

    /**
     * One time step of each stream. Streams in one call, rather than a call for each: what is chosen at run time is chosen
     * once, and one stream's waiting for its results is another's computing.
     *
     * @param streams the first {@code count} are used
     * @param at this stage's place in the chain
     */
    void step(StepKernels kernels, ChainState[] streams, int count, int at);

    /** Takes effect on the membranes or values when a word has been reported. */
    default void resetOutput(NodeState state, boolean last) {}

    /**
     * The stage of a node.
     *
     * @param afterSpikes whether the node before spikes
     * @param block what widths are padded to, {@link StepKernels#block}
     */
    static Stage of(Network network, Node node, boolean afterSpikes, int block) {
        int width = Padding.roundUp(node.outputs(), block);
        return switch (node) {
            case Node.Input input ->
                throw new IllegalArgumentException("network: expected one input, found another, " + input.name());
            case Node.Diagonal d ->
                new DiagonalStage(width, Arrays.copyOf(network.values(d, "weight"), width), afterSpikes);
            case Node.Dense d -> {
                float[] weight = Padding.columns(network.values(d, "weight"), d.inputs(), d.outputs(), width);
                float[] bias = d.biased() ? Arrays.copyOf(network.values(d, "bias"), width) : null;
                yield afterSpikes
                        ? new EventDenseStage(width, weight, bias)
                        : new ValueDenseStage(d.inputs(), width, weight, bias);
            }
            case Node.Lif lif ->
                new LifStage(
                        Neurons.parameters(network, lif).padded(width), recurrent(network, lif, width), afterSpikes);
            case Node.AdaptiveLif lif ->
                new AdaptiveLifStage(
                        Neurons.parameters(network, lif).padded(width), recurrent(network, lif, width), afterSpikes);
            case Node.Leaky leaky ->
                new LeakyStage(
                        Neurons.parameters(network, leaky).padded(width),
                        recurrent(network, leaky, width),
                        afterSpikes);
            case Node.Synaptic synaptic ->
                new LeakyStage(
                        Neurons.parameters(network, synaptic).padded(width),
                        recurrent(network, synaptic, width),
                        afterSpikes);
            case Node.Sum sum -> throw new IllegalArgumentException("network: sums do not run yet");
            case Node.CurrentLif lif -> throw new IllegalArgumentException("network: current-lif does not run yet");
            case Node.Readout readout ->
                new ReadoutStage(width, Arrays.copyOf(network.values(readout, "decay"), width), afterSpikes);
        };
    }

    private static @Nullable RecurrentSynapses recurrent(Network network, Node node, int width) {
        RecurrentSynapses synapses = Neurons.recurrent(network, node);
        return synapses == null ? null : synapses.padded(node.outputs(), width);
    }

    private static float[] real(NodeState before, boolean spikes) {
        if (spikes) {
            before.scatterSpikes(before.values);
        }
        return before.values;
    }

    /** The current of a layer of neurons, with what its own spikes of the last step bring. */
    private static float[] current(
            StepKernels kernels,
            @Nullable RecurrentSynapses recurrent,
            NodeState before,
            boolean spikes,
            NodeState state) {
        float[] current = real(before, spikes);
        if (recurrent == null) {
            return current;
        }
        kernels.recurrent(recurrent, state.total.length, state.fired, state.firedCount, current, state.total);
        return state.total;
    }

    @SuppressWarnings("ArrayRecordComponent") // parameters in use, never compared
    record DiagonalStage(int width, float[] weight, boolean afterSpikes) implements Stage {
        @Override
        public void step(StepKernels kernels, ChainState[] streams, int count, int at) {
            for (int k = 0; k < count; k++) {
                NodeState before = streams[k].nodes[at - 1];
                NodeState state = streams[k].nodes[at];
                kernels.diagonal(width, real(before, afterSpikes), weight, state.values);
            }
        }
    }

    @SuppressWarnings("ArrayRecordComponent") // parameters in use, never compared
    record EventDenseStage(int outputs, float[] weight, float @Nullable [] bias) implements Stage {
        @Override
        public void step(StepKernels kernels, ChainState[] streams, int count, int at) {
            for (int k = 0; k < count; k++) {
                NodeState before = streams[k].nodes[at - 1];
                NodeState state = streams[k].nodes[at];
                kernels.denseEvents(outputs, before.fired, before.firedCount, weight, bias, state.values);
            }
        }
    }

    @SuppressWarnings("ArrayRecordComponent") // parameters in use, never compared
    record ValueDenseStage(int inputs, int outputs, float[] weight, float @Nullable [] bias) implements Stage {
        @Override
        public void step(StepKernels kernels, ChainState[] streams, int count, int at) {
            for (int k = 0; k < count; k++) {
                NodeState before = streams[k].nodes[at - 1];
                NodeState state = streams[k].nodes[at];
                kernels.denseValues(inputs, outputs, before.values, weight, bias, state.values);
            }
        }
    }

    record LifStage(LifParameters parameters, @Nullable RecurrentSynapses recurrent, boolean afterSpikes)
            implements Stage {
        @Override
        public void step(StepKernels kernels, ChainState[] streams, int count, int at) {
            // Read here, for the compiler reads fields again for each stream.
            LifParameters neurons = parameters;
            RecurrentSynapses synapses = recurrent;
            boolean spikes = afterSpikes;
            for (int k = 0; k < count; k++) {
                NodeState before = streams[k].nodes[at - 1];
                NodeState state = streams[k].nodes[at];
                float[] current = current(kernels, synapses, before, spikes, state);
                state.firedCount = kernels.lif(neurons, current, state.membrane, state.fired);
            }
        }

        @Override
        public void resetOutput(NodeState state, boolean last) {
            if (last) {
                Arrays.fill(state.membrane, 0f);
            }
        }
    }

    record AdaptiveLifStage(
            AdaptiveLifParameters parameters, @Nullable RecurrentSynapses recurrent, boolean afterSpikes)
            implements Stage {
        @Override
        public void step(StepKernels kernels, ChainState[] streams, int count, int at) {
            for (int k = 0; k < count; k++) {
                NodeState before = streams[k].nodes[at - 1];
                NodeState state = streams[k].nodes[at];
                float[] current = current(kernels, recurrent, before, afterSpikes, state);
                state.firedCount =
                        kernels.adaptiveLif(parameters, current, state.membrane, state.slow, state.values, state.fired);
            }
        }

        @Override
        public void resetOutput(NodeState state, boolean last) {
            if (last) {
                Arrays.fill(state.membrane, 0f);
            }
        }
    }

    record LeakyStage(LeakyParameters parameters, @Nullable RecurrentSynapses recurrent, boolean afterSpikes)
            implements Stage {
        @Override
        public void step(StepKernels kernels, ChainState[] streams, int count, int at) {
            for (int k = 0; k < count; k++) {
                NodeState before = streams[k].nodes[at - 1];
                NodeState state = streams[k].nodes[at];
                float[] current = current(kernels, recurrent, before, afterSpikes, state);
                state.firedCount =
                        kernels.leaky(parameters, recurrent != null, current, state.membrane, state.slow, state.fired);
            }
        }

        @Override
        public void resetOutput(NodeState state, boolean last) {
            if (last) {
                Arrays.fill(state.membrane, 0f);
                Arrays.fill(state.slow, 0f);
            }
        }
    }

    @SuppressWarnings("ArrayRecordComponent") // parameters in use, never compared
    record ReadoutStage(int width, float[] decay, boolean afterSpikes) implements Stage {
        @Override
        public void step(StepKernels kernels, ChainState[] streams, int count, int at) {
            for (int k = 0; k < count; k++) {
                NodeState before = streams[k].nodes[at - 1];
                NodeState state = streams[k].nodes[at];
                kernels.leakyIntegrator(width, decay, real(before, afterSpikes), state.values);
            }
        }

        @Override
        public void resetOutput(NodeState state, boolean last) {
            Arrays.fill(state.values, 0f);
        }
    }
}

package io.keyspike.models;

import io.keyspike.kernels.Reset;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A named node of a {@link NetworkGraph}. Its numbers are tensors named {@code <node>.<parameter>}; which ones, and of what
 * shape, {@link #parameters} tells.
 */
public sealed interface Node {

    String name();

    /** Values per step that it takes. */
    int inputs();

    /** Values per step that it gives. */
    int outputs();

    /** Parameter name (without the node's) to shape. */
    Map<String, List<Integer>> parameters();

    /** Where feature steps enter. */
    record Input(String name, int width) implements Node {
        @Override
        public int inputs() {
            return width;
        }

        @Override
        public int outputs() {
            return width;
        }

        @Override
        public Map<String, List<Integer>> parameters() {
            return Map.of();
        }
    }

    /** Front-end synapse: input n feeds neuron n only. {@code weight [N]}. */
    record Diagonal(String name, int width) implements Node {
        @Override
        public int inputs() {
            return width;
        }

        @Override
        public int outputs() {
            return width;
        }

        @Override
        public Map<String, List<Integer>> parameters() {
            return Map.of("weight", List.of(width));
        }
    }

    /** All-to-all synapse: {@code weight [inputs, outputs]}, {@code bias [outputs]} where {@code biased}. */
    record Dense(String name, int inputs, int outputs, boolean biased) implements Node {
        @Override
        public Map<String, List<Integer>> parameters() {
            var p = new TreeMap<String, List<Integer>>();
            p.put("weight", List.of(inputs, outputs));
            if (biased) {
                p.put("bias", List.of(outputs));
            }
            return p;
        }
    }

    /**
     * LIF neurons: {@code decay [N]}, {@code threshold [N]}. Hardware neurons are these with a membrane floor of 0.
     *
     * @param membraneFloor lower clamp after the reset, or null for none
     */
    record Lif(
            String name, int width, Reset reset, @Nullable Float membraneFloor) implements Node {
        @Override
        public int inputs() {
            return width;
        }

        @Override
        public int outputs() {
            return width;
        }

        @Override
        public Map<String, List<Integer>> parameters() {
            return Map.of("decay", List.of(width), "threshold", List.of(width));
        }
    }

    /**
     * Adaptive LIF neurons: {@code membrane_decay}, {@code adaptation_decay}, {@code membrane_coupling},
     * {@code spike_coupling}, {@code threshold}, each {@code [N]}.
     */
    record AdaptiveLif(String name, int width) implements Node {
        @Override
        public int inputs() {
            return width;
        }

        @Override
        public int outputs() {
            return width;
        }

        @Override
        public Map<String, List<Integer>> parameters() {
            return Map.of(
                    "membrane_decay", List.of(width),
                    "adaptation_decay", List.of(width),
                    "membrane_coupling", List.of(width),
                    "spike_coupling", List.of(width),
                    "threshold", List.of(width));
        }
    }

    /** Leaky integrator without spikes, one per label: {@code decay [N]}. */
    record Readout(String name, int width) implements Node {
        @Override
        public int inputs() {
            return width;
        }

        @Override
        public int outputs() {
            return width;
        }

        @Override
        public Map<String, List<Integer>> parameters() {
            return Map.of("decay", List.of(width));
        }
    }
}

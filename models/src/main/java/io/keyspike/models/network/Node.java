package io.keyspike.models.network;

import io.keyspike.kernels.CurrentLifRule;
import io.keyspike.kernels.RecurrentWiring;
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

    /** {@return the node's name, unique in its graph} */
    String name();

    /** {@return values per step that it takes} */
    int inputs();

    /** {@return values per step that it gives} */
    int outputs();

    /** {@return its tensors: parameter name (without the node's) to shape} */
    Map<String, List<Integer>> parameters();

    /** {@return the kind's name in model files, such as {@code adaptive-lif}} */
    String kind();

    /** {@return the most spikes of one of its neurons in one time step; 0 for a node that gives real values} */
    default int maximumSpikes() {
        return 0;
    }

    /** {@return whether the node gives spikes: a 0, a 1 or, up to {@link #maximumSpikes}, a count} */
    default boolean spikes() {
        return maximumSpikes() > 0;
    }

    /** {@return how many synapses each of its inputs feeds} */
    default int synapsesPerInput() {
        return 1;
    }

    /** {@return the lower clamp of the membranes after the reset, in the unit of the threshold, or null for none} */
    default @Nullable Float membraneFloor() {
        return null;
    }

    /** {@return which of its own spikes of the last step reach it in this one; weights are in {@code recurrent_weight}} */
    default RecurrentWiring recurrence() {
        return RecurrentWiring.NONE;
    }

    /** {@return how many rows of {@code [N]} it keeps from step to step besides its membranes, such as synaptic currents} */
    default int slowRows() {
        return 0;
    }

    /**
     * How many rows of {@code [N]} numbers its input of one step is prepared in, such as the sum with what recurrent spikes
     * bring.
     *
     * @return 0 where the input is used as it comes
     */
    default int scratchRows() {
        return recurrence() == RecurrentWiring.NONE ? 0 : 1;
    }

    /** {@return whether it is neurons that fire, rather than something that passes on others' spikes} */
    default boolean fires() {
        return spikes() && remembersMembranes();
    }

    /** {@return whether it has membranes that it keeps from step to step} */
    default boolean remembersMembranes() {
        return spikes();
    }

    /** {@return whether it remembers the values that it gives, as an integrator without spikes does} */
    default boolean remembersValues() {
        return false;
    }

    /** A node that gives as many values per step as it takes. */
    sealed interface SameWidth extends Node {

        /** {@return values per step that it takes and gives} */
        int width();

        @Override
        default int inputs() {
            return width();
        }

        @Override
        default int outputs() {
            return width();
        }
    }

    /**
     * Where feature steps enter: {@code [T, B, width]}.
     *
     * @param name unique in its graph: 1 to 64 letters, digits, {@code _} and {@code -}
     * @param width feature channels, the values per step
     */
    record Input(String name, int width) implements SameWidth {
        @Override
        public String kind() {
            return "input";
        }

        @Override
        public Map<String, List<Integer>> parameters() {
            return Map.of();
        }
    }

    /**
     * Front-end synapse: input n feeds neuron n only. {@code weight [N]}.
     *
     * @param name unique in its graph: 1 to 64 letters, digits, {@code _} and {@code -}
     * @param width N, the number of inputs, which is that of outputs
     */
    record Diagonal(String name, int width) implements SameWidth {
        @Override
        public String kind() {
            return "diagonal";
        }

        @Override
        public Map<String, List<Integer>> parameters() {
            return Map.of("weight", List.of(width));
        }
    }

    /**
     * All-to-all synapse: {@code weight [inputs, outputs]}, {@code bias [outputs]} where {@code biased}.
     *
     * @param name unique in its graph: 1 to 64 letters, digits, {@code _} and {@code -}
     * @param inputs values per step that it takes
     * @param outputs values per step that it gives
     * @param biased whether a bias is added to each output in every step
     */
    record Dense(String name, int inputs, int outputs, boolean biased) implements Node {
        @Override
        public String kind() {
            return "dense";
        }

        @Override
        public int synapsesPerInput() {
            return outputs;
        }

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
     * @param name unique in its graph: 1 to 64 letters, digits, {@code _} and {@code -}
     * @param width N, the number of neurons
     * @param reset what a spike does to the membrane
     * @param membraneFloor lower clamp after the reset, or null for none
     * @param recurrence which of the layer's own spikes of the last step reach which neurons
     */
    record Lif(
            String name, int width, Reset reset, @Nullable Float membraneFloor, RecurrentWiring recurrence)
            implements SameWidth {

        /**
         * Without recurrent synapses.
         *
         * @param name unique in its graph: 1 to 64 letters, digits, {@code _} and {@code -}
         * @param width N, the number of neurons
         * @param reset what a spike does to the membrane
         * @param membraneFloor lower clamp after the reset, or null for none
         */
        public Lif(String name, int width, Reset reset, @Nullable Float membraneFloor) {
            this(name, width, reset, membraneFloor, RecurrentWiring.NONE);
        }

        @Override
        public String kind() {
            return "lif";
        }

        @Override
        public int maximumSpikes() {
            return 1;
        }

        @Override
        public Map<String, List<Integer>> parameters() {
            return neuronParameters(width, recurrence, "decay", "threshold");
        }
    }

    /**
     * Adaptive LIF neurons: {@code membrane_decay}, {@code adaptation_decay}, {@code membrane_coupling},
     * {@code spike_coupling}, {@code threshold}, each {@code [N]}.
     *
     * @param name unique in its graph: 1 to 64 letters, digits, {@code _} and {@code -}
     * @param width N, the number of neurons
     * @param recurrence which of the layer's own spikes of the last step reach which neurons
     * @param symplectic whether the neurons are SE-adLIF
     */
    record AdaptiveLif(String name, int width, RecurrentWiring recurrence, boolean symplectic) implements SameWidth {

        /**
         * Not SE-adLIF.
         *
         * @param name unique in its graph: 1 to 64 letters, digits, {@code _} and {@code -}
         * @param width N, the number of neurons
         * @param recurrence which of the layer's own spikes of the last step reach which neurons
         */
        public AdaptiveLif(String name, int width, RecurrentWiring recurrence) {
            this(name, width, recurrence, false);
        }

        /**
         * Neither recurrent nor SE-adLIF.
         *
         * @param name unique in its graph: 1 to 64 letters, digits, {@code _} and {@code -}
         * @param width N, the number of neurons
         */
        public AdaptiveLif(String name, int width) {
            this(name, width, RecurrentWiring.NONE);
        }

        @Override
        public String kind() {
            return "adaptive-lif";
        }

        @Override
        public int slowRows() {
            return 1;
        }

        @Override
        public int maximumSpikes() {
            return 1;
        }

        @Override
        public Map<String, List<Integer>> parameters() {
            return neuronParameters(
                    width,
                    recurrence,
                    "membrane_decay",
                    "adaptation_decay",
                    "membrane_coupling",
                    "spike_coupling",
                    "threshold");
        }
    }

    /**
     * snnTorch's Leaky, or RLeaky where recurrent: {@code decay [N]} (its beta), {@code threshold [N]}.
     *
     * @param name unique in its graph: 1 to 64 letters, digits, {@code _} and {@code -}
     * @param width N, the number of neurons
     * @param reset what a spike does to the membrane
     * @param resetDelayed whether a spike resets the membrane in the step after it or in its own
     * @param recurrence which of the layer's own spikes of the last step reach which neurons
     */
    record Leaky(String name, int width, Reset reset, boolean resetDelayed, RecurrentWiring recurrence)
            implements SameWidth {
        @Override
        public String kind() {
            return "leaky";
        }

        @Override
        public int maximumSpikes() {
            return 1;
        }

        @Override
        public Map<String, List<Integer>> parameters() {
            return neuronParameters(width, recurrence, "decay", "threshold");
        }
    }

    /**
     * snnTorch's Synaptic, or RSynaptic where recurrent: {@code synapse_decay [N]} (its alpha), {@code decay [N]} (its beta),
     * {@code threshold [N]}.
     *
     * @param name unique in its graph: 1 to 64 letters, digits, {@code _} and {@code -}
     * @param width N, the number of neurons
     * @param reset what a spike does to the membrane
     * @param resetDelayed whether a spike resets the membrane in the step after it or in its own
     * @param recurrence which of the layer's own spikes of the last step reach which neurons
     */
    record Synaptic(String name, int width, Reset reset, boolean resetDelayed, RecurrentWiring recurrence)
            implements SameWidth {
        @Override
        public String kind() {
            return "synaptic";
        }

        @Override
        public int slowRows() {
            return 1;
        }

        @Override
        public int maximumSpikes() {
            return 1;
        }

        @Override
        public Map<String, List<Integer>> parameters() {
            return neuronParameters(width, recurrence, "synapse_decay", "decay", "threshold");
        }
    }

    /**
     * LIF neurons that are driven by synaptic currents of their own and may spike several times in one step, as those of
     * Sinabs and Rockpool: {@code decay [N]}, {@code threshold [N]} and, where there are currents,
     * {@code synapse_decay [S, N]}. The inputs are {@code [S, N]}, one row for each current; without currents they are the
     * {@code [N]} input currents themselves. Sinabs's IAF has a decay of 1 and no currents.
     *
     * @param name unique in its graph: 1 to 64 letters, digits, {@code _} and {@code -}
     * @param width N, the number of neurons
     * @param synapses S, the number of synaptic currents of each neuron, may be 0
     * @param maximumSpikes most spikes of one neuron in one step
     * @param reset what a spike does to the membrane
     * @param membraneFloor lower clamp after the reset, or null for none
     * @param rule normalised input, and the level of a reset to zero
     */
    record CurrentLif(
            String name,
            int width,
            int synapses,
            int maximumSpikes,
            Reset reset,
            @Nullable Float membraneFloor,
            CurrentLifRule rule)
            implements Node {

        /**
         * By the plain equations.
         *
         * @param name unique in its graph: 1 to 64 letters, digits, {@code _} and {@code -}
         * @param width N, the number of neurons
         * @param synapses S, the number of synaptic currents of each neuron, may be 0
         * @param maximumSpikes most spikes of one neuron in one step
         * @param reset what a spike does to the membrane
         * @param membraneFloor lower clamp after the reset, or null for none
         */
        public CurrentLif(
                String name, int width, int synapses, int maximumSpikes, Reset reset, @Nullable Float membraneFloor) {
            this(name, width, synapses, maximumSpikes, reset, membraneFloor, CurrentLifRule.PLAIN);
        }

        @Override
        public String kind() {
            return "current-lif";
        }

        @Override
        public int slowRows() {
            return synapses;
        }

        @Override
        public int scratchRows() {
            return synapses;
        }

        @Override
        public int inputs() {
            return Math.max(1, synapses) * width;
        }

        @Override
        public int outputs() {
            return width;
        }

        @Override
        public Map<String, List<Integer>> parameters() {
            var p = new TreeMap<>(neuronParameters(width, RecurrentWiring.NONE, "decay", "threshold"));
            if (synapses > 0) {
                p.put("synapse_decay", List.of(synapses, width));
            }
            return p;
        }
    }

    /**
     * Leaky integrators that give their membranes, Sinabs's ExpLeak: {@link CurrentLif} without spikes. {@code decay [N]} and,
     * where there are synaptic currents, {@code synapse_decay [S, N]}. What a step gives is the membrane before the floor; the
     * next one starts from it after the floor.
     *
     * @param name unique in its graph: 1 to 64 letters, digits, {@code _} and {@code -}
     * @param width N, the number of integrators
     * @param synapses S, the number of synaptic currents of each, may be 0
     * @param normalised whether the current is multiplied by 1 − decay
     * @param membraneFloor lower clamp, or null for none
     */
    record ExpLeak(
            String name,
            int width,
            int synapses,
            boolean normalised,
            @Nullable Float membraneFloor) implements Node {
        @Override
        public String kind() {
            return "exp-leak";
        }

        @Override
        public int slowRows() {
            return synapses;
        }

        @Override
        public int scratchRows() {
            return synapses;
        }

        @Override
        public boolean remembersMembranes() {
            return true;
        }

        @Override
        public int inputs() {
            return Math.max(1, synapses) * width;
        }

        @Override
        public int outputs() {
            return width;
        }

        @Override
        public Map<String, List<Integer>> parameters() {
            var p = new TreeMap<>(neuronParameters(width, RecurrentWiring.NONE, "decay"));
            if (synapses > 0) {
                p.put("synapse_decay", List.of(synapses, width));
            }
            return p;
        }
    }

    /**
     * Axonal delays: the spikes of neuron n arrive {@code delay[n]} steps later. {@code delay [N]}, whole numbers.
     *
     * @param name unique in its graph: 1 to 64 letters, digits, {@code _} and {@code -}
     * @param width N, the number of neurons
     * @param maximumSpikes most spikes of one neuron in one step, at least that of the node it follows
     * @param maximumDelay the longest delay that is allowed, in steps
     */
    record AxonDelay(String name, int width, int maximumSpikes, int maximumDelay) implements SameWidth {
        @Override
        public String kind() {
            return "axon-delay";
        }

        /** The spikes of as many steps as the longest delay: row k is what came k + 1 steps ago. */
        @Override
        public int slowRows() {
            return maximumDelay;
        }

        @Override
        public boolean remembersMembranes() {
            return false;
        }

        @Override
        public Map<String, List<Integer>> parameters() {
            return Map.of("delay", List.of(width));
        }
    }

    /**
     * Sum of everything that leads into it, added in the order of the graph's edges. The only node with several sources.
     *
     * @param name unique in its graph: 1 to 64 letters, digits, {@code _} and {@code -}
     * @param width values per step of each node that leads into it, and of the sum
     */
    record Sum(String name, int width) implements SameWidth {
        @Override
        public String kind() {
            return "sum";
        }

        @Override
        public Map<String, List<Integer>> parameters() {
            return Map.of();
        }
    }

    /**
     * Leaky integrator without spikes, one per label: {@code decay [N]}.
     *
     * @param name unique in its graph: 1 to 64 letters, digits, {@code _} and {@code -}
     * @param width N, the number of labels
     */
    record Readout(String name, int width) implements SameWidth {
        @Override
        public String kind() {
            return "readout";
        }

        @Override
        public boolean remembersValues() {
            return true;
        }

        @Override
        public Map<String, List<Integer>> parameters() {
            return Map.of("decay", List.of(width));
        }
    }

    /** One value per neuron of each name, and the weights of recurrent synapses. */
    private static Map<String, List<Integer>> neuronParameters(
            int width, RecurrentWiring recurrence, String... perNeuron) {
        var p = new TreeMap<String, List<Integer>>();
        for (String name : perNeuron) {
            p.put(name, List.of(width));
        }
        switch (recurrence) {
            case ALL_TO_ALL -> p.put("recurrent_weight", List.of(width, width));
            case ONE_TO_ONE -> p.put("recurrent_weight", List.of(width));
            case NONE -> {
                // feed-forward
            }
        }
        return p;
    }
}

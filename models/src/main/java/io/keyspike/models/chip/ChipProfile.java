package io.keyspike.models.chip;

import io.keyspike.kernels.Reset;
import io.keyspike.models.description.ChipPower;
import io.keyspike.models.description.ChipPower.Calibration;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A neuromorphic chip as far as a network is concerned. A behavioural model: what the vendor does not publish is
 * {@link #assumed} and can be edited where better figures are known.
 *
 * @param name what the chip is called in commands and files: up to 64 of a-z, 0-9, '.', '_' and '-'
 * @param description the chip in words, for people
 * @param frontEnd analog filters, each wired to one neuron; null for a chip that takes {@code inputs} channels as they are
 * @param inputs most channels
 * @param cores neurons in each core, beside those of the front end
 * @param spanCores whether a layer may be spread over cores
 * @param neuron constants that all neurons share, and their leak
 * @param synapse what a weight can be
 * @param mismatch how far one chip's devices are from another's
 * @param power what it draws
 * @param calibration the published measurement that {@code power} was fitted to; null where the constants are given
 * @param assumed keys of the profile that are not published, such as {@code synapse.bits}
 */
public record ChipProfile(
        String name,
        String description,
        @Nullable FrontEnd frontEnd,
        int inputs,
        List<Integer> cores,
        boolean spanCores,
        NeuronRules neuron,
        SynapseRules synapse,
        Mismatch mismatch,
        ChipPower power,
        @Nullable Calibration calibration,
        Set<String> assumed) {

    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9._-]{0,63}");

    /** Most neurons of a core: what a network description can name. */
    private static final int MAXIMUM_CORE = 65_536;

    /**
     * Filters hard-wired to neurons of their own.
     *
     * @param filters how many, and so how many neurons beside the cores
     */
    public record FrontEnd(int filters) {
        /**
         * Checks the number of filters.
         *
         * @throws IllegalArgumentException if there is none
         */
        public FrontEnd {
            require(filters >= 1, "front_end.filters", "at least 1", filters);
        }
    }

    /**
     * What all neurons of the chip have in common.
     *
     * @param threshold of every neuron
     * @param reset of every neuron
     * @param membraneFloor lower clamp; null for none
     * @param leak which decays there are
     */
    public record NeuronRules(
            float threshold, Reset reset, @Nullable Float membraneFloor, LeakRule leak) {
        /**
         * Checks threshold and floor.
         *
         * @throws IllegalArgumentException if the threshold is not above 0 and finite, or a floor is above 0 or not finite
         */
        public NeuronRules {
            require(threshold > 0 && Float.isFinite(threshold), "neuron.threshold", "more than 0", threshold);
            require(
                    membraneFloor == null || (Float.isFinite(membraneFloor) && membraneFloor <= 0),
                    "neuron.membrane_floor",
                    "a finite number of at most 0",
                    String.valueOf(membraneFloor));
        }
    }

    /**
     * What weights and biases the chip can store.
     *
     * @param weightLimit largest magnitude of a weight
     * @param signGroup how many consecutive input synapses of a neuron share their sign; 1 for none that do
     * @param bits of a stored weight, its sign among them
     * @param bias whether neurons have one
     */
    public record SynapseRules(float weightLimit, int signGroup, int bits, boolean bias) {
        /**
         * Checks limit, group and bits.
         *
         * @throws IllegalArgumentException if the limit is not above 0 and finite, the group is below 1, or a
         *     {@link WeightGrid} cannot have so few or so many bits
         */
        public SynapseRules {
            require(weightLimit > 0 && Float.isFinite(weightLimit), "synapse.weight_limit", "more than 0", weightLimit);
            require(signGroup >= 1, "synapse.sign_group", "at least 1", signGroup);
            require(
                    bits >= WeightGrid.LEAST_BITS && bits <= WeightGrid.MOST_BITS,
                    "synapse.bits",
                    WeightGrid.LEAST_BITS + " to " + WeightGrid.MOST_BITS,
                    bits);
        }
    }

    /**
     * How one chip differs from another: standard deviations, relative to the nominal value.
     *
     * @param weight of each synapse
     * @param threshold of each neuron
     * @param leak of each neuron's time constant
     */
    public record Mismatch(double weight, double threshold, double leak) {
        /**
         * Checks the deviations.
         *
         * @throws IllegalArgumentException if one is below 0, or 1 or more
         */
        public Mismatch {
            sigma("mismatch.weight", weight);
            sigma("mismatch.threshold", threshold);
            sigma("mismatch.leak", leak);
        }

        /**
         * All three times a factor.
         *
         * @param factor at least 0
         * @return the scaled deviations
         * @throws IllegalArgumentException if a product is below 0, or 1 or more
         */
        public Mismatch times(double factor) {
            return new Mismatch(weight * factor, threshold * factor, leak * factor);
        }

        private static void sigma(String key, double value) {
            require(value >= 0 && value < 1, key, "from 0 to below 1", value);
        }
    }

    /**
     * Copies the collections, sorts the assumed keys and checks name, inputs and cores.
     *
     * @throws IllegalArgumentException naming the key, what was expected and what was found
     */
    public ChipProfile {
        cores = List.copyOf(cores);
        assumed = Collections.unmodifiableSortedSet(new TreeSet<>(assumed));
        require(
                NAME.matcher(name).matches(),
                "name",
                "up to 64 characters from a-z, 0-9, '.', '_', '-'",
                "'" + name + "'");
        require(inputs >= 1, "inputs", "at least 1", inputs);
        require(
                frontEnd == null || frontEnd.filters() == inputs,
                "inputs",
                frontEnd == null ? "" : frontEnd.filters() + ", one per filter",
                inputs);
        require(!cores.isEmpty(), "cores", "at least one", "none");
        for (int neurons : cores) {
            require(neurons >= 1 && neurons <= MAXIMUM_CORE, "cores", "1 to " + MAXIMUM_CORE + " neurons", neurons);
        }
    }

    /** {@return neurons in all cores, those of the front end not among them} */
    public int neurons() {
        return cores.stream().mapToInt(Integer::intValue).sum();
    }

    /** {@return the values that a weight can have} */
    public WeightGrid grid() {
        return new WeightGrid(synapse.bits(), synapse.weightLimit());
    }

    static void require(boolean holds, String key, String expected, Object found) {
        if (!holds) {
            throw new IllegalArgumentException(
                    "chip profile: expected " + key + " to be " + expected + ", found " + found);
        }
    }
}

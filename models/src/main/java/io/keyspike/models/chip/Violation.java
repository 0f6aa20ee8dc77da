package io.keyspike.models.chip;

import org.jspecify.annotations.Nullable;

/**
 * Where a network does not keep to a chip's constraint.
 *
 * @param constraint which one
 * @param layer node of the network, or of the features
 * @param index of what is wrong within the layer, such as {@code 3, 17} for input 3 of neuron 17; null for the layer itself
 * @param value what was found
 * @param limit what the chip can hold
 */
public record Violation(
        Constraint constraint, String layer, @Nullable String index, String value, String limit) {

    /** What a chip asks for, in the order in which it is checked. */
    public enum Constraint {
        /** The chip has a filterbank of its own, and the model is fed by other features. */
        FEATURES("features"),
        /** Synapses and neurons take turns, and the first synapse of a chip with a front end is diagonal. */
        STRUCTURE("structure"),
        /** The chip has only so many input channels. */
        INPUTS("inputs"),
        /** Weights from filters to their neurons are above 0. */
        FRONT_END_SIGN("front-end sign"),
        /** Weights are within the chip's limit in magnitude. */
        WEIGHT_RANGE("weight range"),
        /** Weights are on the grid that the bits of a stored weight allow. */
        WEIGHT_BITS("weight bits"),
        /** Weights of a group of consecutive inputs of a neuron share their sign; see {@link SignGroups}. */
        SIGN_GROUP("sign group"),
        /** Biases are 0 where the chip has none. */
        BIAS("bias"),
        /** Every neuron's threshold is the chip's own. */
        THRESHOLD("threshold"),
        /** What a spike does to the membrane is the chip's own. */
        RESET("reset"),
        /** The membranes' lower clamp is the chip's own, or absent as on the chip. */
        MEMBRANE_FLOOR("membrane floor"),
        /** Decays per step are among those that the {@link LeakRule} permits. */
        TIME_CONSTANT("time constant"),
        /** The cores have room for all neurons, and for a layer in one core where layers cannot be spread. */
        NEURONS("neurons"),
        /** A recurrent layer sits inside one core. */
        RECURRENCE("recurrence");

        private final String words;

        Constraint(String words) {
            this.words = words;
        }

        @Override
        public String toString() {
            return words;
        }
    }

    /** {@return constraint, layer, index, what was expected and what was found, in one line without a full stop} */
    public String sentence() {
        return constraint + " of " + layer + (index == null ? "" : "[" + index + "]") + ": expected " + limit
                + ", found " + value;
    }
}

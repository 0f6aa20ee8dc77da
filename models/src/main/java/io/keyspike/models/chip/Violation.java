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
        FEATURES("features"),
        STRUCTURE("structure"),
        INPUTS("inputs"),
        FRONT_END_SIGN("front-end sign"),
        WEIGHT_RANGE("weight range"),
        WEIGHT_BITS("weight bits"),
        SIGN_GROUP("sign group"),
        BIAS("bias"),
        THRESHOLD("threshold"),
        RESET("reset"),
        MEMBRANE_FLOOR("membrane floor"),
        TIME_CONSTANT("time constant"),
        NEURONS("neurons"),
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

    /** One sentence. */
    public String sentence() {
        return constraint + " of " + layer + (index == null ? "" : "[" + index + "]") + ": expected " + limit
                + ", found " + value;
    }
}

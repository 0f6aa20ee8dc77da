package io.keyspike.trainer.layers;

/**
 * Numbers that are learnt, with their gradient.
 *
 * @param layer name of the layer they belong to
 * @param gradient as long as the values; added to by backward passes
 * @param role what may be done to them
 */
@SuppressWarnings("ArrayRecordComponent") // shared on purpose between layer and optimiser, never compared
public record Parameter(String layer, String name, float[] values, float[] gradient, Role role) {

    /** What decay, penalty and clamp apply to. */
    public enum Role {
        /** Dense synaptic weights: decay, penalty and clamp. */
        MATRIX,
        /** Diagonal synaptic weights: penalty and clamp, no decay. */
        DIAGONAL,
        /** A number between 0 and 1, learnt as what it is the sigmoid of. */
        SIGMOID,
        /** Everything else. */
        OTHER
    }

    Parameter(String layer, String name, float[] values, Role role) {
        this(layer, name, values, new float[values.length], role);
    }

    public boolean synaptic() {
        return role == Role.MATRIX || role == Role.DIAGONAL;
    }

    /** Such as {@code hidden.weight}. */
    public String fullName() {
        return layer + "." + name;
    }
}

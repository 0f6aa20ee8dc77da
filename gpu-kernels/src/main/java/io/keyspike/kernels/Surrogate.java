package io.keyspike.kernels;

/**
 * Stand-in for the derivative of the spike with respect to {@code x = u − θ}, used by backward passes only.
 *
 * @param slope k of the fast sigmoid and the sigmoid, α of the arc tangent; unused by the straight-through estimator
 */
public record Surrogate(Kind kind, float slope) {

    /** Shapes. */
    public enum Kind {
        FAST_SIGMOID,
        ATAN,
        SIGMOID,
        STRAIGHT_THROUGH
    }

    /** Fast sigmoid with slope 25 (Zenke and Ganguli 2018). */
    public static final Surrogate DEFAULT = new Surrogate(Kind.FAST_SIGMOID, 25f);

    public static Surrogate fastSigmoid(float slope) {
        return new Surrogate(Kind.FAST_SIGMOID, slope);
    }

    public Surrogate {
        if (!(slope > 0) || !Float.isFinite(slope)) {
            throw new IllegalArgumentException("surrogate: expected a slope above 0, found " + slope);
        }
    }
}

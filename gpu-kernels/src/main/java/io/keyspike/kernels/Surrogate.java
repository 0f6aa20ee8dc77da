package io.keyspike.kernels;

import io.keyspike.kernels.internal.arithmetic.SurrogateArithmetic;

/**
 * Stand-in for the derivative of the spike with respect to {@code x = u − θ}, used by backward passes only.
 *
 * @param kind shape of the curve
 * @param slope k of the fast sigmoid and the sigmoid, α of the arc tangent; unused by the straight-through estimator
 */
public record Surrogate(Kind kind, float slope) {

    /** Shapes. */
    public enum Kind {
        /** 1/(k·|x| + 1)². */
        FAST_SIGMOID(SurrogateArithmetic.FAST_SIGMOID, 25f),
        /** (α/2)/(1 + (π/2·α·x)²). */
        ATAN(SurrogateArithmetic.ATAN, 2f),
        /** k·e/(1 + e)² with e = exp(−k·|x|). */
        SIGMOID(SurrogateArithmetic.SIGMOID, 25f),
        /** 1. */
        STRAIGHT_THROUGH(SurrogateArithmetic.STRAIGHT_THROUGH, 1f);

        /** The number that stands for it in kernels, which know primitives only. */
        public final int code;

        private final float defaultSlope;

        Kind(int code, float defaultSlope) {
            this.code = code;
            this.defaultSlope = defaultSlope;
        }
    }

    /** Fast sigmoid with slope 25 (Zenke and Ganguli 2018). */
    public static final Surrogate DEFAULT = of(Kind.FAST_SIGMOID);

    /**
     * With the kind's default slope, which is snnTorch's: 25, of the arc tangent 2.
     *
     * @param kind shape of the curve
     * @return with the kind's default slope, which is snnTorch's
     */
    public static Surrogate of(Kind kind) {
        return new Surrogate(kind, kind.defaultSlope);
    }

    /**
     * A fast sigmoid.
     *
     * @param slope k
     * @return a fast sigmoid
     */
    public static Surrogate fastSigmoid(float slope) {
        return new Surrogate(Kind.FAST_SIGMOID, slope);
    }

    /**
     * Checks the slope.
     *
     * @throws IllegalArgumentException unless the slope is finite and above 0
     */
    public Surrogate {
        if (!(slope > 0) || !Float.isFinite(slope)) {
            throw new IllegalArgumentException("surrogate: expected a slope above 0, found " + slope);
        }
    }

    /**
     * The derivative at {@code x = u − θ}, as every backend computes it.
     *
     * @param x u − θ
     * @return the derivative at {@code x = u − θ}, as every backend computes it
     */
    public float derivative(float x) {
        return SurrogateArithmetic.derivative(kind.code, slope, x);
    }
}

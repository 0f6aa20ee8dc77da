package io.keyspike.kernels;

import io.keyspike.kernels.internal.arithmetic.SurrogateArithmetic;
import java.util.Locale;

/**
 * Stand-in for the derivative of the spike with respect to {@code x = u − θ}, used by backward passes only. Where neurons spike
 * several times in a step it stands for that of their number.
 *
 * @param kind shape of the curve
 * @param slope k of the fast sigmoid and the sigmoid, α of the arc tangent, one over the width of the other curves; unused by the
 *     straight-through estimator
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
        STRAIGHT_THROUGH(SurrogateArithmetic.STRAIGHT_THROUGH, 1f),
        /** k/θ·exp(−k·|x|/θ): Sinabs's SingleExponential of width 1/k. */
        SINGLE_EXPONENTIAL(SurrogateArithmetic.SINGLE_EXPONENTIAL, 2f),
        /**
         * exp(k·e) with e = x below the threshold, else |2·(u mod θ) − θ| − θ: Sinabs's PeriodicExponential of width 1/k.
         */
        PERIODIC_EXPONENTIAL(SurrogateArithmetic.PERIODIC_EXPONENTIAL, 2f),
        /** exp(−k·|u − n·θ|)/θ, n being u/θ to the nearest of 1 to M: Rockpool's PeriodicExponential of window 1/k. */
        NEAREST_EXPONENTIAL(SurrogateArithmetic.NEAREST_EXPONENTIAL, 2f),
        /** The normal density of deviation 1/k: Sinabs's Gaussian. */
        GAUSSIAN(SurrogateArithmetic.GAUSSIAN, 2f),
        /**
         * 1.15·N(x; 1/k) − 0.3·N(x; 6/k) of normal densities N (Yin et al. 2021): Sinabs's MultiGaussian with its own h = 0.15,
         * s = 6 and mean of 0.
         */
        MULTI_GAUSSIAN(SurrogateArithmetic.MULTI_GAUSSIAN, 2f),
        /** 1/θ where u ≥ θ − 1/k, else 0: Rockpool's StepPWL and Sinabs's Heaviside of window 1/k. */
        STEP(SurrogateArithmetic.STEP, 2f);

        /** The number that stands for it in kernels, which know primitives only. */
        public final int code;

        private final float defaultSlope;

        /** {@return whether devices have it: whether it follows from the distance to the threshold alone} */
        public boolean onDevices() {
            return code <= SurrogateArithmetic.STRAIGHT_THROUGH;
        }

        Kind(int code, float defaultSlope) {
            this.code = code;
            this.defaultSlope = defaultSlope;
        }
    }

    /**
     * The number that stands for the kind on a device.
     *
     * @return {@link Kind#code}
     * @throws IllegalArgumentException for a kind that devices do not have, since they know the distance to the threshold alone
     */
    public int deviceCode() {
        if (!kind.onDevices()) {
            throw new IllegalArgumentException(
                    "surrogate: expected fast_sigmoid, atan, sigmoid or straight_through on a device," + " found "
                            + kind.name().toLowerCase(Locale.ROOT));
        }
        return kind.code;
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
     * The derivative at {@code x = u − θ} with a threshold of 1 and one spike a step, as every backend computes it.
     *
     * @param x u − θ
     * @return the derivative at {@code x = u − θ}, as every backend computes it
     */
    public float derivative(float x) {
        return kind.onDevices() ? SurrogateArithmetic.derivative(kind.code, slope, x) : derivative(x + 1f, 1f, 1);
    }

    /**
     * The derivative of the number of spikes by the membrane, as every backend computes it.
     *
     * @param u membrane before the reset
     * @param threshold θ
     * @param maximum spikes of a neuron in one step
     * @return the derivative at u
     */
    public float derivative(float u, float threshold, int maximum) {
        return SurrogateArithmetic.derivative(kind.code, slope, u, threshold, maximum);
    }
}

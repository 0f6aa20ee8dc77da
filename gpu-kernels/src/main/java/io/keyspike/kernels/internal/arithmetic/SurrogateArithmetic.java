package io.keyspike.kernels.internal.arithmetic;

import static io.keyspike.kernels.internal.arithmetic.DeviceArithmetic.rounded;

import io.keyspike.kernels.Surrogate;

/**
 * Derivatives that stand in for the spike's, as scalars: the only place where they are written down. {@code x = u − θ}; the
 * kind is given by {@link Surrogate.Kind#code}.
 */
public final class SurrogateArithmetic {

    public static final int FAST_SIGMOID = 0;
    public static final int ATAN = 1;
    public static final int SIGMOID = 2;
    public static final int STRAIGHT_THROUGH = 3;

    public static final float HALF_PI = (float) (Math.PI / 2);

    // exp: argument reduction by ln 2 in two parts (Cody and Waite 1980), then the series of exp up to r⁶ on |r| <=
    // ln2/2.
    /** Below this the result would leave the normal numbers; the surrogate is 0 for every purpose there. */
    public static final float EXP_LOWEST = -87f;

    public static final float LOG2_E = (float) (1 / Math.log(2));
    /** Adding 1.5·2²³ rounds to an integer and leaves it in the low bits of the sum. */
    public static final float ROUNDER = 0x1.8p23f;
    /** ln 2 cut to 10 bits, so that its product with an exponent is exact. */
    public static final float LN2_HIGH = 0x1.62p-1f;

    public static final float LN2_LOW = (float) (Math.log(2) - 0x1.62p-1);
    public static final float C6 = 1f / 720;
    public static final float C5 = 1f / 120;
    public static final float C4 = 1f / 24;
    public static final float C3 = 1f / 6;
    public static final float C2 = 0.5f;

    private SurrogateArithmetic() {}

    public static float derivative(int kind, float slope, float x) {
        if (kind == FAST_SIGMOID) {
            return fastSigmoid(slope, x);
        }
        if (kind == ATAN) {
            return atan(slope, x);
        }
        if (kind == SIGMOID) {
            return sigmoid(slope, exp(-(slope * Math.abs(x))));
        }
        return 1f;
    }

    static float fastSigmoid(float slope, float x) {
        float d = rounded(slope * Math.abs(x)) + 1f;
        return 1f / (d * d);
    }

    static float atan(float slope, float x) {
        float z = (HALF_PI * slope) * x;
        return (slope * 0.5f) / (rounded(z * z) + 1f);
    }

    /** @param e exp(−slope·|x|) */
    static float sigmoid(float slope, float e) {
        float d = e + 1f;
        return (slope * e) / (d * d);
    }

    /**
     * exp of a number that is not positive, to about 1e-7 relative, by operations that a vector has too, so that both give
     * the same bits.
     */
    public static float exp(float y) {
        float t = y < EXP_LOWEST ? EXP_LOWEST : y;
        float shifted = Math.fma(t, LOG2_E, ROUNDER);
        float k = shifted - ROUNDER;
        float r = Math.fma(k, -LN2_LOW, Math.fma(k, -LN2_HIGH, t));
        float poly = Math.fma(C6, r, C5);
        poly = Math.fma(poly, r, C4);
        poly = Math.fma(poly, r, C3);
        poly = Math.fma(poly, r, C2);
        poly = Math.fma(poly, r, 1f);
        poly = Math.fma(poly, r, 1f);
        // times 2^k, by adding k to the exponent
        return Float.intBitsToFloat(Float.floatToRawIntBits(poly) + (Float.floatToRawIntBits(shifted) << 23));
    }
}

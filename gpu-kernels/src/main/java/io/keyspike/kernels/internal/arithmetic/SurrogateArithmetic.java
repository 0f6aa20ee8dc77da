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

    // Those that know the threshold, and so where further spikes begin; not on devices.
    public static final int SINGLE_EXPONENTIAL = 4;
    public static final int PERIODIC_EXPONENTIAL = 5;
    public static final int NEAREST_EXPONENTIAL = 6;
    public static final int GAUSSIAN = 7;
    public static final int MULTI_GAUSSIAN = 8;
    public static final int STEP = 9;

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

    /**
     * The derivative of the number of spikes at a membrane, for every kind; that of the four that devices have depends on
     * {@code p − θ} alone.
     *
     * @param maximum spikes of a step
     */
    public static float derivative(int kind, float slope, float p, float theta, int maximum) {
        return switch (kind) {
            case SINGLE_EXPONENTIAL -> {
                float k = slope / theta;
                yield k * exp(-(k * Math.abs(p - theta)));
            }
            case PERIODIC_EXPONENTIAL -> exp(slope * periodic(p, theta));
            case NEAREST_EXPONENTIAL -> exp(-(slope * Math.abs(p - nearest(p, theta, maximum) * theta))) / theta;
            case GAUSSIAN -> normal(slope, p - theta);
            case MULTI_GAUSSIAN ->
                (1f + SIDE_HEIGHT) * normal(slope, p - theta)
                        - SIDE_HEIGHT
                                * (normal(slope / SIDE_WIDTH, p - theta - 1f / slope)
                                        + normal(slope / SIDE_WIDTH, p - theta + 1f / slope));
            case STEP -> p >= theta - 1f / slope ? 1f / theta : 0f;
            default -> derivative(kind, slope, p - theta);
        };
    }

    /** Height and width of the two side lobes of the multi-Gaussian, in those of the middle one. */
    private static final float SIDE_HEIGHT = 0.15f;

    private static final float SIDE_WIDTH = 6f;

    private static final float ROOT_TWO_PI = (float) Math.sqrt(2 * Math.PI);

    /** The normal density of deviation 1/slope. */
    private static float normal(float slope, float x) {
        float z = slope * x;
        return (slope / ROOT_TWO_PI) * exp(-(0.5f * (z * z)));
    }

    /** Distance to the next multiple of the threshold at which a spike more is given, turned and at most 0. */
    private static float periodic(float p, float theta) {
        if (p < theta) {
            return p - theta;
        }
        float within = p - theta * (float) Math.floor(p / theta);
        return Math.abs(2f * within - theta) - theta;
    }

    /** The number of spikes whose begin is nearest, 1 to the maximum. */
    private static float nearest(float p, float theta, int maximum) {
        return Math.clamp((float) Math.rint(p / theta), 1f, (float) maximum);
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
     * exp of a number that is not positive (or hardly), to about 1e-7 relative, by operations that a vector has too, so that both give
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

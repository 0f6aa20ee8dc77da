package io.keyspike.kernels.internal.arithmetic;

/**
 * Operations that a device's compiler writes in another way than Java does, with the same bits.
 *
 * <p>TornadoVM has no {@code Math.fma}, but makes one fused operation of every sum that has a product for a term. So in a JVM
 * that compiles kernels for a device ({@link #COMPILES_FOR_DEVICE}) the fused operation is written as product and sum, and a
 * product that must be rounded before it is added passes through {@link #rounded}.
 */
public final class DeviceArithmetic {

    /** System property: {@code true} in a JVM that compiles the kernels of {@code Device…} classes for a device. */
    public static final String PROPERTY = "keyspike.device.compiler";

    /** A constant for compilers, so the branches below cost nothing. */
    static final boolean COMPILES_FOR_DEVICE = Boolean.getBoolean(PROPERTY);

    private DeviceArithmetic() {}

    /**
     * {@code a·b + c}, rounded once. Where {@link #COMPILES_FOR_DEVICE} is true this must only run on the device: as Java it
     * would round twice there.
     */
    public static float multiplyAdd(float a, float b, float c) {
        return COMPILES_FOR_DEVICE ? a * b + c : Math.fma(a, b, c);
    }

    /**
     * The product itself, on its way into a sum; {@code max(p, p)} is p with every bit, and keeps a compiler that looks for a
     * product beside a sum from fusing the two. Runs anywhere.
     */
    public static float rounded(float product) {
        return COMPILES_FOR_DEVICE ? Math.max(product, product) : product;
    }

    /** {@link SurrogateArithmetic#derivative} for devices: the same bits. */
    public static float derivative(int kind, float slope, float x) {
        if (kind == SurrogateArithmetic.FAST_SIGMOID) {
            return SurrogateArithmetic.fastSigmoid(slope, x);
        }
        if (kind == SurrogateArithmetic.ATAN) {
            return SurrogateArithmetic.atan(slope, x);
        }
        if (kind == SurrogateArithmetic.SIGMOID) {
            return SurrogateArithmetic.sigmoid(slope, exp(-(slope * Math.abs(x))));
        }
        return 1f;
    }

    /** {@link SurrogateArithmetic#exp}, whose last step needs a float's bits, which TornadoVM cannot take apart. */
    private static float exp(float y) {
        float t = y < SurrogateArithmetic.EXP_LOWEST ? SurrogateArithmetic.EXP_LOWEST : y;
        float k = multiplyAdd(t, SurrogateArithmetic.LOG2_E, SurrogateArithmetic.ROUNDER) - SurrogateArithmetic.ROUNDER;
        float r = multiplyAdd(k, -SurrogateArithmetic.LN2_LOW, multiplyAdd(k, -SurrogateArithmetic.LN2_HIGH, t));
        float poly = multiplyAdd(SurrogateArithmetic.C6, r, SurrogateArithmetic.C5);
        poly = multiplyAdd(poly, r, SurrogateArithmetic.C4);
        poly = multiplyAdd(poly, r, SurrogateArithmetic.C3);
        poly = multiplyAdd(poly, r, SurrogateArithmetic.C2);
        poly = multiplyAdd(poly, r, 1f);
        poly = multiplyAdd(poly, r, 1f);
        return poly * powerOfTwo(-(int) k);
    }

    /** 2⁻ⁿ, n of 0 to 126, as a product of exact powers. */
    private static float powerOfTwo(int n) {
        float p = (n & 1) != 0 ? 0x1p-1f : 1f;
        p = (n & 2) != 0 ? p * 0x1p-2f : p;
        p = (n & 4) != 0 ? p * 0x1p-4f : p;
        p = (n & 8) != 0 ? p * 0x1p-8f : p;
        p = (n & 16) != 0 ? p * 0x1p-16f : p;
        p = (n & 32) != 0 ? p * 0x1p-32f : p;
        return (n & 64) != 0 ? p * 0x1p-64f : p;
    }
}

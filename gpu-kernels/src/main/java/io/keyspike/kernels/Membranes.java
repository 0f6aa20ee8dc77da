package io.keyspike.kernels;

import io.keyspike.kernels.internal.arithmetic.NeuronArithmetic;
import org.jspecify.annotations.Nullable;

/**
 * The membranes of a sequence as the backward pass needs them, in 32 or 16 bits. The forward pass itself always runs in
 * float32, so the spikes do not depend on the precision.
 *
 * <p>A membrane in 16 bits (IEEE binary16, round to nearest even, held within ±65,504) that would land on the other side of
 * its threshold takes the next value on its own side. So the spikes still follow from what is kept.
 */
public final class Membranes {

    /** How membranes are kept. */
    public enum Precision {
        /** IEEE binary32. */
        FLOAT32,
        /** IEEE binary16. */
        FLOAT16
    }

    /** The largest finite value of IEEE binary16. */
    public static final float LARGEST_HALF = 65_504f;

    private static final int NEGATIVE = 0x8000;

    /** The membranes in 32 bits, or null. */
    public final float @Nullable [] floats;
    /** The membranes in 16 bits, or null. */
    public final short @Nullable [] halves;

    private Membranes(float @Nullable [] floats, short @Nullable [] halves) {
        this.floats = floats;
        this.halves = halves;
    }

    /**
     * Room for {@code size} membranes.
     *
     * @param precision how they are kept
     * @param size T·B·N
     * @return room for {@code size} membranes
     */
    public static Membranes of(Precision precision, int size) {
        return precision == Precision.FLOAT32
                ? new Membranes(new float[size], null)
                : new Membranes(null, new short[size]);
    }

    /**
     * Membranes kept in an array that exists.
     *
     * @param values {@code [T, B, N]}, shared
     * @return membranes kept in an array that exists
     */
    public static Membranes around(float[] values) {
        return new Membranes(values, null);
    }

    /** {@return how many there is room for} */
    public int size() {
        return floats != null ? floats.length : halves == null ? 0 : halves.length;
    }

    /** {@return the array they are kept in, shared; null if they are kept in 16 bits} */
    public float @Nullable [] floats() {
        return floats;
    }

    /**
     * One membrane.
     *
     * @param index of the element
     * @return one membrane
     */
    public float get(int index) {
        return floats != null ? floats[index] : halves == null ? Float.NaN : Float.float16ToFloat(halves[index]);
    }

    /**
     * Keeps a membrane in the precision chosen.
     *
     * @param index of the element
     * @param p membrane before the reset
     * @param threshold θ
     */
    public void put(int index, float p, float threshold) {
        if (floats != null) {
            floats[index] = p;
        } else if (halves != null) {
            halves[index] = half(p, threshold);
        }
    }

    /**
     * p in 16 bits, on its own side of the threshold.
     *
     * @param p membrane before the reset
     * @param threshold θ
     * @return p in 16 bits, on its own side of the threshold
     */
    public static short half(float p, float threshold) {
        short rounded = Float.floatToFloat16(Math.max(-LARGEST_HALF, Math.min(LARGEST_HALF, p)));
        boolean fired = NeuronArithmetic.lifFires(p, threshold);
        if (fired == NeuronArithmetic.lifFires(Float.float16ToFloat(rounded), threshold)) {
            return rounded;
        }
        boolean negative = (rounded & NEGATIVE) != 0;
        if ((rounded & ~NEGATIVE & 0xFFFF) == 0) {
            return (short) (fired ? 1 : NEGATIVE | 1);
        }
        return (short) (fired == negative ? rounded - 1 : rounded + 1);
    }
}

package io.keyspike.models.chip;

/**
 * The weights that some bits can store: {@code code · step} for codes from −{@link #mostCode} to {@link #mostCode}, which
 * is symmetric about 0 and within the limit. The chip's own quantiser is not published; this one is assumed.
 *
 * <p>The step is {@code limit / mostCode}, rounded down to {@value #STEP_BITS} significant bits. So {@code code · step} is
 * exact in float32, and so is any sum of such weights that a chip of a few hundred neurons can make: adding integers and
 * multiplying once gives the very bits that adding floats does, in whatever order.
 */
public final class WeightGrid {

    /** A sign and one bit. */
    public static final int LEAST_BITS = 2;

    /** Codes of more bits would not leave room for exact sums. */
    public static final int MOST_BITS = 8;

    private static final int STEP_BITS = 7;
    private static final int FLOAT_BITS = 24;

    private final int bits;
    private final int mostCode;
    private final float step;

    /**
     * The grid of a stored weight's width and range.
     *
     * @param bits of a weight, with its sign; {@value #LEAST_BITS} to {@value #MOST_BITS}
     * @param limit largest magnitude, above 0
     * @throws IllegalArgumentException if the bits are out of range, or the limit is not above 0 and finite
     */
    public WeightGrid(int bits, float limit) {
        if (bits < LEAST_BITS || bits > MOST_BITS || !(limit > 0) || !Float.isFinite(limit)) {
            throw new IllegalArgumentException("weight grid: expected " + LEAST_BITS + " to " + MOST_BITS
                    + " bits and a limit above 0, found " + bits + " and " + limit);
        }
        this.bits = bits;
        mostCode = (1 << (bits - 1)) - 1;
        double exact = (double) limit / mostCode;
        double unit = Math.scalb(1.0, Math.getExponent(exact) - STEP_BITS + 1);
        step = (float) (Math.floor(exact / unit) * unit);
    }

    /** {@return bits of a weight, its sign among them} */
    public int bits() {
        return bits;
    }

    /** {@return the largest code, 2^(bits − 1) − 1; the smallest is its negative} */
    public int mostCode() {
        return mostCode;
    }

    /** {@return distance between neighbouring weights} */
    public float step() {
        return step;
    }

    /**
     * The code nearest to a weight; halves go away from 0, whatever lies beyond the limit to the last code.
     *
     * @param weight any number, within the limit or not
     * @return from −{@link #mostCode} to {@link #mostCode}
     */
    public int code(float weight) {
        double steps = (double) weight / step;
        int nearest = (int) Math.floor(Math.abs(steps) + 0.5);
        return steps < 0 ? -Math.min(nearest, mostCode) : Math.min(nearest, mostCode);
    }

    /**
     * What a code stands for; exact.
     *
     * @param code from −{@link #mostCode} to {@link #mostCode}; not checked
     * @return {@code code · step}
     */
    public float weight(int code) {
        return code * step;
    }

    /**
     * The storable weight nearest to a weight.
     *
     * @param weight any number, within the limit or not
     * @return what its {@link #code} stands for
     */
    public float nearest(float weight) {
        return weight(code(weight));
    }

    /**
     * Whether a weight can be stored as it is.
     *
     * @param weight any number
     * @return true if it equals {@code code · step} for a code of the grid, bit for bit save for the sign of 0
     */
    public boolean holds(float weight) {
        return nearest(weight) == weight;
    }

    /** Whether a number has few enough significant bits to be a step, so that sums are exact. */
    static boolean isStep(float step) {
        int lowest = (1 << (FLOAT_BITS - STEP_BITS)) - 1;
        return step >= Float.MIN_NORMAL && Float.isFinite(step) && (Float.floatToRawIntBits(step) & lowest) == 0;
    }

    /** {@return the most inputs that a neuron can have for all of its sums to be exact in float32} */
    public int mostInputs() {
        return (1 << FLOAT_BITS) / (mostCode << STEP_BITS);
    }
}

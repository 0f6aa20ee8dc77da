package io.keyspike.models.arrays;

import java.util.Arrays;
import java.util.List;

/**
 * Numbers with a shape, row-major, in double precision, and the type in which they are stored.
 *
 * @param type as in the file
 * @param shape sizes of the axes, the outermost first; empty for a single number
 * @param values owned by the array; callers do not write to it
 */
@SuppressWarnings("ArrayRecordComponent") // compared by content below
public record NumberArray(NumberType type, List<Integer> shape, double[] values) {

    /**
     * Copies the shape and keeps the values as they are.
     *
     * @throws IllegalArgumentException if the shape does not hold as many values as there are
     */
    public NumberArray {
        shape = List.copyOf(shape);
        if (size(shape) != values.length) {
            throw new IllegalArgumentException(
                    "array: expected " + size(shape) + " values for shape " + shape + ", found " + values.length);
        }
    }

    /**
     * The number of values in a shape.
     *
     * @param shape sizes of the axes
     * @return their product, 1 for no axes
     * @throws IllegalArgumentException if a size is negative, or the product is beyond the largest array
     */
    public static int size(List<Integer> shape) {
        long size = 1;
        for (int s : shape) {
            if (s < 0) {
                throw new IllegalArgumentException("array: expected sizes of at least 0, found shape " + shape);
            }
            size = Math.min(size * s, 1L + Integer.MAX_VALUE);
        }
        if (size > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("array: expected a shape that fits into memory, found " + shape);
        }
        return (int) size;
    }

    /**
     * A float32 array.
     *
     * @param shape sizes of the axes
     * @param values not copied
     * @return the array
     * @throws IllegalArgumentException if shape and values do not fit
     */
    public static NumberArray float32(List<Integer> shape, double[] values) {
        return new NumberArray(NumberType.F32, shape, values);
    }

    /**
     * A float32 array of float values.
     *
     * @param shape sizes of the axes
     * @param values copied
     * @return the array
     * @throws IllegalArgumentException if shape and values do not fit
     */
    public static NumberArray float32(List<Integer> shape, float[] values) {
        double[] wide = new double[values.length];
        for (int i = 0; i < wide.length; i++) {
            wide[i] = values[i];
        }
        return new NumberArray(NumberType.F32, shape, wide);
    }

    /** {@return the values rounded to float32} */
    public float[] floats() {
        float[] narrow = new float[values.length];
        for (int i = 0; i < narrow.length; i++) {
            narrow[i] = (float) values[i];
        }
        return narrow;
    }

    /**
     * The same values under another shape.
     *
     * @param newShape of as many values
     * @return an array that shares the values
     * @throws IllegalArgumentException if the shape holds another number of values
     */
    public NumberArray reshaped(List<Integer> newShape) {
        return new NumberArray(type, newShape, values);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof NumberArray a
                && type == a.type
                && shape.equals(a.shape)
                && Arrays.equals(values, a.values);
    }

    @Override
    public int hashCode() {
        return 31 * shape.hashCode() + Arrays.hashCode(values);
    }

    @Override
    public String toString() {
        return type + " " + shape;
    }
}

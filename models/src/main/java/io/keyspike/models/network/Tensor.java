package io.keyspike.models.network;

import java.util.Arrays;
import java.util.List;

/**
 * A float32 array with a shape, row-major.
 *
 * @param shape sizes of the axes, the outermost first
 * @param values owned by the tensor; callers do not write to it
 */
@SuppressWarnings("ArrayRecordComponent") // compared by content below
public record Tensor(List<Integer> shape, float[] values) {

    /**
     * Copies the shape and keeps the values as they are.
     *
     * @throws IllegalArgumentException if a size is negative, or the shape does not hold as many values as there are
     */
    public Tensor {
        shape = List.copyOf(shape);
        long size = 1;
        for (int s : shape) {
            if (s < 0) {
                throw new IllegalArgumentException("tensor: expected sizes of at least 0, found shape " + shape);
            }
            // Beyond the range of int no array can follow, so a saturated product is as wrong as the exact one.
            size = Math.min(size * s, 1L + Integer.MAX_VALUE);
        }
        if (size != values.length) {
            throw new IllegalArgumentException(
                    "tensor: expected " + size + " values for shape " + shape + ", found " + values.length);
        }
    }

    /**
     * A tensor of one axis.
     *
     * @param values not copied
     * @return a tensor of shape {@code [values.length]}
     */
    public static Tensor vector(float... values) {
        return new Tensor(List.of(values.length), values);
    }

    /**
     * A tensor of two axes.
     *
     * @param rows size of the outer axis
     * @param columns size of the inner axis
     * @param values row after row, not copied
     * @return a tensor of shape {@code [rows, columns]}
     * @throws IllegalArgumentException if there are not {@code rows · columns} values
     */
    public static Tensor matrix(int rows, int columns, float[] values) {
        return new Tensor(List.of(rows, columns), values);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Tensor t && shape.equals(t.shape) && Arrays.equals(values, t.values);
    }

    @Override
    public int hashCode() {
        return 31 * shape.hashCode() + Arrays.hashCode(values);
    }

    @Override
    public String toString() {
        return "Tensor" + shape;
    }
}

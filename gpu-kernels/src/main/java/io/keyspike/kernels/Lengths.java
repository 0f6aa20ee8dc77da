package io.keyspike.kernels;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Checks of array lengths against shapes; a null array is one that was left out on purpose and passes. */
public final class Lengths {

    private Lengths() {}

    /**
     * Checks an array's length.
     *
     * @param kernel name of the kernel, for the message
     * @param array name of the array, for the message
     * @param values the array, or null if it was left out
     * @param axis name of its axis
     * @param size values that it needs
     * @throws IllegalArgumentException if it is too short
     */
    public static void require(String kernel, String array, float @Nullable [] values, String axis, int size) {
        if (values != null && values.length < size) {
            throw tooShort(kernel, array, size, axis + "=" + size, values.length);
        }
    }

    /**
     * Checks an array's length.
     *
     * @param kernel name of the kernel, for the message
     * @param array name of the array, for the message
     * @param values the array, or null if it was left out
     * @param axis0 name of its first axis
     * @param size0 length of its first axis
     * @param axis1 name of its second axis
     * @param size1 length of its second axis
     * @throws IllegalArgumentException if it is too short
     */
    public static void require(
            String kernel, String array, float @Nullable [] values, String axis0, int size0, String axis1, int size1) {
        long expected = (long) size0 * size1;
        if (values != null && values.length < expected) {
            throw tooShort(kernel, array, expected, axis0 + "=" + size0 + " × " + axis1 + "=" + size1, values.length);
        }
    }

    /**
     * Checks the length of an array that is as long as the sequence.
     *
     * @param kernel name of the kernel, for the message
     * @param shape [T, B, N]
     * @param array name of the array, for the message
     * @param values the array, or null if it was left out
     * @throws IllegalArgumentException if it is too short
     */
    public static void of(String kernel, SequenceShape shape, String array, float @Nullable [] values) {
        if (values != null) {
            of(kernel, shape, array, values.length);
        }
    }

    /**
     * Checks the length of an array that is as long as the sequence.
     *
     * @param kernel name of the kernel, for the message
     * @param shape [T, B, N]
     * @param array name of the array, for the message
     * @param length of the array
     * @throws IllegalArgumentException if it is too short
     */
    public static void of(String kernel, SequenceShape shape, String array, int length) {
        if (length < shape.size()) {
            throw tooShort(kernel, array, shape.size(), axes(shape), length);
        }
    }

    /**
     * Checks the length of spikes as bits.
     *
     * @param kernel name of the kernel, for the message
     * @param shape [T, B, N]
     * @param bits the array, or null if it was left out
     * @throws IllegalArgumentException if it is too short
     */
    public static void ofBits(String kernel, SequenceShape shape, long @Nullable [] bits) {
        if (bits != null && bits.length < SpikeBits.words(shape)) {
            throw tooShort(kernel, "bits", SpikeBits.words(shape), axes(shape) + " in words of 64", bits.length);
        }
    }

    private static String axes(SequenceShape shape) {
        return "steps=" + shape.steps() + " × batch=" + shape.batch() + " × neurons=" + shape.neurons();
    }

    /**
     * Checks that sizes are not negative.
     *
     * @param kernel name of the kernel, for the message
     * @param axis0 name of its first axis
     * @param size0 length of its first axis
     * @param axis1 name of its second axis
     * @param size1 length of its second axis
     * @throws IllegalArgumentException if one is
     */
    public static void requireCounts(String kernel, String axis0, int size0, String axis1, int size1) {
        requireCount(kernel, axis0, size0);
        requireCount(kernel, axis1, size1);
    }

    /**
     * Checks that sizes are not negative.
     *
     * @param kernel name of the kernel, for the message
     * @param axis0 name of its first axis
     * @param size0 length of its first axis
     * @param axis1 name of its second axis
     * @param size1 length of its second axis
     * @param axis2 name of the third axis
     * @param size2 length of the third axis
     * @throws IllegalArgumentException if one is
     */
    public static void requireCounts(
            String kernel, String axis0, int size0, String axis1, int size1, String axis2, int size2) {
        requireCounts(kernel, axis0, size0, axis1, size1);
        requireCount(kernel, axis2, size2);
    }

    private static void requireCount(String kernel, String axis, int size) {
        if (size < 0) {
            throw new IllegalArgumentException(
                    String.format(Locale.ROOT, "%s: expected %s of at least 0, found %,d", kernel, axis, size));
        }
    }

    private static IllegalArgumentException tooShort(
            String kernel, String array, long expected, String axes, int found) {
        return new IllegalArgumentException(String.format(
                Locale.ROOT,
                "%s: expected %s of at least %,d values for %s, found %,d",
                kernel,
                array,
                expected,
                axes,
                found));
    }
}

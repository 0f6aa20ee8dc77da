package io.keyspike.kernels;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Checks of array lengths against shapes; a null array is one that was left out on purpose and passes. */
public final class Lengths {

    private Lengths() {}

    public static void require(String kernel, String array, float @Nullable [] values, String axis, int size) {
        if (values != null && values.length < size) {
            throw tooShort(kernel, array, size, axis + "=" + size, values.length);
        }
    }

    public static void require(
            String kernel, String array, float @Nullable [] values, String axis0, int size0, String axis1, int size1) {
        long expected = (long) size0 * size1;
        if (values != null && values.length < expected) {
            throw tooShort(kernel, array, expected, axis0 + "=" + size0 + " × " + axis1 + "=" + size1, values.length);
        }
    }

    public static void of(String kernel, SequenceShape shape, String array, float @Nullable [] values) {
        if (values != null) {
            of(kernel, shape, array, values.length);
        }
    }

    public static void of(String kernel, SequenceShape shape, String array, int length) {
        if (length < shape.size()) {
            throw tooShort(kernel, array, shape.size(), axes(shape), length);
        }
    }

    public static void ofBits(String kernel, SequenceShape shape, long @Nullable [] bits) {
        if (bits != null && bits.length < SpikeBits.words(shape)) {
            throw tooShort(kernel, "bits", SpikeBits.words(shape), axes(shape) + " in words of 64", bits.length);
        }
    }

    private static String axes(SequenceShape shape) {
        return "steps=" + shape.steps() + " × batch=" + shape.batch() + " × neurons=" + shape.neurons();
    }

    public static void requireCounts(String kernel, String axis0, int size0, String axis1, int size1) {
        requireCount(kernel, axis0, size0);
        requireCount(kernel, axis1, size1);
    }

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

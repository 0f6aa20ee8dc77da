package io.keyspike.kernels.internal.vector;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/** Width of the vectors. A constant, so that the compiler sees it as one. */
public final class Lanes {

    /** System property for tests: vectors of 128, 256 or 512 bits instead of the machine's own width. */
    static final String BITS_PROPERTY = "keyspike.vector.bits";

    static final VectorSpecies<Float> SPECIES = species();

    /** Floats in a vector. */
    public static final int LENGTH = SPECIES.length();

    private Lanes() {}

    private static VectorSpecies<Float> species() {
        Integer bits = Integer.getInteger(BITS_PROPERTY);
        return bits == null
                ? FloatVector.SPECIES_PREFERRED
                : VectorSpecies.of(float.class, VectorShape.forBitSize(bits));
    }

    /** The largest multiple of {@link #LENGTH} up to {@code count}. */
    static int whole(int count) {
        return count - count % LENGTH;
    }

    /** The number of vectors that hold {@code count} floats. */
    static int vectors(int count) {
        return (count + LENGTH - 1) / LENGTH;
    }

    /** The length after which a pattern of {@code neurons} values meets the vectors' bounds again. */
    static int period(int neurons) {
        int common = LENGTH; // a power of two: halve it until it divides
        while (neurons % common != 0) {
            common /= 2;
        }
        return Math.multiplyExact(neurons, LENGTH / common);
    }
}

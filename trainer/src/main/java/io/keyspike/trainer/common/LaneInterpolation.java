package io.keyspike.trainer.common;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * {@link Interpolation} of eight positions at a time, with the same bits: those of a speed that is not too high lie within 32
 * samples of the recording, which one instruction of AVX-512 takes them from.
 */
final class LaneInterpolation {
    private static final VectorSpecies<Double> DOUBLES = DoubleVector.SPECIES_512;
    private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_256;
    private static final VectorSpecies<Integer> INTS = IntVector.SPECIES_256;
    private static final VectorSpecies<Short> SHORTS = ShortVector.SPECIES_512;
    private static final VectorSpecies<Short> EIGHT_SHORTS = ShortVector.SPECIES_128;
    private static final int LANES = 8;

    /** From the sample before the first position on, as many as are looked at. */
    private static final int REACH = 32;

    /** Up to which the last position's samples are within {@link #REACH}. */
    private static final double FASTEST = (REACH - 5) / (LANES - 1.0);

    private static final double[] AHEAD = {0, 1, 2, 3, 4, 5, 6, 7};

    /** Four times the eight numbers of a vector. */
    private static final short[] REPEATED = new short[REACH];

    /** The sample before a position, and the three after that one. */
    private static final short[] TAPS = new short[REACH];

    static {
        for (int i = 0; i < REACH; i++) {
            REPEATED[i] = (short) (i % LANES);
            TAPS[i] = (short) (i / LANES);
        }
    }

    private LaneInterpolation() {}

    /** Whether the JVM's vectors are of that size, and all samples of eight positions within reach. */
    static boolean fits(double speed) {
        return DoubleVector.SPECIES_PREFERRED.length() == LANES && speed <= FASTEST;
    }

    /**
     * As {@link Interpolation#add}, as far as there are samples enough.
     *
     * @return the first i that was left out
     */
    static int add(short[] samples, int from, double speed, double factor, float[] into, int at, int begin, int end) {
        ShortVector repeated = ShortVector.fromArray(SHORTS, REPEATED, 0);
        ShortVector taps = ShortVector.fromArray(SHORTS, TAPS, 0);
        DoubleVector ahead = DoubleVector.fromArray(DOUBLES, AHEAD, 0);
        int i = begin;
        for (; i + LANES <= end; i += LANES) {
            int first = (int) (from + i * speed) - 1;
            if (first < 0 || first + REACH > samples.length) {
                return i;
            }
            DoubleVector position = ahead.add(i).mul(speed).add(from);
            IntVector before = (IntVector) position.convertShape(VectorOperators.D2I, INTS, 0);
            DoubleVector f = position.sub(before.convertShape(VectorOperators.I2D, DOUBLES, 0));
            ShortVector index = ((ShortVector) before.sub(first + 1).convertShape(VectorOperators.I2S, EIGHT_SHORTS, 0))
                    .reinterpretShape(SHORTS, 0)
                    .reinterpretAsShorts();
            ShortVector values =
                    repeated.selectFrom(index).add(taps).selectFrom(ShortVector.fromArray(SHORTS, samples, first));
            // Sums of so few whole numbers are exact, in ints as in doubles.
            IntVector a = (IntVector) values.convertShape(VectorOperators.S2I, INTS, 0);
            IntVector b = (IntVector) values.convertShape(VectorOperators.S2I, INTS, 1);
            IntVector c = (IntVector) values.convertShape(VectorOperators.S2I, INTS, 2);
            IntVector d = (IntVector) values.convertShape(VectorOperators.S2I, INTS, 3);
            DoubleVector linear = (DoubleVector) c.sub(a).convertShape(VectorOperators.I2D, DOUBLES, 0);
            DoubleVector square = (DoubleVector)
                    a.add(a).sub(b.mul(5)).add(c.mul(4)).sub(d).convertShape(VectorOperators.I2D, DOUBLES, 0);
            DoubleVector cube =
                    (DoubleVector) b.sub(c).mul(3).add(d).sub(a).convertShape(VectorOperators.I2D, DOUBLES, 0);
            DoubleVector value = ((DoubleVector) b.convertShape(VectorOperators.I2D, DOUBLES, 0))
                    .add(f.mul(0.5).mul(linear.add(f.mul(square.add(f.mul(cube))))));
            FloatVector.fromArray(FLOATS, into, at + i)
                    .add(value.mul(factor).convertShape(VectorOperators.D2F, FLOATS, 0))
                    .intoArray(into, at + i);
        }
        return i;
    }
}

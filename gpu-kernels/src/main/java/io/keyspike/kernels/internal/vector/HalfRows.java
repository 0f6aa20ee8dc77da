package io.keyspike.kernels.internal.vector;

import static io.keyspike.kernels.internal.vector.Lanes.LENGTH;
import static io.keyspike.kernels.internal.vector.Lanes.SPECIES;
import static jdk.incubator.vector.VectorOperators.GT;

import io.keyspike.kernels.Membranes;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/** Rows of {@link Membranes} in 16 bits. The plain loops are ones that the compiler turns into vector conversions. */
final class HalfRows {

    private HalfRows() {}

    /**
     * @param row {@code [lanes]}, held within the range of 16 bits
     * @param back {@code [lanes]}, working space
     */
    static void store(
            int fromLane, int toLane, float[] row, float[] back, float[] threshold, short[] halves, int base) {
        for (int lane = fromLane; lane < toLane; lane += LENGTH) {
            FloatVector.fromArray(SPECIES, row, lane)
                    .min(Membranes.LARGEST_HALF)
                    .max(-Membranes.LARGEST_HALF)
                    .intoArray(row, lane);
        }
        for (int lane = fromLane; lane < toLane; lane++) {
            halves[base + lane] = Float.floatToFloat16(row[lane]);
        }
        load(fromLane, toLane, halves, base, back);
        for (int lane = fromLane; lane < toLane; lane += LENGTH) {
            FloatVector theta = FloatVector.fromArray(SPECIES, threshold, lane);
            VectorMask<Float> fired = FloatVector.fromArray(SPECIES, row, lane).compare(GT, theta);
            VectorMask<Float> kept = FloatVector.fromArray(SPECIES, back, lane).compare(GT, theta);
            long different = fired.xor(kept).toLong();
            if (different != 0) {
                correct(lane, row, threshold, halves, base, different);
            }
        }
    }

    private static void correct(int lane, float[] row, float[] threshold, short[] halves, int base, long different) {
        for (long left = different; left != 0; left &= left - 1) {
            int at = lane + Long.numberOfTrailingZeros(left);
            halves[base + at] = Membranes.half(row[at], threshold[at]);
        }
    }

    static void load(int fromLane, int toLane, short[] halves, int base, float[] row) {
        for (int lane = fromLane; lane < toLane; lane++) {
            row[lane] = Float.float16ToFloat(halves[base + lane]);
        }
    }
}

package io.keyspike.kernels.internal.vector;

import static io.keyspike.kernels.internal.vector.Lanes.LENGTH;
import static io.keyspike.kernels.internal.vector.Lanes.SPECIES;

import io.keyspike.kernels.SequenceShape;
import io.keyspike.kernels.SpikeBits;
import io.keyspike.kernels.internal.threads.Scratch;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/**
 * Products of spikes with a matrix, driven by the spikes: a row costs as much as neurons fire in it. Adding a weight is what
 * a fused multiply-add with a spike of 1 does, so the sums are those of the dense product.
 *
 * <p>Up to eight vectors of columns are held in registers while the spikes of a row pass by. The columns are whole vectors.
 */
final class EventProducts {

    /** Vectors of columns that one pass over a row's spikes serves. */
    private static final int BLOCK_VECTORS = 8;

    private EventProducts() {}

    /**
     * Rows of spikes.
     *
     * @param shape [T, B, inputs] of the spikes
     * @param columns width of the weights and of what they bring, whole vectors
     * @param spikes {@link SpikeBits}
     */
    @SuppressWarnings("ArrayRecordComponent") // a bundle of kernel arguments, never compared
    record Rows(SequenceShape shape, int columns, long[] spikes) {

        /** The inputs that fire in a row. */
        void list(int r, int wordsPerStep, Fired fired) {
            fired.count = SpikeBits.list(spikes, r, shape.batch(), shape.neurons(), wordsPerStep, fired.indices);
        }
    }

    /** The inputs that fire in a row, ascending. */
    static final class Fired {
        final int[] indices;
        int count;

        Fired(int inputs) {
            indices = Scratch.ints(inputs);
        }
    }

    /**
     * {@code y[r, :] = start + Σ_{i fires in r} weight[i, :]}, ascending i.
     *
     * @param start {@code [columns]}
     */
    static void gather(Rows rows, int fromRow, int toRow, float[] weight, float[] start, float[] y) {
        int columns = rows.columns;
        int wordsPerStep = SpikeBits.wordsPerStep(rows.shape.lanes());
        var fired = new Fired(rows.shape.neurons());
        for (int r = fromRow; r < toRow; r++) {
            rows.list(r, wordsPerStep, fired);
            int j = 0;
            for (; j + BLOCK_VECTORS * LENGTH <= columns; j += BLOCK_VECTORS * LENGTH) {
                gather8(fired, j, columns, weight, start, y, r * columns + j);
            }
            for (; j + 4 * LENGTH <= columns; j += 4 * LENGTH) {
                gather4(fired, j, columns, weight, start, y, r * columns + j);
            }
            for (; j < columns; j += LENGTH) {
                gather1(fired, j, columns, weight, start, y, r * columns + j);
            }
        }
    }

    private static void gather8(Fired row, int j, int columns, float[] weight, float[] start, float[] y, int to) {
        int[] fired = row.indices;
        int count = row.count;
        FloatVector s0 = FloatVector.fromArray(SPECIES, start, j);
        FloatVector s1 = FloatVector.fromArray(SPECIES, start, j + LENGTH);
        FloatVector s2 = FloatVector.fromArray(SPECIES, start, j + 2 * LENGTH);
        FloatVector s3 = FloatVector.fromArray(SPECIES, start, j + 3 * LENGTH);
        FloatVector s4 = FloatVector.fromArray(SPECIES, start, j + 4 * LENGTH);
        FloatVector s5 = FloatVector.fromArray(SPECIES, start, j + 5 * LENGTH);
        FloatVector s6 = FloatVector.fromArray(SPECIES, start, j + 6 * LENGTH);
        FloatVector s7 = FloatVector.fromArray(SPECIES, start, j + 7 * LENGTH);
        for (int k = 0; k < count; k++) {
            int w = fired[k] * columns + j;
            s0 = s0.add(FloatVector.fromArray(SPECIES, weight, w));
            s1 = s1.add(FloatVector.fromArray(SPECIES, weight, w + LENGTH));
            s2 = s2.add(FloatVector.fromArray(SPECIES, weight, w + 2 * LENGTH));
            s3 = s3.add(FloatVector.fromArray(SPECIES, weight, w + 3 * LENGTH));
            s4 = s4.add(FloatVector.fromArray(SPECIES, weight, w + 4 * LENGTH));
            s5 = s5.add(FloatVector.fromArray(SPECIES, weight, w + 5 * LENGTH));
            s6 = s6.add(FloatVector.fromArray(SPECIES, weight, w + 6 * LENGTH));
            s7 = s7.add(FloatVector.fromArray(SPECIES, weight, w + 7 * LENGTH));
        }
        s0.add(0f).intoArray(y, to);
        s1.add(0f).intoArray(y, to + LENGTH);
        s2.add(0f).intoArray(y, to + 2 * LENGTH);
        s3.add(0f).intoArray(y, to + 3 * LENGTH);
        s4.add(0f).intoArray(y, to + 4 * LENGTH);
        s5.add(0f).intoArray(y, to + 5 * LENGTH);
        s6.add(0f).intoArray(y, to + 6 * LENGTH);
        s7.add(0f).intoArray(y, to + 7 * LENGTH);
    }

    private static void gather4(Fired row, int j, int columns, float[] weight, float[] start, float[] y, int to) {
        int[] fired = row.indices;
        int count = row.count;
        FloatVector s0 = FloatVector.fromArray(SPECIES, start, j);
        FloatVector s1 = FloatVector.fromArray(SPECIES, start, j + LENGTH);
        FloatVector s2 = FloatVector.fromArray(SPECIES, start, j + 2 * LENGTH);
        FloatVector s3 = FloatVector.fromArray(SPECIES, start, j + 3 * LENGTH);
        for (int k = 0; k < count; k++) {
            int w = fired[k] * columns + j;
            s0 = s0.add(FloatVector.fromArray(SPECIES, weight, w));
            s1 = s1.add(FloatVector.fromArray(SPECIES, weight, w + LENGTH));
            s2 = s2.add(FloatVector.fromArray(SPECIES, weight, w + 2 * LENGTH));
            s3 = s3.add(FloatVector.fromArray(SPECIES, weight, w + 3 * LENGTH));
        }
        s0.add(0f).intoArray(y, to);
        s1.add(0f).intoArray(y, to + LENGTH);
        s2.add(0f).intoArray(y, to + 2 * LENGTH);
        s3.add(0f).intoArray(y, to + 3 * LENGTH);
    }

    private static void gather1(Fired row, int j, int columns, float[] weight, float[] start, float[] y, int to) {
        int[] fired = row.indices;
        int count = row.count;
        FloatVector s = FloatVector.fromArray(SPECIES, start, j);
        for (int k = 0; k < count; k++) {
            s = s.add(FloatVector.fromArray(SPECIES, weight, fired[k] * columns + j));
        }
        s.add(0f).intoArray(y, to);
    }

    /** {@code dw[i, :] += dy[r, :]} for each i that fires in r, ascending r. */
    static void scatter(Rows rows, float[] dy, float[] dw) {
        int columns = rows.columns;
        int wordsPerStep = SpikeBits.wordsPerStep(rows.shape.lanes());
        var fired = new Fired(rows.shape.neurons());
        for (int r = 0; r < rows.shape.rows(); r++) {
            rows.list(r, wordsPerStep, fired);
            int j = 0;
            for (; j + BLOCK_VECTORS * LENGTH <= columns; j += BLOCK_VECTORS * LENGTH) {
                scatter8(fired, j, columns, dy, r * columns + j, dw);
            }
            for (; j + 4 * LENGTH <= columns; j += 4 * LENGTH) {
                scatter4(fired, j, columns, dy, r * columns + j, dw);
            }
            for (; j < columns; j += LENGTH) {
                scatter1(fired, j, columns, dy, r * columns + j, dw);
            }
        }
        settle(rows.shape.neurons() * columns, dw);
    }

    /** {@link SpikeBits#unpack}. */
    static void unpack(SequenceShape shape, long[] spikes, float[] x) {
        int lanes = shape.lanes();
        int wordsPerStep = SpikeBits.wordsPerStep(lanes);
        int whole = Lanes.whole(lanes);
        FloatVector silent = FloatVector.zero(SPECIES);
        for (int t = 0; t < shape.steps(); t++) {
            for (int lane = 0; lane < whole; lane += LENGTH) {
                long word = spikes[t * wordsPerStep + lane / Long.SIZE] >>> lane;
                silent.blend(1f, VectorMask.fromLong(SPECIES, word)).intoArray(x, t * lanes + lane);
            }
            for (int lane = whole; lane < lanes; lane++) {
                x[t * lanes + lane] = spikes[t * wordsPerStep + lane / Long.SIZE] >>> lane & 1;
            }
        }
    }

    /** Makes +0 of −0 in the first {@code length} values, as the dense product does. */
    private static void settle(int length, float[] dw) {
        for (int i = 0; i < length; i += LENGTH) {
            FloatVector.fromArray(SPECIES, dw, i).add(0f).intoArray(dw, i);
        }
    }

    private static void scatter8(Fired row, int j, int columns, float[] dy, int from, float[] dw) {
        int[] fired = row.indices;
        int count = row.count;
        FloatVector d0 = FloatVector.fromArray(SPECIES, dy, from);
        FloatVector d1 = FloatVector.fromArray(SPECIES, dy, from + LENGTH);
        FloatVector d2 = FloatVector.fromArray(SPECIES, dy, from + 2 * LENGTH);
        FloatVector d3 = FloatVector.fromArray(SPECIES, dy, from + 3 * LENGTH);
        FloatVector d4 = FloatVector.fromArray(SPECIES, dy, from + 4 * LENGTH);
        FloatVector d5 = FloatVector.fromArray(SPECIES, dy, from + 5 * LENGTH);
        FloatVector d6 = FloatVector.fromArray(SPECIES, dy, from + 6 * LENGTH);
        FloatVector d7 = FloatVector.fromArray(SPECIES, dy, from + 7 * LENGTH);
        for (int k = 0; k < count; k++) {
            int w = fired[k] * columns + j;
            add(dw, w, d0);
            add(dw, w + LENGTH, d1);
            add(dw, w + 2 * LENGTH, d2);
            add(dw, w + 3 * LENGTH, d3);
            add(dw, w + 4 * LENGTH, d4);
            add(dw, w + 5 * LENGTH, d5);
            add(dw, w + 6 * LENGTH, d6);
            add(dw, w + 7 * LENGTH, d7);
        }
    }

    private static void scatter4(Fired row, int j, int columns, float[] dy, int from, float[] dw) {
        int[] fired = row.indices;
        int count = row.count;
        FloatVector d0 = FloatVector.fromArray(SPECIES, dy, from);
        FloatVector d1 = FloatVector.fromArray(SPECIES, dy, from + LENGTH);
        FloatVector d2 = FloatVector.fromArray(SPECIES, dy, from + 2 * LENGTH);
        FloatVector d3 = FloatVector.fromArray(SPECIES, dy, from + 3 * LENGTH);
        for (int k = 0; k < count; k++) {
            int w = fired[k] * columns + j;
            add(dw, w, d0);
            add(dw, w + LENGTH, d1);
            add(dw, w + 2 * LENGTH, d2);
            add(dw, w + 3 * LENGTH, d3);
        }
    }

    private static void scatter1(Fired row, int j, int columns, float[] dy, int from, float[] dw) {
        int[] fired = row.indices;
        int count = row.count;
        FloatVector d = FloatVector.fromArray(SPECIES, dy, from);
        for (int k = 0; k < count; k++) {
            add(dw, fired[k] * columns + j, d);
        }
    }

    private static void add(float[] dw, int at, FloatVector d) {
        FloatVector.fromArray(SPECIES, dw, at).add(d).intoArray(dw, at);
    }
}

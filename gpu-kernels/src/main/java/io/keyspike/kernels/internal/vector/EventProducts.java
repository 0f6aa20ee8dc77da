package io.keyspike.kernels.internal.vector;

import static io.keyspike.kernels.internal.vector.Lanes.LENGTH;
import static io.keyspike.kernels.internal.vector.Lanes.SPECIES;

import io.keyspike.kernels.SequenceShape;
import io.keyspike.kernels.SpikeBits;
import io.keyspike.kernels.internal.threads.Scratch;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/**
 * Products of spikes with a matrix, driven by the spikes: a row costs as much as neurons fire in it. Each weight is taken by
 * a fused multiply-add with the spike's height, so the sums are those of the dense product.
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
     * @param height what a spike counts
     */
    @SuppressWarnings("ArrayRecordComponent") // a bundle of kernel arguments, never compared
    record Rows(SequenceShape shape, int columns, long[] spikes, float height) {

        /** The inputs that fire in a row. */
        void list(int r, int wordsPerStep, Fired fired) {
            fired.count = SpikeBits.list(spikes, r, shape.batch(), shape.neurons(), wordsPerStep, fired.indices);
            fired.first = 0;
        }

        /** Those of the inputs from {@code from} to before {@code to} that fire in a row. */
        void list(int r, int wordsPerStep, int from, int to, Fired fired) {
            list(r, wordsPerStep, fired);
            while (fired.first < fired.count && fired.indices[fired.first] < from) {
                fired.first++;
            }
            while (fired.count > fired.first && fired.indices[fired.count - 1] >= to) {
                fired.count--;
            }
        }
    }

    /** The inputs that fire in a row, ascending. */
    static final class Fired {
        final int[] indices;
        final float height;
        int first;
        int count;

        Fired(int inputs, float height) {
            indices = Scratch.ints(inputs);
            this.height = height;
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
        var fired = new Fired(rows.shape.neurons(), rows.height);
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
        FloatVector height = FloatVector.broadcast(SPECIES, row.height);
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
            s0 = FloatVector.fromArray(SPECIES, weight, w).fma(height, s0);
            s1 = FloatVector.fromArray(SPECIES, weight, w + LENGTH).fma(height, s1);
            s2 = FloatVector.fromArray(SPECIES, weight, w + 2 * LENGTH).fma(height, s2);
            s3 = FloatVector.fromArray(SPECIES, weight, w + 3 * LENGTH).fma(height, s3);
            s4 = FloatVector.fromArray(SPECIES, weight, w + 4 * LENGTH).fma(height, s4);
            s5 = FloatVector.fromArray(SPECIES, weight, w + 5 * LENGTH).fma(height, s5);
            s6 = FloatVector.fromArray(SPECIES, weight, w + 6 * LENGTH).fma(height, s6);
            s7 = FloatVector.fromArray(SPECIES, weight, w + 7 * LENGTH).fma(height, s7);
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
        FloatVector height = FloatVector.broadcast(SPECIES, row.height);
        FloatVector s0 = FloatVector.fromArray(SPECIES, start, j);
        FloatVector s1 = FloatVector.fromArray(SPECIES, start, j + LENGTH);
        FloatVector s2 = FloatVector.fromArray(SPECIES, start, j + 2 * LENGTH);
        FloatVector s3 = FloatVector.fromArray(SPECIES, start, j + 3 * LENGTH);
        for (int k = 0; k < count; k++) {
            int w = fired[k] * columns + j;
            s0 = FloatVector.fromArray(SPECIES, weight, w).fma(height, s0);
            s1 = FloatVector.fromArray(SPECIES, weight, w + LENGTH).fma(height, s1);
            s2 = FloatVector.fromArray(SPECIES, weight, w + 2 * LENGTH).fma(height, s2);
            s3 = FloatVector.fromArray(SPECIES, weight, w + 3 * LENGTH).fma(height, s3);
        }
        s0.add(0f).intoArray(y, to);
        s1.add(0f).intoArray(y, to + LENGTH);
        s2.add(0f).intoArray(y, to + 2 * LENGTH);
        s3.add(0f).intoArray(y, to + 3 * LENGTH);
    }

    private static void gather1(Fired row, int j, int columns, float[] weight, float[] start, float[] y, int to) {
        int[] fired = row.indices;
        int count = row.count;
        FloatVector height = FloatVector.broadcast(SPECIES, row.height);
        FloatVector s = FloatVector.fromArray(SPECIES, start, j);
        for (int k = 0; k < count; k++) {
            s = FloatVector.fromArray(SPECIES, weight, fired[k] * columns + j).fma(height, s);
        }
        s.add(0f).intoArray(y, to);
    }

    /** {@code dw[i, :] += dy[r, :]} for each i from {@code fromInput} to before {@code toInput} that fires in r, ascending r. */
    static void scatter(Rows rows, int fromInput, int toInput, float[] dy, float[] dw) {
        int columns = rows.columns;
        int wordsPerStep = SpikeBits.wordsPerStep(rows.shape.lanes());
        var fired = new Fired(rows.shape.neurons(), rows.height);
        for (int r = 0; r < rows.shape.rows(); r++) {
            rows.list(r, wordsPerStep, fromInput, toInput, fired);
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
        settle(fromInput * columns, toInput * columns, dw);
    }

    /** {@link SpikeBits#unpack}, a spike as its height. */
    static void unpack(SequenceShape shape, long[] spikes, float height, float[] x) {
        int lanes = shape.lanes();
        int wordsPerStep = SpikeBits.wordsPerStep(lanes);
        int whole = Lanes.whole(lanes);
        FloatVector silent = FloatVector.zero(SPECIES);
        for (int t = 0; t < shape.steps(); t++) {
            for (int lane = 0; lane < whole; lane += LENGTH) {
                long word = spikes[t * wordsPerStep + lane / Long.SIZE] >>> lane;
                silent.blend(height, VectorMask.fromLong(SPECIES, word)).intoArray(x, t * lanes + lane);
            }
            for (int lane = whole; lane < lanes; lane++) {
                boolean fires = ((spikes[t * wordsPerStep + lane / Long.SIZE] >>> lane) & 1) != 0;
                x[t * lanes + lane] = fires ? height : 0f;
            }
        }
    }

    /** Makes +0 of −0 in a range of values, as the dense product does. */
    private static void settle(int from, int to, float[] dw) {
        for (int i = from; i < to; i += LENGTH) {
            FloatVector.fromArray(SPECIES, dw, i).add(0f).intoArray(dw, i);
        }
    }

    private static void scatter8(Fired row, int j, int columns, float[] dy, int from, float[] dw) {
        int[] fired = row.indices;
        int count = row.count;
        FloatVector height = FloatVector.broadcast(SPECIES, row.height);
        FloatVector d0 = FloatVector.fromArray(SPECIES, dy, from);
        FloatVector d1 = FloatVector.fromArray(SPECIES, dy, from + LENGTH);
        FloatVector d2 = FloatVector.fromArray(SPECIES, dy, from + 2 * LENGTH);
        FloatVector d3 = FloatVector.fromArray(SPECIES, dy, from + 3 * LENGTH);
        FloatVector d4 = FloatVector.fromArray(SPECIES, dy, from + 4 * LENGTH);
        FloatVector d5 = FloatVector.fromArray(SPECIES, dy, from + 5 * LENGTH);
        FloatVector d6 = FloatVector.fromArray(SPECIES, dy, from + 6 * LENGTH);
        FloatVector d7 = FloatVector.fromArray(SPECIES, dy, from + 7 * LENGTH);
        for (int k = row.first; k < count; k++) {
            int w = fired[k] * columns + j;
            add(dw, w, d0, height);
            add(dw, w + LENGTH, d1, height);
            add(dw, w + 2 * LENGTH, d2, height);
            add(dw, w + 3 * LENGTH, d3, height);
            add(dw, w + 4 * LENGTH, d4, height);
            add(dw, w + 5 * LENGTH, d5, height);
            add(dw, w + 6 * LENGTH, d6, height);
            add(dw, w + 7 * LENGTH, d7, height);
        }
    }

    private static void scatter4(Fired row, int j, int columns, float[] dy, int from, float[] dw) {
        int[] fired = row.indices;
        int count = row.count;
        FloatVector height = FloatVector.broadcast(SPECIES, row.height);
        FloatVector d0 = FloatVector.fromArray(SPECIES, dy, from);
        FloatVector d1 = FloatVector.fromArray(SPECIES, dy, from + LENGTH);
        FloatVector d2 = FloatVector.fromArray(SPECIES, dy, from + 2 * LENGTH);
        FloatVector d3 = FloatVector.fromArray(SPECIES, dy, from + 3 * LENGTH);
        for (int k = row.first; k < count; k++) {
            int w = fired[k] * columns + j;
            add(dw, w, d0, height);
            add(dw, w + LENGTH, d1, height);
            add(dw, w + 2 * LENGTH, d2, height);
            add(dw, w + 3 * LENGTH, d3, height);
        }
    }

    private static void scatter1(Fired row, int j, int columns, float[] dy, int from, float[] dw) {
        int[] fired = row.indices;
        int count = row.count;
        FloatVector height = FloatVector.broadcast(SPECIES, row.height);
        FloatVector d = FloatVector.fromArray(SPECIES, dy, from);
        for (int k = row.first; k < count; k++) {
            add(dw, fired[k] * columns + j, d, height);
        }
    }

    private static void add(float[] dw, int at, FloatVector d, FloatVector height) {
        d.fma(height, FloatVector.fromArray(SPECIES, dw, at)).intoArray(dw, at);
    }
}

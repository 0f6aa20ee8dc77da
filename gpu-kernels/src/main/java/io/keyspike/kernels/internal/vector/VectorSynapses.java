package io.keyspike.kernels.internal.vector;

import static io.keyspike.kernels.internal.vector.Lanes.LENGTH;
import static io.keyspike.kernels.internal.vector.Lanes.SPECIES;

import io.keyspike.kernels.internal.threads.Scratch;
import io.keyspike.kernels.internal.threads.Workers;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import org.jspecify.annotations.Nullable;

/**
 * Synapses on vectors and several threads. Unchecked.
 *
 * <p>Spikes are multiplied like other numbers. Leaving out the zeros, row by row, was measured at 128 × 128 on a Zen 5 core:
 * with 8 of 100 inputs firing 560 µs against 750 µs for 4,096 rows forward, with 15 of 100 780 µs, and never faster for the
 * gradient; the branches cost what the arithmetic saves. Streaming, one row at a time, is driven by events
 * ({@link VectorSteps}).
 */
record VectorSynapses(Workers workers) {

    /** Rows per task of a matrix product: its part of x and of y stays in the second-level cache. */
    private static final int TASK_ROWS = 64;

    /** Up to that many rows, packing weights costs much beside multiplying them. */
    private static final int FEW_ROWS = 256;

    /** Columns of weights that are packed together: a row of them is read in one piece, and all fit the second-level cache. */
    private static final int FEW_COLUMNS = 4 * LENGTH;

    /** Values per task of an elementwise kernel. */
    private static final int TASK_VALUES = 1 << 15;

    private static final Scratch.Slot PANEL = new Scratch.Slot();
    private static final Scratch.Slot PACKED = new Scratch.Slot();
    private static final Scratch.Slot START = new Scratch.Slot();
    private static final Scratch.Slot WIDE = new Scratch.Slot();
    private static final Scratch.Slot NARROW = new Scratch.Slot();
    private static final Scratch.Slot SUMS = new Scratch.Slot();
    private static final Scratch.Slot TAIL = new Scratch.Slot();
    private static final Scratch.Slot TAIL_SUMS = new Scratch.Slot();
    private static final Scratch.Slot REPEATED = new Scratch.Slot();

    void dense(int rows, int inputs, int outputs, float[] x, float[] weight, float @Nullable [] bias, float[] y) {
        if (rows <= FEW_ROWS && tasks(outputs, FEW_COLUMNS) >= workers.threads()) {
            multiplyByColumns(rows, inputs, outputs, x, weight, bias, y);
            return;
        }
        float[] packed = Scratch.floats(PACKED, Panels.packedLength(inputs, outputs));
        Panels.pack(inputs, outputs, weight, outputs, 1, packed);
        multiply(rows, inputs, outputs, x, packed, bias, y);
    }

    /** Some of the weights are packed and multiplied before the next ones, while they are in the second-level cache. */
    private void multiplyByColumns(
            int rows, int inputs, int outputs, float[] x, float[] weight, float @Nullable [] bias, float[] y) {
        float[] start = start(outputs, bias);
        workers.run(tasks(outputs, FEW_COLUMNS), task -> {
            int from = task * FEW_COLUMNS;
            int to = Math.min(outputs, from + FEW_COLUMNS);
            float[] packed = Scratch.floats(PANEL, Panels.packedLength(inputs, FEW_COLUMNS));
            Panels.packSome(inputs, outputs, from, to, weight, packed);
            new Panels(inputs, outputs, x, packed, start, y).multiplySome(0, rows, from, to);
        });
    }

    private static float[] start(int columns, float @Nullable [] bias) {
        float[] start = Scratch.zeros(START, Lanes.vectors(columns) * LENGTH);
        if (bias != null) {
            System.arraycopy(bias, 0, start, 0, columns);
        }
        return start;
    }

    void denseInputGradient(int rows, int inputs, int outputs, float[] dy, float[] weight, float[] dx) {
        float[] packed = Scratch.floats(PACKED, Panels.packedLength(outputs, inputs));
        Panels.pack(outputs, inputs, weight, 1, outputs, packed); // transposed, so that lanes run over the inputs
        multiply(rows, outputs, inputs, dy, packed, null, dx);
    }

    private void multiply(
            int rows, int depth, int columns, float[] a, float[] packed, float @Nullable [] bias, float[] c) {
        var product = new Panels(depth, columns, a, packed, start(columns, bias), c);
        workers.run(
                tasks(rows, TASK_ROWS),
                task -> product.multiply(task * TASK_ROWS, Math.min(rows, (task + 1) * TASK_ROWS)));
    }

    /**
     * Lanes run over the outputs; where these are fewer than a vector's lanes, over the inputs, which is the same sum with
     * the factors changed about, with widths that fill no vectors filled up with zeros.
     */
    void denseWeightGradient(int rows, int inputs, int outputs, float[] x, float[] dy, float[] dw) {
        int whole = Lanes.whole(outputs);
        if (whole > 0) {
            outerProducts(rows, inputs, whole, outputs, x, dy, dw);
            if (whole < outputs) {
                tail(rows, inputs, whole, outputs, x, dy, dw);
            }
        } else {
            int padded = Lanes.vectors(inputs) * LENGTH;
            int few = tasks(outputs, 4) * 4; // the height of a tile
            float[] wide = x;
            if (padded != inputs) {
                wide = Scratch.floats(WIDE, rows * padded);
                copyRows(rows, x, inputs, wide, padded);
            }
            float[] narrow = dy;
            if (few != outputs) {
                narrow = Scratch.floats(NARROW, rows * few);
                copyRows(rows, dy, outputs, narrow, few);
            }
            float[] sums = Scratch.zeros(SUMS, few * padded);
            transpose(inputs, outputs, dw, outputs, sums, padded);
            outerProducts(rows, few, padded, padded, narrow, wide, sums);
            transpose(outputs, inputs, sums, padded, dw, outputs);
        }
    }

    /** The outputs that fill no vector, in arrays as wide as one. */
    private void tail(int rows, int inputs, int whole, int outputs, float[] x, float[] dy, float[] dw) {
        int count = outputs - whole;
        float[] strip = Scratch.zeros(TAIL, rows * LENGTH);
        for (int r = 0; r < rows; r++) {
            System.arraycopy(dy, r * outputs + whole, strip, r * LENGTH, count);
        }
        float[] sums = Scratch.zeros(TAIL_SUMS, inputs * LENGTH);
        for (int i = 0; i < inputs; i++) {
            System.arraycopy(dw, i * outputs + whole, sums, i * LENGTH, count);
        }
        outerProducts(rows, inputs, LENGTH, LENGTH, x, strip, sums);
        for (int i = 0; i < inputs; i++) {
            System.arraycopy(sums, i * LENGTH, dw, i * outputs + whole, count);
        }
    }

    private void outerProducts(int rows, int inputs, int columns, int outputs, float[] x, float[] dy, float[] dw) {
        // one thread takes all inputs together, as each task copies the block of dy; more of them take several tasks
        // each
        int threads = workers.threads();
        int taskInputs = threads == 1 ? Math.max(1, inputs) : tasks(inputs, 16 * threads) * 8;
        var products = new OuterProducts(inputs, outputs, x, dy, dw);
        workers.run(
                tasks(inputs, taskInputs),
                task -> products.accumulate(
                        rows, columns, task * taskInputs, Math.min(inputs, (task + 1) * taskInputs)));
    }

    /** Copies rows to another width: cut off, or filled up with zeros. */
    static void copyRows(int rows, float[] from, int fromWidth, float[] to, int toWidth) {
        int width = Math.min(fromWidth, toWidth);
        for (int r = 0; r < rows; r++) {
            for (int i = 0; i < width; i++) {
                to[r * toWidth + i] = from[r * fromWidth + i];
            }
            for (int i = width; i < toWidth; i++) {
                to[r * toWidth + i] = 0f;
            }
        }
    }

    private static void transpose(int rows, int columns, float[] from, int fromWidth, float[] to, int toWidth) {
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < columns; c++) {
                to[c * toWidth + r] = from[r * fromWidth + c];
            }
        }
    }

    static void biasGradient(int rows, int outputs, float[] dy, float[] db) {
        int j = 0;
        for (; j + 4 * LENGTH <= outputs; j += 4 * LENGTH) {
            biasGradient4(rows, j, outputs, dy, db);
        }
        for (; j < outputs; j += LENGTH) {
            VectorMask<Float> real = SPECIES.indexInRange(j, outputs);
            FloatVector s = FloatVector.fromArray(SPECIES, db, j, real);
            for (int r = 0; r < rows; r++) {
                s = s.add(FloatVector.fromArray(SPECIES, dy, r * outputs + j, real));
            }
            s.intoArray(db, j, real);
        }
    }

    /** Four sums side by side hide one another's latency. */
    private static void biasGradient4(int rows, int j, int outputs, float[] dy, float[] db) {
        FloatVector s0 = FloatVector.fromArray(SPECIES, db, j);
        FloatVector s1 = FloatVector.fromArray(SPECIES, db, j + LENGTH);
        FloatVector s2 = FloatVector.fromArray(SPECIES, db, j + 2 * LENGTH);
        FloatVector s3 = FloatVector.fromArray(SPECIES, db, j + 3 * LENGTH);
        for (int r = 0; r < rows; r++) {
            int at = r * outputs + j;
            s0 = s0.add(FloatVector.fromArray(SPECIES, dy, at));
            s1 = s1.add(FloatVector.fromArray(SPECIES, dy, at + LENGTH));
            s2 = s2.add(FloatVector.fromArray(SPECIES, dy, at + 2 * LENGTH));
            s3 = s3.add(FloatVector.fromArray(SPECIES, dy, at + 3 * LENGTH));
        }
        s0.intoArray(db, j);
        s1.intoArray(db, j + LENGTH);
        s2.intoArray(db, j + 2 * LENGTH);
        s3.intoArray(db, j + 3 * LENGTH);
    }

    /** All rows as one run of values; the weights are repeated until their pattern fits whole vectors. */
    void diagonal(int rows, int neurons, float[] x, float[] weight, float[] y) {
        if (neurons == 0) {
            return;
        }
        int period = Lanes.period(neurons);
        float[] repeated = Scratch.floats(REPEATED, period);
        Scratch.repeat(weight, neurons, repeated, period);
        int periods = rows * neurons / period;
        int taskPeriods = tasks(TASK_VALUES, period);
        workers.run(tasks(periods, taskPeriods), task -> {
            for (int p = task * taskPeriods; p < Math.min(periods, (task + 1) * taskPeriods); p++) {
                for (int i = 0; i < period; i += LENGTH) {
                    FloatVector w = FloatVector.fromArray(SPECIES, repeated, i);
                    FloatVector v = FloatVector.fromArray(SPECIES, x, p * period + i);
                    v.fma(w, FloatVector.zero(SPECIES)).intoArray(y, p * period + i);
                }
            }
        });
        for (int i = periods * period; i < rows * neurons; i++) {
            y[i] = Math.fma(x[i], weight[i % neurons], 0f);
        }
    }

    static void diagonalWeightGradient(int rows, int neurons, float[] x, float[] dy, float[] dw) {
        for (int n = 0; n < neurons; n += LENGTH) {
            VectorMask<Float> real = SPECIES.indexInRange(n, neurons);
            FloatVector s = FloatVector.fromArray(SPECIES, dw, n, real);
            for (int r = 0; r < rows; r++) {
                FloatVector v = FloatVector.fromArray(SPECIES, x, r * neurons + n, real);
                s = v.fma(FloatVector.fromArray(SPECIES, dy, r * neurons + n, real), s);
            }
            s.intoArray(dw, n, real);
        }
    }

    /** The number of pieces of {@code size} that {@code count} needs. */
    static int tasks(int count, int size) {
        return (count + size - 1) / size;
    }
}

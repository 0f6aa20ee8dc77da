package io.keyspike.kernels.internal.vector;

import static io.keyspike.kernels.internal.vector.Lanes.LENGTH;
import static io.keyspike.kernels.internal.vector.Lanes.SPECIES;

import io.keyspike.kernels.SequenceShape;
import io.keyspike.kernels.SpikeBits;
import io.keyspike.kernels.internal.threads.Scratch;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/**
 * Products with few outputs, which fill no vector or little of one: lanes run over rows or inputs instead, and a scalar of the
 * outputs is broadcast. Spikes are the masks of additions, 64 at a time, so that what they cost does not depend on how many
 * fire. Each sum is one accumulator in the order of the dense product, and has its bits.
 */
final class NarrowProducts {

    /**
     * Up to that many outputs these are faster than what {@link EventProducts} and {@link Panels} do. Measured, ns a row at 2, 4, 7,
     * 12 and 16 outputs (64, 128, 192, 128 and 128 inputs, one in ten firing): on a Zen 5 core gradient of the weights 13, 19, 42, 29 and
     * 30 before, 3, 8, 22, 19 and 25 here; on a Zen 4 core forward at 2, 4 and 7 outputs (64, 128, 128 inputs) 19, 28 and 28 by events, 13, 34
     * and 55 here, dense 31, 58 and 60.
     */
    private static final int FEW_OUTPUTS_FORWARD = 3;

    private static final int MOST_OUTPUTS_FORWARD = 8;

    private static final int MOST_OUTPUTS = 16;

    /** Rows of a block, whose spikes fill a word for each input. */
    static final int ROWS = Long.SIZE;

    /** Rows whose part of dy stays near while all inputs pass. */
    private static final int SUM_ROWS = 256;

    /** Lanes of the four vectors that are taken together: as many as a word has bits where vectors are the longest. */
    private static final int FOUR = 4 * LENGTH;

    private static final Scratch.Slot SUMS = new Scratch.Slot();

    private NarrowProducts() {}

    /**
     * Whether {@link #forward} pays: on vectors where a mask is a register.
     *
     * @param crowded whether spikes are too many for {@link EventProducts}
     */
    static boolean forwardPays(int outputs, boolean crowded) {
        return LENGTH == 16 && outputs <= (crowded ? MOST_OUTPUTS_FORWARD : FEW_OUTPUTS_FORWARD);
    }

    /** Whether {@link #sum} pays. */
    static boolean sumPays(int outputs) {
        return LENGTH == 16 && outputs <= MOST_OUTPUTS;
    }

    // ---- forward --------------------------------------------------------------------------------------------------

    /**
     * {@code y[r, :] = start + Σ_{i fires in r} weight[i, :]}, ascending i, of a block of rows.
     *
     * @param shape [T, B, inputs]
     * @param spikes {@link SpikeBits}
     * @param fromRow first row
     * @param toRow end, at most {@link #ROWS} rows later
     * @param weight {@code [inputs, outputs]}
     * @param start {@code [outputs]} at least
     * @param y {@code [rows, outputs]}
     */
    static void forward(
            SequenceShape shape,
            long[] spikes,
            int fromRow,
            int toRow,
            int outputs,
            float[] weight,
            float[] start,
            float[] y) {
        int inputs = shape.neurons();
        long[] byInput = new long[inputs];
        turn(shape, spikes, fromRow, toRow, byInput);
        float[] sums = Scratch.floats(SUMS, outputs * ROWS);
        for (int row = 0; row < toRow - fromRow; row += FOUR) {
            int j = 0;
            for (; j + 2 <= outputs; j += 2) {
                forwardPair(inputs, outputs, byInput, row, weight, j, start, sums);
            }
            if (j < outputs) {
                forwardLast(inputs, outputs, byInput, row, weight, j, start, sums);
            }
        }
        for (int row = fromRow; row < toRow; row++) {
            for (int j = 0; j < outputs; j++) {
                y[row * outputs + j] = sums[j * ROWS + row - fromRow];
            }
        }
    }

    /** The spikes of some rows by input: bit r of an input's word is row {@code fromRow + r}. */
    private static void turn(SequenceShape shape, long[] spikes, int fromRow, int toRow, long[] byInput) {
        long[] square = new long[Long.SIZE];
        for (int input = 0; input < byInput.length; input += Long.SIZE) {
            int inputs = Math.min(Long.SIZE, byInput.length - input);
            words(shape, spikes, fromRow, toRow, input, square);
            Arrays.fill(square, toRow - fromRow, Long.SIZE, 0);
            FiringLists.transpose(square);
            System.arraycopy(square, 0, byInput, input, inputs);
        }
    }

    /** Of each row the bits of up to 64 inputs, from {@code input} on. */
    private static void words(SequenceShape shape, long[] spikes, int fromRow, int toRow, int input, long[] words) {
        int neurons = shape.neurons();
        int inputs = Math.min(Long.SIZE, neurons - input);
        int lanes = shape.lanes();
        int wordsPerStep = SpikeBits.wordsPerStep(lanes);
        int step = fromRow / shape.batch() * wordsPerStep;
        int bit = fromRow % shape.batch() * neurons + input;
        for (int k = 0; k < toRow - fromRow; k++) {
            words[k] = FiringLists.bits(spikes, step + bit / Long.SIZE, bit % Long.SIZE, inputs);
            bit += neurons;
            if (bit >= lanes) { // the next step
                bit = input;
                step += wordsPerStep;
            }
        }
    }

    private static void forwardPair(
            int inputs, int outputs, long[] byInput, int row, float[] weight, int j, float[] start, float[] sums) {
        FloatVector a0 = FloatVector.broadcast(SPECIES, start[j]);
        FloatVector a1 = a0;
        FloatVector a2 = a0;
        FloatVector a3 = a0;
        FloatVector b0 = FloatVector.broadcast(SPECIES, start[j + 1]);
        FloatVector b1 = b0;
        FloatVector b2 = b0;
        FloatVector b3 = b0;
        for (int i = 0; i < inputs; i++) {
            long bits = byInput[i] >>> row;
            VectorMask<Float> m0 = VectorMask.fromLong(SPECIES, bits);
            VectorMask<Float> m1 = VectorMask.fromLong(SPECIES, bits >>> LENGTH);
            VectorMask<Float> m2 = VectorMask.fromLong(SPECIES, bits >>> (2 * LENGTH));
            VectorMask<Float> m3 = VectorMask.fromLong(SPECIES, bits >>> (3 * LENGTH));
            FloatVector a = FloatVector.broadcast(SPECIES, weight[i * outputs + j]);
            FloatVector b = FloatVector.broadcast(SPECIES, weight[i * outputs + j + 1]);
            a0 = a0.add(a, m0);
            a1 = a1.add(a, m1);
            a2 = a2.add(a, m2);
            a3 = a3.add(a, m3);
            b0 = b0.add(b, m0);
            b1 = b1.add(b, m1);
            b2 = b2.add(b, m2);
            b3 = b3.add(b, m3);
        }
        int to = j * ROWS + row;
        store(a0, a1, a2, a3, sums, to);
        store(b0, b1, b2, b3, sums, to + ROWS);
    }

    private static void forwardLast(
            int inputs, int outputs, long[] byInput, int row, float[] weight, int j, float[] start, float[] sums) {
        FloatVector a0 = FloatVector.broadcast(SPECIES, start[j]);
        FloatVector a1 = a0;
        FloatVector a2 = a0;
        FloatVector a3 = a0;
        for (int i = 0; i < inputs; i++) {
            long bits = byInput[i] >>> row;
            FloatVector a = FloatVector.broadcast(SPECIES, weight[i * outputs + j]);
            a0 = a0.add(a, VectorMask.fromLong(SPECIES, bits));
            a1 = a1.add(a, VectorMask.fromLong(SPECIES, bits >>> LENGTH));
            a2 = a2.add(a, VectorMask.fromLong(SPECIES, bits >>> (2 * LENGTH)));
            a3 = a3.add(a, VectorMask.fromLong(SPECIES, bits >>> (3 * LENGTH)));
        }
        store(a0, a1, a2, a3, sums, j * ROWS + row);
    }

    private static void store(FloatVector s0, FloatVector s1, FloatVector s2, FloatVector s3, float[] sums, int to) {
        s0.add(0f).intoArray(sums, to);
        s1.add(0f).intoArray(sums, to + LENGTH);
        s2.add(0f).intoArray(sums, to + 2 * LENGTH);
        s3.add(0f).intoArray(sums, to + 3 * LENGTH);
    }

    // ---- gradient of the weights ----------------------------------------------------------------------------------

    /**
     * {@code dw[i, :] += dy[r, :]} for each i that fires in r, ascending r.
     *
     * @param shape [T, B, inputs]
     * @param spikes {@link SpikeBits}
     * @param fromInput first input, a multiple of 64
     * @param toInput end of the inputs
     * @param dy {@code [rows, outputs]}
     * @param dw {@code [inputs, outputs]}
     */
    static void sum(
            SequenceShape shape, long[] spikes, int fromInput, int toInput, int outputs, float[] dy, float[] dw) {
        int rows = shape.rows();
        int width = VectorSynapses.tasks(toInput - fromInput, Long.SIZE) * Long.SIZE;
        float[] sums = Scratch.zeros(SUMS, outputs * width);
        for (int i = fromInput; i < toInput; i++) {
            for (int j = 0; j < outputs; j++) {
                sums[j * width + i - fromInput] = dw[i * outputs + j];
            }
        }
        long[] words = new long[SUM_ROWS];
        for (int from = 0; from < rows; from += SUM_ROWS) {
            int to = Math.min(rows, from + SUM_ROWS);
            for (int i = fromInput; i < toInput; i += Long.SIZE) {
                words(shape, spikes, from, to, i, words);
                for (int lane = 0; lane < Long.SIZE; lane += FOUR) {
                    int at = i - fromInput + lane;
                    int j = 0;
                    for (; j + 4 <= outputs; j += 4) {
                        sumFour(from, to, words, lane, outputs, dy, j, sums, j * width + at, width);
                    }
                    for (; j + 2 <= outputs; j += 2) {
                        sumPair(from, to, words, lane, outputs, dy, j, sums, j * width + at, width);
                    }
                    if (j < outputs) {
                        sumLast(from, to, words, lane, outputs, dy, j, sums, j * width + at);
                    }
                }
            }
        }
        for (int i = fromInput; i < toInput; i++) {
            for (int j = 0; j < outputs; j++) {
                dw[i * outputs + j] = sums[j * width + i - fromInput] + 0f;
            }
        }
    }

    private static void sumFour(
            int fromRow,
            int toRow,
            long[] words,
            int lane,
            int outputs,
            float[] dy,
            int j,
            float[] sums,
            int at,
            int width) {
        FloatVector a0 = FloatVector.fromArray(SPECIES, sums, at);
        FloatVector a1 = FloatVector.fromArray(SPECIES, sums, at + LENGTH);
        FloatVector a2 = FloatVector.fromArray(SPECIES, sums, at + 2 * LENGTH);
        FloatVector a3 = FloatVector.fromArray(SPECIES, sums, at + 3 * LENGTH);
        FloatVector b0 = FloatVector.fromArray(SPECIES, sums, at + width);
        FloatVector b1 = FloatVector.fromArray(SPECIES, sums, at + width + LENGTH);
        FloatVector b2 = FloatVector.fromArray(SPECIES, sums, at + width + 2 * LENGTH);
        FloatVector b3 = FloatVector.fromArray(SPECIES, sums, at + width + 3 * LENGTH);
        FloatVector c0 = FloatVector.fromArray(SPECIES, sums, at + 2 * width);
        FloatVector c1 = FloatVector.fromArray(SPECIES, sums, at + 2 * width + LENGTH);
        FloatVector c2 = FloatVector.fromArray(SPECIES, sums, at + 2 * width + 2 * LENGTH);
        FloatVector c3 = FloatVector.fromArray(SPECIES, sums, at + 2 * width + 3 * LENGTH);
        FloatVector d0 = FloatVector.fromArray(SPECIES, sums, at + 3 * width);
        FloatVector d1 = FloatVector.fromArray(SPECIES, sums, at + 3 * width + LENGTH);
        FloatVector d2 = FloatVector.fromArray(SPECIES, sums, at + 3 * width + 2 * LENGTH);
        FloatVector d3 = FloatVector.fromArray(SPECIES, sums, at + 3 * width + 3 * LENGTH);
        int count = toRow - fromRow;
        int first = fromRow * outputs + j;
        for (int r = 0; r < count; r++) {
            long bits = words[r] >>> lane;
            VectorMask<Float> m0 = VectorMask.fromLong(SPECIES, bits);
            VectorMask<Float> m1 = VectorMask.fromLong(SPECIES, bits >>> LENGTH);
            VectorMask<Float> m2 = VectorMask.fromLong(SPECIES, bits >>> (2 * LENGTH));
            VectorMask<Float> m3 = VectorMask.fromLong(SPECIES, bits >>> (3 * LENGTH));
            int from = first + r * outputs;
            FloatVector a = FloatVector.broadcast(SPECIES, dy[from]);
            a0 = a0.add(a, m0);
            a1 = a1.add(a, m1);
            a2 = a2.add(a, m2);
            a3 = a3.add(a, m3);
            FloatVector b = FloatVector.broadcast(SPECIES, dy[from + 1]);
            b0 = b0.add(b, m0);
            b1 = b1.add(b, m1);
            b2 = b2.add(b, m2);
            b3 = b3.add(b, m3);
            FloatVector c = FloatVector.broadcast(SPECIES, dy[from + 2]);
            c0 = c0.add(c, m0);
            c1 = c1.add(c, m1);
            c2 = c2.add(c, m2);
            c3 = c3.add(c, m3);
            FloatVector d = FloatVector.broadcast(SPECIES, dy[from + 3]);
            d0 = d0.add(d, m0);
            d1 = d1.add(d, m1);
            d2 = d2.add(d, m2);
            d3 = d3.add(d, m3);
        }
        a0.intoArray(sums, at);
        a1.intoArray(sums, at + LENGTH);
        a2.intoArray(sums, at + 2 * LENGTH);
        a3.intoArray(sums, at + 3 * LENGTH);
        b0.intoArray(sums, at + width);
        b1.intoArray(sums, at + width + LENGTH);
        b2.intoArray(sums, at + width + 2 * LENGTH);
        b3.intoArray(sums, at + width + 3 * LENGTH);
        c0.intoArray(sums, at + 2 * width);
        c1.intoArray(sums, at + 2 * width + LENGTH);
        c2.intoArray(sums, at + 2 * width + 2 * LENGTH);
        c3.intoArray(sums, at + 2 * width + 3 * LENGTH);
        d0.intoArray(sums, at + 3 * width);
        d1.intoArray(sums, at + 3 * width + LENGTH);
        d2.intoArray(sums, at + 3 * width + 2 * LENGTH);
        d3.intoArray(sums, at + 3 * width + 3 * LENGTH);
    }

    private static void sumPair(
            int fromRow,
            int toRow,
            long[] words,
            int lane,
            int outputs,
            float[] dy,
            int j,
            float[] sums,
            int at,
            int width) {
        int below = at + width;
        FloatVector a0 = FloatVector.fromArray(SPECIES, sums, at);
        FloatVector a1 = FloatVector.fromArray(SPECIES, sums, at + LENGTH);
        FloatVector a2 = FloatVector.fromArray(SPECIES, sums, at + 2 * LENGTH);
        FloatVector a3 = FloatVector.fromArray(SPECIES, sums, at + 3 * LENGTH);
        FloatVector b0 = FloatVector.fromArray(SPECIES, sums, below);
        FloatVector b1 = FloatVector.fromArray(SPECIES, sums, below + LENGTH);
        FloatVector b2 = FloatVector.fromArray(SPECIES, sums, below + 2 * LENGTH);
        FloatVector b3 = FloatVector.fromArray(SPECIES, sums, below + 3 * LENGTH);
        int count = toRow - fromRow;
        int first = fromRow * outputs + j;
        for (int r = 0; r < count; r++) {
            long bits = words[r] >>> lane;
            VectorMask<Float> m0 = VectorMask.fromLong(SPECIES, bits);
            VectorMask<Float> m1 = VectorMask.fromLong(SPECIES, bits >>> LENGTH);
            VectorMask<Float> m2 = VectorMask.fromLong(SPECIES, bits >>> (2 * LENGTH));
            VectorMask<Float> m3 = VectorMask.fromLong(SPECIES, bits >>> (3 * LENGTH));
            FloatVector a = FloatVector.broadcast(SPECIES, dy[first + r * outputs]);
            FloatVector b = FloatVector.broadcast(SPECIES, dy[first + r * outputs + 1]);
            a0 = a0.add(a, m0);
            a1 = a1.add(a, m1);
            a2 = a2.add(a, m2);
            a3 = a3.add(a, m3);
            b0 = b0.add(b, m0);
            b1 = b1.add(b, m1);
            b2 = b2.add(b, m2);
            b3 = b3.add(b, m3);
        }
        a0.intoArray(sums, at);
        a1.intoArray(sums, at + LENGTH);
        a2.intoArray(sums, at + 2 * LENGTH);
        a3.intoArray(sums, at + 3 * LENGTH);
        b0.intoArray(sums, below);
        b1.intoArray(sums, below + LENGTH);
        b2.intoArray(sums, below + 2 * LENGTH);
        b3.intoArray(sums, below + 3 * LENGTH);
    }

    private static void sumLast(
            int fromRow, int toRow, long[] words, int lane, int outputs, float[] dy, int j, float[] sums, int at) {
        FloatVector a0 = FloatVector.fromArray(SPECIES, sums, at);
        FloatVector a1 = FloatVector.fromArray(SPECIES, sums, at + LENGTH);
        FloatVector a2 = FloatVector.fromArray(SPECIES, sums, at + 2 * LENGTH);
        FloatVector a3 = FloatVector.fromArray(SPECIES, sums, at + 3 * LENGTH);
        int count = toRow - fromRow;
        int first = fromRow * outputs + j;
        for (int r = 0; r < count; r++) {
            long bits = words[r] >>> lane;
            FloatVector a = FloatVector.broadcast(SPECIES, dy[first + r * outputs]);
            a0 = a0.add(a, VectorMask.fromLong(SPECIES, bits));
            a1 = a1.add(a, VectorMask.fromLong(SPECIES, bits >>> LENGTH));
            a2 = a2.add(a, VectorMask.fromLong(SPECIES, bits >>> (2 * LENGTH)));
            a3 = a3.add(a, VectorMask.fromLong(SPECIES, bits >>> (3 * LENGTH)));
        }
        a0.intoArray(sums, at);
        a1.intoArray(sums, at + LENGTH);
        a2.intoArray(sums, at + 2 * LENGTH);
        a3.intoArray(sums, at + 3 * LENGTH);
    }
}

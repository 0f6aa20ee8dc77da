package io.keyspike.kernels.internal.vector;

import static io.keyspike.kernels.internal.vector.Lanes.LENGTH;
import static io.keyspike.kernels.internal.vector.Lanes.SPECIES;

import io.keyspike.kernels.internal.threads.Scratch;
import jdk.incubator.vector.FloatVector;

/**
 * Sums of outer products, {@code dw[i, j] += Σ_r x[r, i]·dy[r, j]}, ascending r, one accumulator each. Rows are taken in
 * blocks; two vectors of columns of a block of dy are copied together, so that they stay in the first-level cache while all
 * inputs pass, at a constant stride; the accumulators rest in dw in between.
 *
 * @param inputs width of x
 * @param outputs width of dy and dw
 * @param x {@code [rows, inputs]}
 * @param dy {@code [rows, outputs]}
 * @param dw {@code [inputs, outputs]}, added to
 */
@SuppressWarnings("ArrayRecordComponent") // a bundle of kernel arguments, never compared
record OuterProducts(int inputs, int outputs, float[] x, float[] dy, float[] dw) {

    private static final int BLOCK_ROWS = 128;

    /** As in {@link Panels}: 8 accumulators, as 4 inputs by 2 vectors or 8 inputs by 1. */
    private static final int TILE_INPUTS = 4;

    private static final int NARROW_TILE_INPUTS = 8;

    private static final Scratch.Slot PANEL = new Scratch.Slot();

    /**
     * Inputs {@code [fromInput, toInput)} of the gradient.
     *
     * @param rows of x and dy
     * @param columns the first outputs only, a multiple of the vector length
     */
    void accumulate(int rows, int columns, int fromInput, int toInput) {
        float[] panel = Scratch.floats(PANEL, BLOCK_ROWS * 2 * LENGTH);
        for (int from = 0; from < rows; from += BLOCK_ROWS) {
            int to = Math.min(rows, from + BLOCK_ROWS);
            int j = 0;
            for (; j + 2 * LENGTH <= columns; j += 2 * LENGTH) {
                copy(from, to, j, panel);
                int i = fromInput;
                for (; i + TILE_INPUTS <= toInput; i += TILE_INPUTS) {
                    tile(from, to, i, j, panel);
                }
                for (; i < toInput; i++) {
                    one(from, to, i, j);
                    one(from, to, i, j + LENGTH);
                }
            }
            if (j < columns) {
                int i = fromInput;
                for (; i + NARROW_TILE_INPUTS <= toInput; i += NARROW_TILE_INPUTS) {
                    narrowTile(from, to, i, j);
                }
                for (; i < toInput; i++) {
                    one(from, to, i, j);
                }
            }
        }
    }

    private void copy(int fromRow, int toRow, int j, float[] panel) {
        int outputs = this.outputs;
        float[] dy = this.dy;
        for (int r = fromRow; r < toRow; r++) {
            int to = (r - fromRow) * (2 * LENGTH);
            FloatVector.fromArray(SPECIES, dy, r * outputs + j).intoArray(panel, to);
            FloatVector.fromArray(SPECIES, dy, r * outputs + j + LENGTH).intoArray(panel, to + LENGTH);
        }
    }

    private void tile(int fromRow, int toRow, int i, int j, float[] panel) {
        int inputs = this.inputs;
        int outputs = this.outputs;
        float[] x = this.x;
        float[] dw = this.dw;
        int w = i * outputs + j;
        FloatVector s00 = FloatVector.fromArray(SPECIES, dw, w);
        FloatVector s01 = FloatVector.fromArray(SPECIES, dw, w + LENGTH);
        FloatVector s10 = FloatVector.fromArray(SPECIES, dw, w + outputs);
        FloatVector s11 = FloatVector.fromArray(SPECIES, dw, w + outputs + LENGTH);
        FloatVector s20 = FloatVector.fromArray(SPECIES, dw, w + 2 * outputs);
        FloatVector s21 = FloatVector.fromArray(SPECIES, dw, w + 2 * outputs + LENGTH);
        FloatVector s30 = FloatVector.fromArray(SPECIES, dw, w + 3 * outputs);
        FloatVector s31 = FloatVector.fromArray(SPECIES, dw, w + 3 * outputs + LENGTH);
        int count = toRow - fromRow;
        int first = fromRow * inputs + i;
        for (int r = 0; r < count; r++) {
            int d = r * (2 * LENGTH);
            int a = first + r * inputs;
            FloatVector d0 = FloatVector.fromArray(SPECIES, panel, d);
            FloatVector d1 = FloatVector.fromArray(SPECIES, panel, d + LENGTH);
            FloatVector v = FloatVector.broadcast(SPECIES, x[a]);
            s00 = v.fma(d0, s00);
            s01 = v.fma(d1, s01);
            v = FloatVector.broadcast(SPECIES, x[a + 1]);
            s10 = v.fma(d0, s10);
            s11 = v.fma(d1, s11);
            v = FloatVector.broadcast(SPECIES, x[a + 2]);
            s20 = v.fma(d0, s20);
            s21 = v.fma(d1, s21);
            v = FloatVector.broadcast(SPECIES, x[a + 3]);
            s30 = v.fma(d0, s30);
            s31 = v.fma(d1, s31);
        }
        s00.add(0f).intoArray(dw, w);
        s01.add(0f).intoArray(dw, w + LENGTH);
        s10.add(0f).intoArray(dw, w + outputs);
        s11.add(0f).intoArray(dw, w + outputs + LENGTH);
        s20.add(0f).intoArray(dw, w + 2 * outputs);
        s21.add(0f).intoArray(dw, w + 2 * outputs + LENGTH);
        s30.add(0f).intoArray(dw, w + 3 * outputs);
        s31.add(0f).intoArray(dw, w + 3 * outputs + LENGTH);
    }

    private void narrowTile(int fromRow, int toRow, int i, int j) {
        int inputs = this.inputs;
        int outputs = this.outputs;
        float[] x = this.x;
        float[] dw = this.dw;
        float[] dy = this.dy;
        int w = i * outputs + j;
        FloatVector s0 = FloatVector.fromArray(SPECIES, dw, w);
        FloatVector s1 = FloatVector.fromArray(SPECIES, dw, w + outputs);
        FloatVector s2 = FloatVector.fromArray(SPECIES, dw, w + 2 * outputs);
        FloatVector s3 = FloatVector.fromArray(SPECIES, dw, w + 3 * outputs);
        FloatVector s4 = FloatVector.fromArray(SPECIES, dw, w + 4 * outputs);
        FloatVector s5 = FloatVector.fromArray(SPECIES, dw, w + 5 * outputs);
        FloatVector s6 = FloatVector.fromArray(SPECIES, dw, w + 6 * outputs);
        FloatVector s7 = FloatVector.fromArray(SPECIES, dw, w + 7 * outputs);
        for (int r = fromRow; r < toRow; r++) {
            int a = r * inputs + i;
            FloatVector d = FloatVector.fromArray(SPECIES, dy, r * outputs + j);
            s0 = FloatVector.broadcast(SPECIES, x[a]).fma(d, s0);
            s1 = FloatVector.broadcast(SPECIES, x[a + 1]).fma(d, s1);
            s2 = FloatVector.broadcast(SPECIES, x[a + 2]).fma(d, s2);
            s3 = FloatVector.broadcast(SPECIES, x[a + 3]).fma(d, s3);
            s4 = FloatVector.broadcast(SPECIES, x[a + 4]).fma(d, s4);
            s5 = FloatVector.broadcast(SPECIES, x[a + 5]).fma(d, s5);
            s6 = FloatVector.broadcast(SPECIES, x[a + 6]).fma(d, s6);
            s7 = FloatVector.broadcast(SPECIES, x[a + 7]).fma(d, s7);
        }
        s0.add(0f).intoArray(dw, w);
        s1.add(0f).intoArray(dw, w + outputs);
        s2.add(0f).intoArray(dw, w + 2 * outputs);
        s3.add(0f).intoArray(dw, w + 3 * outputs);
        s4.add(0f).intoArray(dw, w + 4 * outputs);
        s5.add(0f).intoArray(dw, w + 5 * outputs);
        s6.add(0f).intoArray(dw, w + 6 * outputs);
        s7.add(0f).intoArray(dw, w + 7 * outputs);
    }

    private void one(int fromRow, int toRow, int i, int j) {
        int inputs = this.inputs;
        int outputs = this.outputs;
        float[] x = this.x;
        float[] dw = this.dw;
        float[] dy = this.dy;
        FloatVector s = FloatVector.fromArray(SPECIES, dw, i * outputs + j);
        for (int r = fromRow; r < toRow; r++) {
            FloatVector d = FloatVector.fromArray(SPECIES, dy, r * outputs + j);
            s = FloatVector.broadcast(SPECIES, x[r * inputs + i]).fma(d, s);
        }
        s.add(0f).intoArray(dw, i * outputs + j);
    }
}

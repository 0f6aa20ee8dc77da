package io.keyspike.kernels.internal.vector;

import static io.keyspike.kernels.internal.vector.Lanes.LENGTH;
import static io.keyspike.kernels.internal.vector.Lanes.SPECIES;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/**
 * The matrix product {@code c[r, n] = start[n] + Σ_k a[r, k]·b[k, n]}, ascending k, one accumulator and one fused
 * multiply-add per term.
 *
 * <p>b is packed into panels of 2 vectors of columns, or 1 for what is left, each {@code [depth, columns of the panel]}
 * without gaps and filled up with zeros, so that the inner loops run through memory at a constant stride.
 *
 * @param depth width of a
 * @param columns width of c
 * @param a {@code [rows, depth]}
 * @param packed b, as {@link #pack} wrote it
 * @param start what the sums start from, filled up to whole vectors
 * @param c {@code [rows, columns]}, written
 */
@SuppressWarnings("ArrayRecordComponent") // a bundle of kernel arguments, never compared
record Panels(int depth, int columns, float[] a, float[] packed, float[] start, float[] c) {

    /**
     * Four rows by two vectors, or eight by one, are 8 accumulators: what hides the latency of a multiply-add (4 cycles, two
     * at a time). Tiles of 16 accumulators were measured at a fifth of the speed: the compiler spills them to memory.
     */
    private static final int TILE_ROWS = 4;

    private static final int NARROW_TILE_ROWS = 8;

    /** Floats that {@link #pack} writes. */
    static int packedLength(int depth, int columns) {
        return Math.multiplyExact(depth, Lanes.vectors(columns) * LENGTH);
    }

    /** Vectors in the panel that starts at a column: 2 if two whole vectors are left, else 1, possibly partly filled. */
    private static int vectorsAt(int column, int columns) {
        return columns - column >= 2 * LENGTH ? 2 : 1;
    }

    /** Packs {@code b[k, n]}, which lies at {@code k·rowStride + n·columnStride}. */
    static void pack(int depth, int columns, float[] b, int rowStride, int columnStride, float[] packed) {
        int at = 0;
        for (int column = 0; column < columns; ) {
            int width = vectorsAt(column, columns) * LENGTH;
            int real = Math.min(width, columns - column);
            for (int k = 0; k < depth; k++) {
                int from = k * rowStride + column * columnStride;
                if (columnStride == 1) {
                    System.arraycopy(b, from, packed, at, real);
                } else {
                    for (int n = 0; n < real; n++) {
                        packed[at + n] = b[from + n * columnStride];
                    }
                }
                Arrays.fill(packed, at + real, at + width, 0f);
                at += width;
            }
            column += width;
        }
    }

    /**
     * Packs some of the panels, a row of all of them at a time.
     *
     * @param fromColumn where the first of them begins, which goes to the beginning of {@code packed}
     * @param toColumn where the last ends
     * @param b {@code [depth, columns]}
     */
    static void packSome(int depth, int columns, int fromColumn, int toColumn, float[] b, float[] packed) {
        for (int k = 0; k < depth; k++) {
            for (int column = fromColumn; column < toColumn; ) {
                int width = vectorsAt(column, columns) * LENGTH;
                int real = Math.min(width, columns - column);
                int to = (column - fromColumn) * depth + k * width;
                System.arraycopy(b, k * columns + column, packed, to, real);
                Arrays.fill(packed, to + real, to + width, 0f);
                column += width;
            }
        }
    }

    /** Rows {@code [fromRow, toRow)} of the product. */
    void multiply(int fromRow, int toRow) {
        multiplySome(fromRow, toRow, 0, columns);
    }

    /** As {@link #multiply(int, int)}, of the panels that {@link #packSome} packed. */
    void multiplySome(int fromRow, int toRow, int fromColumn, int toColumn) {
        for (int column = fromColumn; column < toColumn; column += vectorsAt(column, columns) * LENGTH) {
            multiply(fromRow, toRow, column, (column - fromColumn) * depth);
        }
    }

    /**
     * Rows of the product, of one panel's columns.
     *
     * @param column first column of the panel
     * @param panel where in the packed ones it begins
     */
    private void multiply(int fromRow, int toRow, int column, int panel) {
        int vectors = vectorsAt(column, columns);
        int row = fromRow;
        if (vectors == 2) {
            for (; row + TILE_ROWS <= toRow; row += TILE_ROWS) {
                tile(row, column, panel);
            }
        } else {
            for (; row + NARROW_TILE_ROWS <= toRow; row += NARROW_TILE_ROWS) {
                narrowTile(row, column, panel);
            }
        }
        for (; row < toRow; row++) {
            for (int v = 0; v < vectors; v++) {
                row(row, column + v * LENGTH, panel + v * LENGTH, vectors * LENGTH);
            }
        }
    }

    private void tile(int row, int column, int panel) {
        int depth = this.depth;
        int columns = this.columns;
        float[] a = this.a;
        float[] packed = this.packed;
        float[] c = this.c;
        FloatVector s00 = FloatVector.fromArray(SPECIES, start, column);
        FloatVector s01 = FloatVector.fromArray(SPECIES, start, column + LENGTH);
        FloatVector s10 = s00;
        FloatVector s11 = s01;
        FloatVector s20 = s00;
        FloatVector s21 = s01;
        FloatVector s30 = s00;
        FloatVector s31 = s01;
        int a0 = row * depth;
        int a1 = a0 + depth;
        int a2 = a1 + depth;
        int a3 = a2 + depth;
        for (int k = 0; k < depth; k++) {
            int b = panel + k * (2 * LENGTH);
            FloatVector b0 = FloatVector.fromArray(SPECIES, packed, b);
            FloatVector b1 = FloatVector.fromArray(SPECIES, packed, b + LENGTH);
            FloatVector x = FloatVector.broadcast(SPECIES, a[a0 + k]);
            s00 = x.fma(b0, s00);
            s01 = x.fma(b1, s01);
            x = FloatVector.broadcast(SPECIES, a[a1 + k]);
            s10 = x.fma(b0, s10);
            s11 = x.fma(b1, s11);
            x = FloatVector.broadcast(SPECIES, a[a2 + k]);
            s20 = x.fma(b0, s20);
            s21 = x.fma(b1, s21);
            x = FloatVector.broadcast(SPECIES, a[a3 + k]);
            s30 = x.fma(b0, s30);
            s31 = x.fma(b1, s31);
        }
        int to = row * columns + column;
        store(s00, s01, c, to);
        store(s10, s11, c, to + columns);
        store(s20, s21, c, to + 2 * columns);
        store(s30, s31, c, to + 3 * columns);
    }

    private static void store(FloatVector s0, FloatVector s1, float[] c, int to) {
        s0.add(0f).intoArray(c, to);
        s1.add(0f).intoArray(c, to + LENGTH);
    }

    private void narrowTile(int row, int column, int panel) {
        int depth = this.depth;
        int columns = this.columns;
        float[] a = this.a;
        float[] packed = this.packed;
        float[] c = this.c;
        FloatVector s0 = FloatVector.fromArray(SPECIES, start, column);
        FloatVector s1 = s0;
        FloatVector s2 = s0;
        FloatVector s3 = s0;
        FloatVector s4 = s0;
        FloatVector s5 = s0;
        FloatVector s6 = s0;
        FloatVector s7 = s0;
        int a0 = row * depth;
        int a1 = a0 + depth;
        int a2 = a1 + depth;
        int a3 = a2 + depth;
        int a4 = a3 + depth;
        int a5 = a4 + depth;
        int a6 = a5 + depth;
        int a7 = a6 + depth;
        for (int k = 0; k < depth; k++) {
            FloatVector b = FloatVector.fromArray(SPECIES, packed, panel + k * LENGTH);
            s0 = FloatVector.broadcast(SPECIES, a[a0 + k]).fma(b, s0);
            s1 = FloatVector.broadcast(SPECIES, a[a1 + k]).fma(b, s1);
            s2 = FloatVector.broadcast(SPECIES, a[a2 + k]).fma(b, s2);
            s3 = FloatVector.broadcast(SPECIES, a[a3 + k]).fma(b, s3);
            s4 = FloatVector.broadcast(SPECIES, a[a4 + k]).fma(b, s4);
            s5 = FloatVector.broadcast(SPECIES, a[a5 + k]).fma(b, s5);
            s6 = FloatVector.broadcast(SPECIES, a[a6 + k]).fma(b, s6);
            s7 = FloatVector.broadcast(SPECIES, a[a7 + k]).fma(b, s7);
        }
        int to = row * columns + column;
        VectorMask<Float> real = SPECIES.indexInRange(column, columns);
        s0.add(0f).intoArray(c, to + 0 * columns, real);
        s1.add(0f).intoArray(c, to + 1 * columns, real);
        s2.add(0f).intoArray(c, to + 2 * columns, real);
        s3.add(0f).intoArray(c, to + 3 * columns, real);
        s4.add(0f).intoArray(c, to + 4 * columns, real);
        s5.add(0f).intoArray(c, to + 5 * columns, real);
        s6.add(0f).intoArray(c, to + 6 * columns, real);
        s7.add(0f).intoArray(c, to + 7 * columns, real);
    }

    private void row(int row, int column, int panel, int stride) {
        int depth = this.depth;
        int columns = this.columns;
        float[] a = this.a;
        float[] packed = this.packed;
        float[] c = this.c;
        FloatVector s = FloatVector.fromArray(SPECIES, start, column);
        for (int k = 0; k < depth; k++) {
            FloatVector b = FloatVector.fromArray(SPECIES, packed, panel + k * stride);
            s = FloatVector.broadcast(SPECIES, a[row * depth + k]).fma(b, s);
        }
        s.add(0f).intoArray(c, row * columns + column, SPECIES.indexInRange(column, columns));
    }
}

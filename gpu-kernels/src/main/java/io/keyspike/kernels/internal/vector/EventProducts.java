package io.keyspike.kernels.internal.vector;

import static io.keyspike.kernels.internal.vector.Lanes.LENGTH;
import static io.keyspike.kernels.internal.vector.Lanes.SPECIES;

import io.keyspike.kernels.SequenceShape;
import io.keyspike.kernels.SpikeBits;
import io.keyspike.kernels.internal.threads.Scratch;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/**
 * Products of spikes with a matrix, driven by the spikes: they cost as much as neurons fire. Each weight is taken by a
 * fused multiply-add with the spike's height, so the sums are those of the dense product.
 *
 * <p>Up to eight vectors of columns are held in registers while spikes pass by, each of which reads as many vectors of the
 * matrix. That is what bounds them, so the matrix lies outside of the heap, at an address that is a multiple of a cache
 * line: a vector of 64 bytes within an array of Java lies across two lines and takes twice as long to read.
 */
final class EventProducts {

    /** Vectors of columns that one pass over spikes serves. */
    private static final int BLOCK_VECTORS = 8;

    /** Rows of one vector of columns that are summed side by side. */
    private static final int ROWS = 4;

    private static final long VECTOR_BYTES = (long) LENGTH * Float.BYTES;

    /** Words of each input that rows are turned about into together: more rows spare passes, fewer stay nearer. */
    private static final int MOST_SUM_WORDS = 2;

    /** Floats of dy's rows that stay in the first-level cache. */
    private static final int NEAR = 1 << 13;

    /** Above this share of spikes the rows are better near. */
    private static final double MANY = 0.2;

    /** Up to that many columns, sums of gradients lie in memory. */
    private static final int NARROW = 2 * LENGTH;

    private static final Scratch.Slot PANEL = new Scratch.Slot();
    private static final Scratch.Slot WIDE = new Scratch.Slot();

    private EventProducts() {}

    /**
     * Columns of a matrix that products read: whole vectors, of which the last few are as many as one pass serves.
     *
     * @param outputs columns wanted
     */
    static int columns(int outputs) {
        int vectors = Lanes.vectors(outputs);
        int last = vectors % BLOCK_VECTORS;
        int served = last <= 2 ? last : last <= 4 ? 4 : BLOCK_VECTORS;
        return (vectors - last + served) * LENGTH;
    }

    /**
     * Rows of spikes.
     *
     * @param shape [T, B, inputs] of the spikes
     * @param outputs width of what the spikes bring
     * @param columns {@link #columns} of it
     * @param spikes {@link SpikeBits}
     * @param height what a spike counts
     */
    @SuppressWarnings("ArrayRecordComponent") // a bundle of kernel arguments, never compared
    record Rows(SequenceShape shape, int outputs, int columns, long[] spikes, float height) {
        Rows(SequenceShape shape, int outputs, long[] spikes, float height) {
            this(shape, outputs, EventProducts.columns(outputs), spikes, height);
        }
    }

    /** Where the matrix's rows begin that some spikes want, in the order of the sum. */
    private static final class Fired {
        final int[] indices;
        final int[] ends = new int[ROWS];
        int count;

        Fired(int most) {
            indices = FiringLists.room(most);
        }

        /** Those of a row, among all inputs. */
        void list(Rows rows, int row) {
            count = list(rows, row, 0);
        }

        /** Those of some rows, one after the other. */
        void listRows(Rows rows, int row) {
            for (int k = 0; k < ROWS; k++) {
                ends[k] = list(rows, row + k, k == 0 ? 0 : ends[k - 1]);
            }
        }

        private int list(Rows rows, int row, int first) {
            SequenceShape shape = rows.shape;
            return FiringLists.ofRow(shape, rows.spikes, row, 0, shape.neurons(), rows.columns, indices, first);
        }
    }

    private static FloatVector at(MemorySegment matrix, long offset) {
        return FloatVector.fromMemorySegment(SPECIES, matrix, offset, ByteOrder.nativeOrder());
    }

    /**
     * {@code y[r, :] = start + Σ_{i fires in r} weight[i, :]}, ascending i.
     *
     * @param weight {@code [inputs, columns]}, on {@link Scratch#onLines}
     * @param start {@code [columns]}
     * @param y {@code [rows, outputs]}
     */
    static void gather(Rows rows, int fromRow, int toRow, MemorySegment weight, float[] start, float[] y) {
        int columns = rows.columns;
        int outputs = rows.outputs;
        boolean whole = columns == outputs;
        float[] wide = whole ? y : Scratch.floats(WIDE, ROWS * columns);
        boolean aside = aside(columns);
        var fired = new Fired((aside ? ROWS : 1) * rows.shape.neurons());
        int r = fromRow;
        for (; aside && r + ROWS <= toRow; r += ROWS) {
            fired.listRows(rows, r);
            gatherRows(rows, fired, weight, start, wide, whole ? r * outputs : 0);
            for (int k = 0; k < ROWS && !whole; k++) {
                System.arraycopy(wide, k * columns, y, (r + k) * outputs, outputs);
            }
        }
        for (; r < toRow; r++) {
            fired.list(rows, r);
            gather(rows, fired, weight, start, wide, whole ? r * outputs : 0);
            if (!whole) {
                System.arraycopy(wide, 0, y, r * outputs, outputs);
            }
        }
    }

    private static void gather(Rows rows, Fired fired, MemorySegment weight, float[] start, float[] y, int to) {
        int columns = rows.columns;
        int j = 0;
        for (; j + BLOCK_VECTORS * LENGTH <= columns; j += BLOCK_VECTORS * LENGTH) {
            gather8(rows, fired, weight, j, start, y, to + j);
        }
        for (; j + 4 * LENGTH <= columns; j += 4 * LENGTH) {
            gather4(rows, fired, weight, j, start, y, to + j);
        }
        for (; j + 2 * LENGTH <= columns; j += 2 * LENGTH) {
            gather2(rows, fired, weight, j, start, y, to + j);
        }
        for (; j < columns; j += LENGTH) {
            gather1(rows, fired, weight, j, start, y, to + j);
        }
    }

    private static void gather8(Rows rows, Fired row, MemorySegment weight, int j, float[] start, float[] y, int to) {
        int[] fired = row.indices;
        int count = row.count;
        FloatVector height = FloatVector.broadcast(SPECIES, rows.height);
        FloatVector s0 = FloatVector.fromArray(SPECIES, start, j);
        FloatVector s1 = FloatVector.fromArray(SPECIES, start, j + LENGTH);
        FloatVector s2 = FloatVector.fromArray(SPECIES, start, j + 2 * LENGTH);
        FloatVector s3 = FloatVector.fromArray(SPECIES, start, j + 3 * LENGTH);
        FloatVector s4 = FloatVector.fromArray(SPECIES, start, j + 4 * LENGTH);
        FloatVector s5 = FloatVector.fromArray(SPECIES, start, j + 5 * LENGTH);
        FloatVector s6 = FloatVector.fromArray(SPECIES, start, j + 6 * LENGTH);
        FloatVector s7 = FloatVector.fromArray(SPECIES, start, j + 7 * LENGTH);
        for (int k = 0; k < count; k++) {
            long at = (long) Float.BYTES * (fired[k] + j);
            s0 = at(weight, at).fma(height, s0);
            s1 = at(weight, at + VECTOR_BYTES).fma(height, s1);
            s2 = at(weight, at + 2 * VECTOR_BYTES).fma(height, s2);
            s3 = at(weight, at + 3 * VECTOR_BYTES).fma(height, s3);
            s4 = at(weight, at + 4 * VECTOR_BYTES).fma(height, s4);
            s5 = at(weight, at + 5 * VECTOR_BYTES).fma(height, s5);
            s6 = at(weight, at + 6 * VECTOR_BYTES).fma(height, s6);
            s7 = at(weight, at + 7 * VECTOR_BYTES).fma(height, s7);
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

    private static void gather4(Rows rows, Fired row, MemorySegment weight, int j, float[] start, float[] y, int to) {
        int[] fired = row.indices;
        int count = row.count;
        FloatVector height = FloatVector.broadcast(SPECIES, rows.height);
        FloatVector s0 = FloatVector.fromArray(SPECIES, start, j);
        FloatVector s1 = FloatVector.fromArray(SPECIES, start, j + LENGTH);
        FloatVector s2 = FloatVector.fromArray(SPECIES, start, j + 2 * LENGTH);
        FloatVector s3 = FloatVector.fromArray(SPECIES, start, j + 3 * LENGTH);
        for (int k = 0; k < count; k++) {
            long at = (long) Float.BYTES * (fired[k] + j);
            s0 = at(weight, at).fma(height, s0);
            s1 = at(weight, at + VECTOR_BYTES).fma(height, s1);
            s2 = at(weight, at + 2 * VECTOR_BYTES).fma(height, s2);
            s3 = at(weight, at + 3 * VECTOR_BYTES).fma(height, s3);
        }
        s0.add(0f).intoArray(y, to);
        s1.add(0f).intoArray(y, to + LENGTH);
        s2.add(0f).intoArray(y, to + 2 * LENGTH);
        s3.add(0f).intoArray(y, to + 3 * LENGTH);
    }

    private static void gather2(Rows rows, Fired row, MemorySegment weight, int j, float[] start, float[] y, int to) {
        int[] fired = row.indices;
        int count = row.count;
        FloatVector height = FloatVector.broadcast(SPECIES, rows.height);
        FloatVector s0 = FloatVector.fromArray(SPECIES, start, j);
        FloatVector s1 = FloatVector.fromArray(SPECIES, start, j + LENGTH);
        for (int k = 0; k < count; k++) {
            long at = (long) Float.BYTES * (fired[k] + j);
            s0 = at(weight, at).fma(height, s0);
            s1 = at(weight, at + VECTOR_BYTES).fma(height, s1);
        }
        s0.add(0f).intoArray(y, to);
        s1.add(0f).intoArray(y, to + LENGTH);
    }

    private static void gather1(Rows rows, Fired row, MemorySegment weight, int j, float[] start, float[] y, int to) {
        int[] fired = row.indices;
        int count = row.count;
        FloatVector height = FloatVector.broadcast(SPECIES, rows.height);
        FloatVector s0 = FloatVector.fromArray(SPECIES, start, j);
        for (int k = 0; k < count; k++) {
            long at = (long) Float.BYTES * (fired[k] + j);
            s0 = at(weight, at).fma(height, s0);
        }
        s0.add(0f).intoArray(y, to);
    }

    /** Four rows of one vector of columns each: while one's sum waits for its last addition, the others' go on. */
    private static void gatherRows(Rows rows, Fired four, MemorySegment weight, float[] start, float[] y, int to) {
        int[] fired = four.indices;
        int end0 = four.ends[0];
        int end1 = four.ends[1];
        int end2 = four.ends[2];
        int end3 = four.ends[3];
        FloatVector height = FloatVector.broadcast(SPECIES, rows.height);
        FloatVector s0 = FloatVector.fromArray(SPECIES, start, 0);
        FloatVector s1 = s0;
        FloatVector s2 = s0;
        FloatVector s3 = s0;
        int all = Math.min(Math.min(end0, end1 - end0), Math.min(end2 - end1, end3 - end2));
        for (int k = 0; k < all; k++) {
            s0 = at(weight, (long) Float.BYTES * fired[k]).fma(height, s0);
            s1 = at(weight, (long) Float.BYTES * fired[end0 + k]).fma(height, s1);
            s2 = at(weight, (long) Float.BYTES * fired[end1 + k]).fma(height, s2);
            s3 = at(weight, (long) Float.BYTES * fired[end2 + k]).fma(height, s3);
        }
        for (int k = all; k < end0; k++) {
            s0 = at(weight, (long) Float.BYTES * fired[k]).fma(height, s0);
        }
        for (int k = end0 + all; k < end1; k++) {
            s1 = at(weight, (long) Float.BYTES * fired[k]).fma(height, s1);
        }
        for (int k = end1 + all; k < end2; k++) {
            s2 = at(weight, (long) Float.BYTES * fired[k]).fma(height, s2);
        }
        for (int k = end2 + all; k < end3; k++) {
            s3 = at(weight, (long) Float.BYTES * fired[k]).fma(height, s3);
        }
        s0.add(0f).intoArray(y, to);
        s1.add(0f).intoArray(y, to + LENGTH);
        s2.add(0f).intoArray(y, to + 2 * LENGTH);
        s3.add(0f).intoArray(y, to + 3 * LENGTH);
    }

    /** Whether rows of so few columns are gathered side by side. */
    static boolean aside(int columns) {
        return columns == LENGTH;
    }

    /** Whether gradients of so few columns are summed by {@link #scatter}. */
    static boolean narrow(int columns) {
        return columns <= NARROW;
    }

    /**
     * {@code dw[i, :] += dy[r, :]} for each i from {@code fromInput} to before {@code toInput} that fires in r,
     * ascending r: for each row the inputs that fire in it. Sums that lie in memory do not wait for one another.
     *
     * @param dy {@code [rows, columns]}
     * @param dw {@code [inputs, columns]}
     */
    static void scatter(Rows rows, int fromInput, int toInput, float[] dy, float[] dw) {
        int columns = rows.columns;
        var fired = new Fired(toInput - fromInput);
        FloatVector height = FloatVector.broadcast(SPECIES, rows.height);
        for (int r = 0; r < rows.shape.rows(); r++) {
            fired.count = FiringLists.ofRow(rows.shape, rows.spikes, r, fromInput, toInput, columns, fired.indices, 0);
            for (int j = 0; j < columns; j += LENGTH) {
                FloatVector d = FloatVector.fromArray(SPECIES, dy, r * columns + j);
                for (int k = 0; k < fired.count; k++) {
                    int to = fromInput * columns + fired.indices[k] + j;
                    d.fma(height, FloatVector.fromArray(SPECIES, dw, to)).intoArray(dw, to);
                }
            }
        }
        for (int i = fromInput * columns; i < toInput * columns; i += LENGTH) {
            FloatVector.fromArray(SPECIES, dw, i).add(0f).intoArray(dw, i);
        }
    }

    /**
     * As {@link #scatter}, where there are more columns: for each input the rows in which it fires out of a block of
     * them, so that its sums stay in registers.
     *
     * @param dy {@code [rows, outputs]}
     * @param dw {@code [inputs, columns]}
     */
    static void sum(Rows rows, int fromInput, int toInput, float[] dy, float[] dw) {
        int rowCount = rows.shape.rows();
        int width = Math.min(rows.columns, BLOCK_VECTORS * LENGTH);
        int words = words(rows, width);
        int together = words * Long.SIZE;
        var fired = new Fired(together);
        MemorySegment panel = Scratch.segment(PANEL, (long) together * width * Float.BYTES);
        long[] turned = new long[(toInput - fromInput) * words];
        long[] square = new long[Long.SIZE];
        for (int from = 0; from < rowCount; from += together) {
            int to = Math.min(rowCount, from + together);
            turn(rows, from, to, fromInput, toInput, square, turned, words);
            for (int column = 0; column < rows.columns; column += width) {
                copy(rows, from, to, column, dy, panel, width);
                int columns = Math.min(width, rows.columns - column);
                for (int i = fromInput; i < toInput; i++) {
                    fired.count = 0;
                    for (int w = 0; w < words; w++) {
                        long bits = turned[(i - fromInput) * words + w];
                        fired.count = FiringLists.add(bits, w * Long.SIZE, width, fired.indices, fired.count);
                    }
                    sum(rows, fired, panel, columns, dw, i * rows.columns + column);
                }
            }
        }
    }

    private static int words(Rows rows, int width) {
        boolean near = MOST_SUM_WORDS * Long.SIZE * width <= NEAR;
        return near || SpikeBits.count(rows.shape, rows.spikes) < MANY * rows.shape.size() ? MOST_SUM_WORDS : 1;
    }

    /** The panel's first columns, to where dw has them. */
    private static void sum(Rows rows, Fired fired, MemorySegment panel, int columns, float[] dw, int to) {
        int j = 0;
        for (; j + BLOCK_VECTORS * LENGTH <= columns; j += BLOCK_VECTORS * LENGTH) {
            sum8(rows, fired, panel, j, dw, to + j);
        }
        for (; j + 4 * LENGTH <= columns; j += 4 * LENGTH) {
            sum4(rows, fired, panel, j, dw, to + j);
        }
        for (; j + 2 * LENGTH <= columns; j += 2 * LENGTH) {
            sum2(rows, fired, panel, j, dw, to + j);
        }
        for (; j < columns; j += LENGTH) {
            sum1(rows, fired, panel, j, dw, to + j);
        }
    }

    /** The spikes of some rows by input: bit r of an input's words is row {@code fromRow + r}. */
    private static void turn(
            Rows rows, int fromRow, int toRow, int fromInput, int toInput, long[] square, long[] turned, int words) {
        SequenceShape shape = rows.shape;
        int batch = shape.batch();
        int neurons = shape.neurons();
        int wordsPerStep = SpikeBits.wordsPerStep(shape.lanes());
        for (int w = 0; w < words; w++) {
            int first = fromRow + w * Long.SIZE;
            int count = Math.clamp(toRow - first, 0, Long.SIZE);
            for (int input = fromInput; input < toInput; input += Long.SIZE) {
                int inputs = Math.min(Long.SIZE, toInput - input);
                int step = first / batch * wordsPerStep;
                int bit = first % batch * neurons + input;
                for (int k = 0; k < count; k++) {
                    square[k] = FiringLists.bits(rows.spikes, step + bit / Long.SIZE, bit % Long.SIZE, inputs);
                    bit += neurons;
                    if (bit >= batch * neurons) { // the next step
                        bit = input;
                        step += wordsPerStep;
                    }
                }
                Arrays.fill(square, count, Long.SIZE, 0);
                FiringLists.transpose(square);
                for (int i = 0; i < inputs; i++) {
                    turned[(input - fromInput + i) * words + w] = square[i];
                }
            }
        }
    }

    private static void copy(
            Rows rows, int fromRow, int toRow, int column, float[] dy, MemorySegment panel, int width) {
        int outputs = rows.outputs;
        int count = Math.min(width, outputs - column);
        int whole = Lanes.whole(count);
        for (int r = fromRow; r < toRow; r++) {
            long to = (long) (r - fromRow) * width * Float.BYTES;
            int from = r * outputs + column;
            for (int j = 0; j < whole; j += LENGTH) {
                FloatVector.fromArray(SPECIES, dy, from + j)
                        .intoMemorySegment(panel, to + (long) j * Float.BYTES, ByteOrder.nativeOrder());
            }
            for (int j = whole; j < count; j++) {
                panel.set(ValueLayout.JAVA_FLOAT, to + (long) j * Float.BYTES, dy[from + j]);
            }
        }
    }

    private static void sum8(Rows rows, Fired listed, MemorySegment panel, int at, float[] dw, int to) {
        int[] fired = listed.indices;
        int count = listed.count;
        FloatVector height = FloatVector.broadcast(SPECIES, rows.height);
        FloatVector s0 = FloatVector.fromArray(SPECIES, dw, to);
        FloatVector s1 = FloatVector.fromArray(SPECIES, dw, to + LENGTH);
        FloatVector s2 = FloatVector.fromArray(SPECIES, dw, to + 2 * LENGTH);
        FloatVector s3 = FloatVector.fromArray(SPECIES, dw, to + 3 * LENGTH);
        FloatVector s4 = FloatVector.fromArray(SPECIES, dw, to + 4 * LENGTH);
        FloatVector s5 = FloatVector.fromArray(SPECIES, dw, to + 5 * LENGTH);
        FloatVector s6 = FloatVector.fromArray(SPECIES, dw, to + 6 * LENGTH);
        FloatVector s7 = FloatVector.fromArray(SPECIES, dw, to + 7 * LENGTH);
        for (int k = 0; k < count; k++) {
            long from = (long) Float.BYTES * (fired[k] + at);
            s0 = at(panel, from).fma(height, s0);
            s1 = at(panel, from + VECTOR_BYTES).fma(height, s1);
            s2 = at(panel, from + 2 * VECTOR_BYTES).fma(height, s2);
            s3 = at(panel, from + 3 * VECTOR_BYTES).fma(height, s3);
            s4 = at(panel, from + 4 * VECTOR_BYTES).fma(height, s4);
            s5 = at(panel, from + 5 * VECTOR_BYTES).fma(height, s5);
            s6 = at(panel, from + 6 * VECTOR_BYTES).fma(height, s6);
            s7 = at(panel, from + 7 * VECTOR_BYTES).fma(height, s7);
        }
        s0.add(0f).intoArray(dw, to);
        s1.add(0f).intoArray(dw, to + LENGTH);
        s2.add(0f).intoArray(dw, to + 2 * LENGTH);
        s3.add(0f).intoArray(dw, to + 3 * LENGTH);
        s4.add(0f).intoArray(dw, to + 4 * LENGTH);
        s5.add(0f).intoArray(dw, to + 5 * LENGTH);
        s6.add(0f).intoArray(dw, to + 6 * LENGTH);
        s7.add(0f).intoArray(dw, to + 7 * LENGTH);
    }

    private static void sum4(Rows rows, Fired listed, MemorySegment panel, int at, float[] dw, int to) {
        int[] fired = listed.indices;
        int count = listed.count;
        FloatVector height = FloatVector.broadcast(SPECIES, rows.height);
        FloatVector s0 = FloatVector.fromArray(SPECIES, dw, to);
        FloatVector s1 = FloatVector.fromArray(SPECIES, dw, to + LENGTH);
        FloatVector s2 = FloatVector.fromArray(SPECIES, dw, to + 2 * LENGTH);
        FloatVector s3 = FloatVector.fromArray(SPECIES, dw, to + 3 * LENGTH);
        for (int k = 0; k < count; k++) {
            long from = (long) Float.BYTES * (fired[k] + at);
            s0 = at(panel, from).fma(height, s0);
            s1 = at(panel, from + VECTOR_BYTES).fma(height, s1);
            s2 = at(panel, from + 2 * VECTOR_BYTES).fma(height, s2);
            s3 = at(panel, from + 3 * VECTOR_BYTES).fma(height, s3);
        }
        s0.add(0f).intoArray(dw, to);
        s1.add(0f).intoArray(dw, to + LENGTH);
        s2.add(0f).intoArray(dw, to + 2 * LENGTH);
        s3.add(0f).intoArray(dw, to + 3 * LENGTH);
    }

    private static void sum2(Rows rows, Fired listed, MemorySegment panel, int at, float[] dw, int to) {
        int[] fired = listed.indices;
        int count = listed.count;
        FloatVector height = FloatVector.broadcast(SPECIES, rows.height);
        FloatVector s0 = FloatVector.fromArray(SPECIES, dw, to);
        FloatVector s1 = FloatVector.fromArray(SPECIES, dw, to + LENGTH);
        for (int k = 0; k < count; k++) {
            long from = (long) Float.BYTES * (fired[k] + at);
            s0 = at(panel, from).fma(height, s0);
            s1 = at(panel, from + VECTOR_BYTES).fma(height, s1);
        }
        s0.add(0f).intoArray(dw, to);
        s1.add(0f).intoArray(dw, to + LENGTH);
    }

    private static void sum1(Rows rows, Fired listed, MemorySegment panel, int at, float[] dw, int to) {
        int[] fired = listed.indices;
        int count = listed.count;
        FloatVector height = FloatVector.broadcast(SPECIES, rows.height);
        FloatVector s0 = FloatVector.fromArray(SPECIES, dw, to);
        for (int k = 0; k < count; k++) {
            long from = (long) Float.BYTES * (fired[k] + at);
            s0 = at(panel, from).fma(height, s0);
        }
        s0.add(0f).intoArray(dw, to);
    }

    /** Lays a matrix out as {@link #gather} wants it: rows of {@code columns}, filled up with zeros. */
    static void lay(int rows, float[] matrix, int width, MemorySegment laid, int columns) {
        for (int r = 0; r < rows; r++) {
            long to = (long) r * columns * Float.BYTES;
            MemorySegment.copy(matrix, r * width, laid, ValueLayout.JAVA_FLOAT, to, width);
            laid.asSlice(to + (long) width * Float.BYTES, (long) (columns - width) * Float.BYTES)
                    .fill((byte) 0);
        }
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
}

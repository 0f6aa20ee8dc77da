package io.keyspike.kernels.internal.vector;

import static io.keyspike.kernels.internal.vector.Lanes.LENGTH;

import io.keyspike.kernels.DenseProducts;
import io.keyspike.kernels.SequenceShape;
import io.keyspike.kernels.SpikeBits;
import io.keyspike.kernels.internal.threads.Scratch;
import io.keyspike.kernels.internal.threads.Workers;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * Products on vectors. Spikes drive the products where few neurons fire; where many do, they are multiplied like other
 * numbers. Both give the same bits.
 */
final class VectorProducts implements DenseProducts {

    /**
     * Cycles of products driven by spikes: forward {@code 40·rows + spikes·max(4, 2 + 0.75·vectors)}, of dense ones
     * {@code inputs·rows·(0.5·vectors + 0.1)}, where vectors are those of a row's outputs. Fitted on a Zen 5 core, of
     * which one line: at 128 × 128 and 2,000 rows with 3, 10, 30 and 50 of 100 firing, forward 43, 82, 193, 316 µs
     * against 300 µs dense, weight gradient 78, 119, 234, 364 µs. A sum waits 4 cycles for the one before, so that
     * narrow outputs are better off dense, except forward in one vector, where four rows go side by side: on a Zen 4 core, ns a row
     * of 1,000 inputs and 10 outputs with 10, 30 and 50 of 100 firing 152, 280, 389, against 440 dense.
     */
    private static final double EVENT_ROW = 40;

    private static final double EVENT_SPIKE = 2;
    private static final double EVENT_VECTOR = 0.75;
    private static final double EVENT_LEAST = 4;
    private static final double EVENT_ASIDE = 1.5;
    private static final double DENSE_VECTOR = 0.5;
    private static final double DENSE_INPUT = 0.1;

    /** Rows per task. */
    private static final int TASK_ROWS = 64;

    private static final Scratch.Slot PACKED = new Scratch.Slot();
    private static final Scratch.Slot WIDE = new Scratch.Slot();
    private static final Scratch.Slot SUMS = new Scratch.Slot();
    private static final Scratch.Slot ZEROS = new Scratch.Slot();
    private static final Scratch.Slot SPIKES = new Scratch.Slot();

    private final Workers workers;
    private final VectorSynapses synapses;
    private final int inputs;
    private final int outputs;
    private final int columns;
    private float[] values = {};
    private MemorySegment rows = MemorySegment.NULL;
    private float[] transposed = {};
    private final float[] start;
    private float[] given = {};
    private boolean laidForSpikes;
    private boolean laidForValues;

    /** Whether an input of {@link #forward} was spikes: weights are laid out for such from the next time on. */
    private volatile boolean spikesGiven;

    VectorProducts(Workers workers, int inputs, int outputs) {
        this.workers = workers;
        synapses = new VectorSynapses(workers);
        this.inputs = inputs;
        this.outputs = outputs;
        columns = EventProducts.columns(outputs);
        start = new float[columns];
    }

    @Override
    public void lay(float[] weight, float @Nullable [] bias, Use... uses) {
        if (bias != null) {
            System.arraycopy(bias, 0, start, 0, outputs);
        }
        laidForSpikes = false;
        laidForValues = false;
        for (Use use : uses) {
            switch (use) {
                case VALUES -> {
                    values = room(values, Panels.packedLength(inputs, outputs));
                    Panels.pack(inputs, outputs, weight, outputs, 1, values);
                    laidForValues = true;
                    if (spikesGiven) {
                        layForSpikes(weight);
                    }
                }
                case SPIKES -> layForSpikes(weight);
                case INPUT_GRADIENT -> {
                    transposed = room(transposed, Panels.packedLength(outputs, inputs));
                    Panels.pack(outputs, inputs, weight, 1, outputs, transposed);
                }
            }
        }
    }

    private void layForSpikes(float[] weight) {
        long bytes = (long) inputs * columns * Float.BYTES;
        rows = rows.byteSize() >= bytes ? rows : Scratch.onLines(bytes);
        EventProducts.lay(inputs, weight, outputs, rows, columns);
        given = weight;
        laidForSpikes = true;
    }

    private static float[] room(float[] array, int length) {
        return array.length >= length ? array : new float[length];
    }

    @Override
    public void forward(int rowCount, float[] x, float[] y) {
        long[] spikes = inputs == 0 ? null : FiringLists.packed(rowCount, inputs, x);
        if (spikes != null) {
            spikesGiven = true;
            var shape = new SequenceShape(rowCount, 1, inputs);
            if (laidForSpikes && !crowded(shape, spikes, forwardSpike())) {
                gather(shape, spikes, 1, y);
                return;
            }
        }
        multiply(rowCount, inputs, outputs, x, values, start, y);
    }

    @Override
    public void forwardSpikes(SequenceShape shape, long[] spikes, float height, float[] y) {
        if (!laidForSpikes) {
            throw new IllegalStateException("dense products: expected weights laid out for spikes, found none");
        }
        // Where outputs are few, spikes need not be counted.
        boolean few = height == 1 && NarrowProducts.forwardPays(outputs, false);
        boolean crowded = !few && crowded(shape, spikes, forwardSpike());
        if (height == 1 && NarrowProducts.forwardPays(outputs, crowded)) {
            workers.run(
                    VectorSynapses.tasks(shape.rows(), NarrowProducts.ROWS),
                    task -> NarrowProducts.forward(
                            shape,
                            spikes,
                            task * NarrowProducts.ROWS,
                            Math.min(shape.rows(), (task + 1) * NarrowProducts.ROWS),
                            outputs,
                            given,
                            start,
                            y));
            return;
        }
        if (crowded) {
            float[] packed = values;
            if (!laidForValues) {
                packed = Scratch.floats(PACKED, Panels.packedLength(inputs, outputs));
                Panels.pack(inputs, outputs, given, outputs, 1, packed);
            }
            multiply(shape.rows(), inputs, outputs, floats(shape, spikes, height), packed, start, y);
            return;
        }
        gather(shape, spikes, height, y);
    }

    private void gather(SequenceShape shape, long[] spikes, float height, float[] y) {
        int tasks = VectorSynapses.tasks(shape.rows(), TASK_ROWS);
        var spiking = new EventProducts.Rows(shape, outputs, spikes, height);
        workers.run(
                tasks,
                task -> EventProducts.gather(
                        spiking, task * TASK_ROWS, Math.min(shape.rows(), (task + 1) * TASK_ROWS), rows, start, y));
    }

    @Override
    public void inputGradient(int rowCount, float[] dy, float[] dx) {
        float[] zeros = Scratch.zeros(ZEROS, Lanes.vectors(inputs) * LENGTH);
        multiply(rowCount, outputs, inputs, dy, transposed, zeros, dx);
    }

    private void multiply(int rowCount, int depth, int width, float[] a, float[] packed, float[] from, float[] c) {
        var product = new Panels(depth, width, a, packed, from, c);
        workers.run(
                VectorSynapses.tasks(rowCount, TASK_ROWS),
                task -> product.multiply(task * TASK_ROWS, Math.min(rowCount, (task + 1) * TASK_ROWS)));
    }

    @Override
    public void parameterGradient(
            int rowCount, float[] x, float[] dy, float[] weightGradient, float @Nullable [] biasGradient) {
        long[] spikes = inputs == 0 ? null : FiringLists.packed(rowCount, inputs, x);
        if (spikes != null) {
            var shape = new SequenceShape(rowCount, 1, inputs);
            if (!crowded(shape, spikes, gradientSpike())) {
                parameterGradientSpikes(shape, spikes, 1, dy, weightGradient, biasGradient);
                return;
            }
        }
        denseParameterGradient(rowCount, x, dy, weightGradient, biasGradient);
    }

    private void denseParameterGradient(
            int rowCount, float[] x, float[] dy, float[] weightGradient, float @Nullable [] biasGradient) {
        synapses.denseWeightGradient(rowCount, inputs, outputs, x, dy, weightGradient);
        if (biasGradient != null) {
            VectorSynapses.biasGradient(rowCount, outputs, dy, biasGradient);
        }
    }

    @Override
    public void parameterGradientSpikes(
            SequenceShape shape,
            long[] spikes,
            float height,
            float[] dy,
            float[] weightGradient,
            float @Nullable [] biasGradient) {
        if (height == 1 && NarrowProducts.sumPays(outputs)) {
            int words = VectorSynapses.tasks(inputs, Long.SIZE);
            int part = VectorSynapses.tasks(words, workers.threads()) * Long.SIZE;
            workers.run(
                    VectorSynapses.tasks(inputs, part),
                    task -> NarrowProducts.sum(
                            shape,
                            spikes,
                            task * part,
                            Math.min(inputs, (task + 1) * part),
                            outputs,
                            dy,
                            weightGradient));
            if (biasGradient != null) {
                VectorSynapses.biasGradient(shape.rows(), outputs, dy, biasGradient);
            }
            return;
        }
        if (crowded(shape, spikes, gradientSpike())) {
            denseParameterGradient(shape.rows(), floats(shape, spikes, height), dy, weightGradient, biasGradient);
            return;
        }
        if (columns == outputs) {
            sum(shape, spikes, height, dy, weightGradient);
        } else {
            float[] sums = Scratch.floats(SUMS, inputs * columns);
            VectorSynapses.copyRows(inputs, weightGradient, outputs, sums, columns);
            sum(shape, spikes, height, dy, sums);
            VectorSynapses.copyRows(inputs, sums, columns, weightGradient, outputs);
        }
        if (biasGradient != null) {
            VectorSynapses.biasGradient(shape.rows(), outputs, dy, biasGradient);
        }
    }

    /** Each task sums the gradients of some of the inputs, over all rows. */
    private void sum(SequenceShape shape, long[] spikes, float height, float[] dy, float[] dw) {
        var spiking = new EventProducts.Rows(shape, outputs, spikes, height);
        int part = (inputs + workers.threads() - 1) / workers.threads();
        int tasks = VectorSynapses.tasks(inputs, part);
        if (!EventProducts.narrow(columns)) {
            workers.run(
                    tasks,
                    task -> EventProducts.sum(spiking, task * part, Math.min(inputs, (task + 1) * part), dy, dw));
            return;
        }
        float[] wide = dy;
        if (columns != outputs) {
            wide = Scratch.floats(WIDE, shape.rows() * columns);
            VectorSynapses.copyRows(shape.rows(), dy, outputs, wide, columns);
        }
        float[] rowsOfColumns = wide;
        workers.run(
                tasks,
                task -> EventProducts.scatter(
                        spiking, task * part, Math.min(inputs, (task + 1) * part), rowsOfColumns, dw));
    }

    private double forwardSpike() {
        return EventProducts.aside(columns) ? EVENT_ASIDE : gradientSpike();
    }

    private double gradientSpike() {
        return Math.max(EVENT_LEAST, EVENT_SPIKE + EVENT_VECTOR * vectors());
    }

    private double vectors() {
        return (double) columns / LENGTH;
    }

    /**
     * Whether a dense product is faster than one that the spikes drive.
     *
     * @param spike what one costs, in cycles
     */
    private boolean crowded(SequenceShape shape, long[] spikes, double spike) {
        double events = EVENT_ROW * shape.rows() + SpikeBits.count(shape, spikes) * spike;
        return events > shape.size() * (DENSE_VECTOR * vectors() + DENSE_INPUT);
    }

    private static float[] floats(SequenceShape shape, long[] spikes, float height) {
        float[] x = Scratch.floats(SPIKES, shape.size());
        EventProducts.unpack(shape, spikes, height, x);
        return x;
    }
}

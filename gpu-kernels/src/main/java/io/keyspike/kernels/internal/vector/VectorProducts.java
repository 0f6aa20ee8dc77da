package io.keyspike.kernels.internal.vector;

import static io.keyspike.kernels.internal.vector.Lanes.LENGTH;

import io.keyspike.kernels.DenseProducts;
import io.keyspike.kernels.SequenceShape;
import io.keyspike.kernels.SpikeBits;
import io.keyspike.kernels.internal.threads.Scratch;
import io.keyspike.kernels.internal.threads.Workers;
import org.jspecify.annotations.Nullable;

/**
 * Products on vectors. Spikes drive the products where few neurons fire; where many do, they are multiplied like other
 * numbers. Both give the same bits.
 */
final class VectorProducts implements DenseProducts {

    /**
     * Cycles that a row costs, in terms of its inputs, its firing inputs and the vectors of its outputs: driven by spikes
     * {@code 30 + fired·(6 + vectors)}, dense {@code inputs·(0.65·vectors + 0.1)}. Fitted on a Zen 5 core, of which one line: at
     * 128 × 128 and 1,000 rows with 3, 8, 15, 30 and 50 of 100 firing, forward 62, 53, 63, 179, 292 µs against 168 µs dense,
     * weight gradient 56, 67, 85, 230, 389 µs against 204 µs. Where a row has one or two outputs, dense wins.
     */
    private static final double EVENT_ROW = 30;

    private static final double EVENT_SPIKE = 6;
    private static final double DENSE_VECTOR = 0.65;
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
    private float[] rows = {};
    private float[] transposed = {};
    private final float[] start;
    private boolean laidForSpikes;
    private boolean laidForValues;

    VectorProducts(Workers workers, int inputs, int outputs) {
        this.workers = workers;
        synapses = new VectorSynapses(workers);
        this.inputs = inputs;
        this.outputs = outputs;
        columns = Lanes.vectors(outputs) * LENGTH;
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
                }
                case SPIKES -> {
                    if (columns == outputs) {
                        rows = weight;
                    } else {
                        rows = room(rows, inputs * columns);
                        VectorSynapses.copyRows(inputs, weight, outputs, rows, columns);
                    }
                    laidForSpikes = true;
                }
                case INPUT_GRADIENT -> {
                    transposed = room(transposed, Panels.packedLength(outputs, inputs));
                    Panels.pack(outputs, inputs, weight, 1, outputs, transposed);
                }
            }
        }
    }

    private static float[] room(float[] array, int length) {
        return array.length >= length ? array : new float[length];
    }

    @Override
    public void forward(int rowCount, float[] x, float[] y) {
        multiply(rowCount, inputs, outputs, x, values, start, y);
    }

    @Override
    public void forwardSpikes(SequenceShape shape, long[] spikes, float height, float[] y) {
        if (!laidForSpikes) {
            throw new IllegalStateException("dense products: expected weights laid out for spikes, found none");
        }
        if (crowded(shape, spikes)) {
            float[] packed = values;
            if (!laidForValues) {
                packed = Scratch.floats(PACKED, Panels.packedLength(inputs, outputs));
                Panels.pack(inputs, outputs, rows, columns, 1, packed);
            }
            multiply(shape.rows(), inputs, outputs, floats(shape, spikes, height), packed, start, y);
            return;
        }
        float[] wide = columns == outputs ? y : Scratch.floats(WIDE, shape.rows() * columns);
        int tasks = VectorSynapses.tasks(shape.rows(), TASK_ROWS);
        var spiking = new EventProducts.Rows(shape, columns, spikes, height);
        workers.run(
                tasks,
                task -> EventProducts.gather(
                        spiking, task * TASK_ROWS, Math.min(shape.rows(), (task + 1) * TASK_ROWS), rows, start, wide));
        if (columns != outputs) {
            VectorSynapses.copyRows(shape.rows(), wide, columns, y, outputs);
        }
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
        if (crowded(shape, spikes)) {
            parameterGradient(shape.rows(), floats(shape, spikes, height), dy, weightGradient, biasGradient);
            return;
        }
        if (columns == outputs) {
            scatter(shape, spikes, height, dy, weightGradient);
        } else {
            float[] wide = Scratch.floats(WIDE, shape.rows() * columns);
            VectorSynapses.copyRows(shape.rows(), dy, outputs, wide, columns);
            float[] sums = Scratch.floats(SUMS, inputs * columns);
            VectorSynapses.copyRows(inputs, weightGradient, outputs, sums, columns);
            scatter(shape, spikes, height, wide, sums);
            VectorSynapses.copyRows(inputs, sums, columns, weightGradient, outputs);
        }
        if (biasGradient != null) {
            VectorSynapses.biasGradient(shape.rows(), outputs, dy, biasGradient);
        }
    }

    /** Each task sums the gradients of some of the inputs, over all rows. */
    private void scatter(SequenceShape shape, long[] spikes, float height, float[] dy, float[] dw) {
        var spiking = new EventProducts.Rows(shape, columns, spikes, height);
        int part = (inputs + workers.threads() - 1) / workers.threads();
        workers.run(
                VectorSynapses.tasks(inputs, part),
                task -> EventProducts.scatter(spiking, task * part, Math.min(inputs, (task + 1) * part), dy, dw));
    }

    private boolean crowded(SequenceShape shape, long[] spikes) {
        double vectors = (double) columns / LENGTH;
        double events = EVENT_ROW * shape.rows() + SpikeBits.count(shape, spikes) * (EVENT_SPIKE + vectors);
        return events > shape.size() * (DENSE_VECTOR * vectors + DENSE_INPUT);
    }

    private static float[] floats(SequenceShape shape, long[] spikes, float height) {
        float[] x = Scratch.floats(SPIKES, shape.size());
        EventProducts.unpack(shape, spikes, height, x);
        return x;
    }
}

package io.keyspike.kernels.internal.vector;

import static io.keyspike.kernels.internal.vector.Lanes.LENGTH;
import static io.keyspike.kernels.internal.vector.Lanes.SPECIES;

import io.keyspike.kernels.BatchNorm;
import io.keyspike.kernels.internal.scalar.ScalarNormalisation;
import io.keyspike.kernels.internal.threads.Scratch;
import io.keyspike.kernels.internal.threads.Workers;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/** {@link ScalarNormalisation} on vectors and several threads; a task is a block of rows. Unchecked. */
final class VectorNormalisation {

    private static final int BLOCK_ROWS = ScalarNormalisation.BLOCK_ROWS;

    private static final Scratch.Slot PARTIAL = new Scratch.Slot();
    private static final Scratch.Slot INVERSE = new Scratch.Slot();
    private static final Scratch.Slot SCALE = new Scratch.Slot();
    private static final Scratch.Slot MEAN_PLAIN = new Scratch.Slot();
    private static final Scratch.Slot MEAN_ALONG = new Scratch.Slot();

    private VectorNormalisation() {}

    static void forward(Workers workers, BatchNorm norm, float[] x, float[] shift, float[] y) {
        int rows = norm.rows();
        int neurons = norm.neurons();
        float[] mean = norm.mean();
        float[] variance = norm.variance();
        int blocks = VectorSynapses.tasks(rows, BLOCK_ROWS);
        float[] partial = Scratch.floats(PARTIAL, blocks * neurons);
        workers.run(blocks, block -> sum(block, rows, neurons, x, partial));
        combine(blocks, neurons, partial, mean);
        divide(neurons, mean, rows);
        workers.run(blocks, block -> sumOfSquares(block, rows, neurons, x, mean, partial));
        combine(blocks, neurons, partial, variance);
        divide(neurons, variance, rows);

        float[] scale = Scratch.floats(SCALE, neurons);
        for (int n = 0; n < neurons; n++) {
            scale[n] = norm.gain()[n] * ScalarNormalisation.inverseDeviation(variance[n], norm.epsilon());
        }
        workers.run(blocks, block -> normalise(block, norm, x, scale, shift, y));
    }

    static void backward(
            Workers workers,
            BatchNorm norm,
            float[] x,
            float[] dy,
            float[] dx,
            float[] gainGradient,
            float[] shiftGradient) {
        int rows = norm.rows();
        int neurons = norm.neurons();
        int blocks = VectorSynapses.tasks(rows, BLOCK_ROWS);
        float[] partial = Scratch.floats(PARTIAL, blocks * neurons);
        float[] inverse = Scratch.floats(INVERSE, neurons);
        float[] scale = Scratch.floats(SCALE, neurons);
        float[] meanPlain = Scratch.floats(MEAN_PLAIN, neurons);
        float[] meanAlong = Scratch.floats(MEAN_ALONG, neurons);
        for (int n = 0; n < neurons; n++) {
            inverse[n] = ScalarNormalisation.inverseDeviation(norm.variance()[n], norm.epsilon());
            scale[n] = norm.gain()[n] * inverse[n];
        }
        workers.run(blocks, block -> sum(block, rows, neurons, dy, partial));
        combine(blocks, neurons, partial, meanPlain);
        workers.run(blocks, block -> sumAlong(block, norm, x, inverse, dy, partial));
        combine(blocks, neurons, partial, meanAlong);
        for (int n = 0; n < neurons; n++) {
            shiftGradient[n] += meanPlain[n];
            gainGradient[n] += meanAlong[n];
        }
        var factors = new Factors(inverse, scale, meanPlain, meanAlong);
        divide(neurons, meanPlain, rows);
        divide(neurons, meanAlong, rows);
        workers.run(blocks, block -> propagate(block, norm, factors, x, dy, dx));
    }

    private static void combine(int blocks, int neurons, float[] partial, float[] sums) {
        Arrays.fill(sums, 0, neurons, 0f);
        for (int block = 0; block < blocks; block++) {
            for (int n = 0; n < neurons; n++) {
                sums[n] += partial[block * neurons + n];
            }
        }
    }

    private static void divide(int neurons, float[] sums, int rows) {
        for (int n = 0; n < neurons; n++) {
            sums[n] /= rows;
        }
    }

    private static void sum(int block, int rows, int neurons, float[] x, float[] partial) {
        int from = block * BLOCK_ROWS;
        int to = Math.min(rows, from + BLOCK_ROWS);
        for (int n = 0; n < neurons; n += LENGTH) {
            VectorMask<Float> real = SPECIES.indexInRange(n, neurons);
            FloatVector s = FloatVector.zero(SPECIES);
            for (int r = from; r < to; r++) {
                s = s.add(FloatVector.fromArray(SPECIES, x, r * neurons + n, real));
            }
            s.intoArray(partial, block * neurons + n, real);
        }
    }

    private static void sumOfSquares(int block, int rows, int neurons, float[] x, float[] mean, float[] partial) {
        int from = block * BLOCK_ROWS;
        int to = Math.min(rows, from + BLOCK_ROWS);
        for (int n = 0; n < neurons; n += LENGTH) {
            VectorMask<Float> real = SPECIES.indexInRange(n, neurons);
            FloatVector m = FloatVector.fromArray(SPECIES, mean, n, real);
            FloatVector s = FloatVector.zero(SPECIES);
            for (int r = from; r < to; r++) {
                FloatVector d =
                        FloatVector.fromArray(SPECIES, x, r * neurons + n, real).sub(m);
                s = d.fma(d, s);
            }
            s.intoArray(partial, block * neurons + n, real);
        }
    }

    private static void sumAlong(int block, BatchNorm norm, float[] x, float[] inverse, float[] dy, float[] partial) {
        int rows = norm.rows();
        int neurons = norm.neurons();
        float[] mean = norm.mean();
        int from = block * BLOCK_ROWS;
        int to = Math.min(rows, from + BLOCK_ROWS);
        for (int n = 0; n < neurons; n += LENGTH) {
            VectorMask<Float> real = SPECIES.indexInRange(n, neurons);
            FloatVector m = FloatVector.fromArray(SPECIES, mean, n, real);
            FloatVector inv = FloatVector.fromArray(SPECIES, inverse, n, real);
            FloatVector s = FloatVector.zero(SPECIES);
            for (int r = from; r < to; r++) {
                int at = r * neurons + n;
                FloatVector normal =
                        FloatVector.fromArray(SPECIES, x, at, real).sub(m).mul(inv);
                s = FloatVector.fromArray(SPECIES, dy, at, real).fma(normal, s);
            }
            s.intoArray(partial, block * neurons + n, real);
        }
    }

    private static void normalise(int block, BatchNorm norm, float[] x, float[] scale, float[] shift, float[] y) {
        int rows = norm.rows();
        int neurons = norm.neurons();
        float[] mean = norm.mean();
        int from = block * BLOCK_ROWS;
        int to = Math.min(rows, from + BLOCK_ROWS);
        for (int n = 0; n < neurons; n += LENGTH) {
            VectorMask<Float> real = SPECIES.indexInRange(n, neurons);
            FloatVector m = FloatVector.fromArray(SPECIES, mean, n, real);
            FloatVector factor = FloatVector.fromArray(SPECIES, scale, n, real);
            FloatVector offset = FloatVector.fromArray(SPECIES, shift, n, real);
            for (int r = from; r < to; r++) {
                int at = r * neurons + n;
                FloatVector.fromArray(SPECIES, x, at, real)
                        .sub(m)
                        .mul(factor)
                        .add(offset)
                        .intoArray(y, at, real);
            }
        }
    }

    /** Rows of {@code [neurons]}: inverse deviation, scale, mean of dy, mean of dy·x̂. */
    @SuppressWarnings("ArrayRecordComponent") // working arrays, never compared
    private record Factors(float[] inverse, float[] scale, float[] meanPlain, float[] meanAlong) {}

    private static void propagate(int block, BatchNorm norm, Factors factors, float[] x, float[] dy, float[] dx) {
        int rows = norm.rows();
        int neurons = norm.neurons();
        float[] mean = norm.mean();
        float[] inverse = factors.inverse;
        float[] scale = factors.scale;
        float[] meanPlain = factors.meanPlain;
        float[] meanAlong = factors.meanAlong;
        int from = block * BLOCK_ROWS;
        int to = Math.min(rows, from + BLOCK_ROWS);
        for (int n = 0; n < neurons; n += LENGTH) {
            VectorMask<Float> real = SPECIES.indexInRange(n, neurons);
            FloatVector m = FloatVector.fromArray(SPECIES, mean, n, real);
            FloatVector inv = FloatVector.fromArray(SPECIES, inverse, n, real);
            FloatVector factor = FloatVector.fromArray(SPECIES, scale, n, real);
            FloatVector plain = FloatVector.fromArray(SPECIES, meanPlain, n, real);
            FloatVector along = FloatVector.fromArray(SPECIES, meanAlong, n, real);
            for (int r = from; r < to; r++) {
                int at = r * neurons + n;
                FloatVector normal =
                        FloatVector.fromArray(SPECIES, x, at, real).sub(m).mul(inv);
                FloatVector.fromArray(SPECIES, dy, at, real)
                        .sub(plain)
                        .sub(normal.mul(along))
                        .mul(factor)
                        .intoArray(dx, at, real);
            }
        }
    }
}

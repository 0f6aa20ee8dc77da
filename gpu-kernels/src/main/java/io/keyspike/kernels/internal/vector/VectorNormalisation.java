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
    private static final Scratch.Slot PARTIAL_ALONG = new Scratch.Slot();
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
        float[] partialAlong = Scratch.floats(PARTIAL_ALONG, blocks * neurons);
        workers.run(blocks, block -> sumGradients(block, norm, x, inverse, dy, partial, partialAlong));
        combine(blocks, neurons, partial, meanPlain);
        combine(blocks, neurons, partialAlong, meanAlong);
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

    /** Four vectors of columns at a time, so that no addition waits for the one before. */
    private static void sum(int block, int rows, int neurons, float[] x, float[] partial) {
        int from = block * BLOCK_ROWS;
        int to = Math.min(rows, from + BLOCK_ROWS);
        int base = block * neurons;
        int n = 0;
        for (; n + 4 * LENGTH <= neurons; n += 4 * LENGTH) {
            FloatVector s0 = FloatVector.zero(SPECIES);
            FloatVector s1 = FloatVector.zero(SPECIES);
            FloatVector s2 = FloatVector.zero(SPECIES);
            FloatVector s3 = FloatVector.zero(SPECIES);
            for (int r = from; r < to; r++) {
                int at = r * neurons + n;
                s0 = s0.add(FloatVector.fromArray(SPECIES, x, at));
                s1 = s1.add(FloatVector.fromArray(SPECIES, x, at + LENGTH));
                s2 = s2.add(FloatVector.fromArray(SPECIES, x, at + 2 * LENGTH));
                s3 = s3.add(FloatVector.fromArray(SPECIES, x, at + 3 * LENGTH));
            }
            s0.intoArray(partial, base + n);
            s1.intoArray(partial, base + n + LENGTH);
            s2.intoArray(partial, base + n + 2 * LENGTH);
            s3.intoArray(partial, base + n + 3 * LENGTH);
        }
        for (; n < neurons; n += LENGTH) {
            VectorMask<Float> real = SPECIES.indexInRange(n, neurons);
            FloatVector s = FloatVector.zero(SPECIES);
            for (int r = from; r < to; r++) {
                s = s.add(FloatVector.fromArray(SPECIES, x, r * neurons + n, real));
            }
            s.intoArray(partial, base + n, real);
        }
    }

    private static void sumOfSquares(int block, int rows, int neurons, float[] x, float[] mean, float[] partial) {
        int from = block * BLOCK_ROWS;
        int to = Math.min(rows, from + BLOCK_ROWS);
        int base = block * neurons;
        int n = 0;
        for (; n + 4 * LENGTH <= neurons; n += 4 * LENGTH) {
            FloatVector m0 = FloatVector.fromArray(SPECIES, mean, n);
            FloatVector m1 = FloatVector.fromArray(SPECIES, mean, n + LENGTH);
            FloatVector m2 = FloatVector.fromArray(SPECIES, mean, n + 2 * LENGTH);
            FloatVector m3 = FloatVector.fromArray(SPECIES, mean, n + 3 * LENGTH);
            FloatVector s0 = FloatVector.zero(SPECIES);
            FloatVector s1 = FloatVector.zero(SPECIES);
            FloatVector s2 = FloatVector.zero(SPECIES);
            FloatVector s3 = FloatVector.zero(SPECIES);
            for (int r = from; r < to; r++) {
                int at = r * neurons + n;
                FloatVector d0 = FloatVector.fromArray(SPECIES, x, at).sub(m0);
                FloatVector d1 = FloatVector.fromArray(SPECIES, x, at + LENGTH).sub(m1);
                FloatVector d2 =
                        FloatVector.fromArray(SPECIES, x, at + 2 * LENGTH).sub(m2);
                FloatVector d3 =
                        FloatVector.fromArray(SPECIES, x, at + 3 * LENGTH).sub(m3);
                s0 = d0.fma(d0, s0);
                s1 = d1.fma(d1, s1);
                s2 = d2.fma(d2, s2);
                s3 = d3.fma(d3, s3);
            }
            s0.intoArray(partial, base + n);
            s1.intoArray(partial, base + n + LENGTH);
            s2.intoArray(partial, base + n + 2 * LENGTH);
            s3.intoArray(partial, base + n + 3 * LENGTH);
        }
        for (; n < neurons; n += LENGTH) {
            VectorMask<Float> real = SPECIES.indexInRange(n, neurons);
            FloatVector m = FloatVector.fromArray(SPECIES, mean, n, real);
            FloatVector s = FloatVector.zero(SPECIES);
            for (int r = from; r < to; r++) {
                FloatVector d =
                        FloatVector.fromArray(SPECIES, x, r * neurons + n, real).sub(m);
                s = d.fma(d, s);
            }
            s.intoArray(partial, base + n, real);
        }
    }

    /** Sums of dy and of dy·x̂ in one passage, two vectors of columns at a time. */
    private static void sumGradients(
            int block, BatchNorm norm, float[] x, float[] inverse, float[] dy, float[] plain, float[] along) {
        int rows = norm.rows();
        int neurons = norm.neurons();
        float[] mean = norm.mean();
        int from = block * BLOCK_ROWS;
        int to = Math.min(rows, from + BLOCK_ROWS);
        int base = block * neurons;
        int n = 0;
        for (; n + 2 * LENGTH <= neurons; n += 2 * LENGTH) {
            FloatVector m0 = FloatVector.fromArray(SPECIES, mean, n);
            FloatVector m1 = FloatVector.fromArray(SPECIES, mean, n + LENGTH);
            FloatVector inv0 = FloatVector.fromArray(SPECIES, inverse, n);
            FloatVector inv1 = FloatVector.fromArray(SPECIES, inverse, n + LENGTH);
            FloatVector p0 = FloatVector.zero(SPECIES);
            FloatVector p1 = FloatVector.zero(SPECIES);
            FloatVector a0 = FloatVector.zero(SPECIES);
            FloatVector a1 = FloatVector.zero(SPECIES);
            for (int r = from; r < to; r++) {
                int at = r * neurons + n;
                FloatVector d0 = FloatVector.fromArray(SPECIES, dy, at);
                FloatVector d1 = FloatVector.fromArray(SPECIES, dy, at + LENGTH);
                p0 = p0.add(d0);
                p1 = p1.add(d1);
                a0 = d0.fma(FloatVector.fromArray(SPECIES, x, at).sub(m0).mul(inv0), a0);
                a1 = d1.fma(
                        FloatVector.fromArray(SPECIES, x, at + LENGTH).sub(m1).mul(inv1), a1);
            }
            p0.intoArray(plain, base + n);
            p1.intoArray(plain, base + n + LENGTH);
            a0.intoArray(along, base + n);
            a1.intoArray(along, base + n + LENGTH);
        }
        for (; n < neurons; n += LENGTH) {
            VectorMask<Float> real = SPECIES.indexInRange(n, neurons);
            FloatVector m = FloatVector.fromArray(SPECIES, mean, n, real);
            FloatVector inv = FloatVector.fromArray(SPECIES, inverse, n, real);
            FloatVector p = FloatVector.zero(SPECIES);
            FloatVector a = FloatVector.zero(SPECIES);
            for (int r = from; r < to; r++) {
                int at = r * neurons + n;
                FloatVector d = FloatVector.fromArray(SPECIES, dy, at, real);
                p = p.add(d);
                a = d.fma(FloatVector.fromArray(SPECIES, x, at, real).sub(m).mul(inv), a);
            }
            p.intoArray(plain, base + n, real);
            a.intoArray(along, base + n, real);
        }
    }

    private static void normalise(int block, BatchNorm norm, float[] x, float[] scale, float[] shift, float[] y) {
        int rows = norm.rows();
        int neurons = norm.neurons();
        float[] mean = norm.mean();
        int from = block * BLOCK_ROWS;
        int to = Math.min(rows, from + BLOCK_ROWS);
        int n = 0;
        for (; n + 2 * LENGTH <= neurons; n += 2 * LENGTH) {
            FloatVector m0 = FloatVector.fromArray(SPECIES, mean, n);
            FloatVector m1 = FloatVector.fromArray(SPECIES, mean, n + LENGTH);
            FloatVector factor0 = FloatVector.fromArray(SPECIES, scale, n);
            FloatVector factor1 = FloatVector.fromArray(SPECIES, scale, n + LENGTH);
            FloatVector offset0 = FloatVector.fromArray(SPECIES, shift, n);
            FloatVector offset1 = FloatVector.fromArray(SPECIES, shift, n + LENGTH);
            for (int r = from; r < to; r++) {
                int at = r * neurons + n;
                FloatVector x0 = FloatVector.fromArray(SPECIES, x, at);
                FloatVector x1 = FloatVector.fromArray(SPECIES, x, at + LENGTH);
                x0.sub(m0).mul(factor0).add(offset0).intoArray(y, at);
                x1.sub(m1).mul(factor1).add(offset1).intoArray(y, at + LENGTH);
            }
        }
        for (; n < neurons; n += LENGTH) {
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

    /**
     * Few vectors and one loop in each method: on all of it in one, the JVM's first compiler gives up, out of registers,
     * and in about every second run the method stayed ten times as slow.
     */
    private static void propagate(int block, BatchNorm norm, Factors factors, float[] x, float[] dy, float[] dx) {
        int neurons = norm.neurons();
        int from = block * BLOCK_ROWS;
        int to = Math.min(norm.rows(), from + BLOCK_ROWS);
        int n = 0;
        for (; n + 2 * LENGTH <= neurons; n += 2 * LENGTH) {
            propagatePair(from, to, n, norm, factors, x, dy, dx);
        }
        for (; n < neurons; n += LENGTH) {
            propagateLast(from, to, n, norm, factors, x, dy, dx);
        }
    }

    private static void propagatePair(
            int from, int to, int n, BatchNorm norm, Factors factors, float[] x, float[] dy, float[] dx) {
        int neurons = norm.neurons();
        float[] mean = norm.mean();
        FloatVector m0 = FloatVector.fromArray(SPECIES, mean, n);
        FloatVector m1 = FloatVector.fromArray(SPECIES, mean, n + LENGTH);
        FloatVector inv0 = FloatVector.fromArray(SPECIES, factors.inverse, n);
        FloatVector inv1 = FloatVector.fromArray(SPECIES, factors.inverse, n + LENGTH);
        FloatVector factor0 = FloatVector.fromArray(SPECIES, factors.scale, n);
        FloatVector factor1 = FloatVector.fromArray(SPECIES, factors.scale, n + LENGTH);
        FloatVector plain0 = FloatVector.fromArray(SPECIES, factors.meanPlain, n);
        FloatVector plain1 = FloatVector.fromArray(SPECIES, factors.meanPlain, n + LENGTH);
        FloatVector along0 = FloatVector.fromArray(SPECIES, factors.meanAlong, n);
        FloatVector along1 = FloatVector.fromArray(SPECIES, factors.meanAlong, n + LENGTH);
        for (int r = from; r < to; r++) {
            int at = r * neurons + n;
            FloatVector normal0 = FloatVector.fromArray(SPECIES, x, at).sub(m0).mul(inv0);
            FloatVector normal1 =
                    FloatVector.fromArray(SPECIES, x, at + LENGTH).sub(m1).mul(inv1);
            FloatVector d0 = FloatVector.fromArray(SPECIES, dy, at);
            FloatVector d1 = FloatVector.fromArray(SPECIES, dy, at + LENGTH);
            d0.sub(plain0).sub(normal0.mul(along0)).mul(factor0).intoArray(dx, at);
            d1.sub(plain1).sub(normal1.mul(along1)).mul(factor1).intoArray(dx, at + LENGTH);
        }
    }

    private static void propagateLast(
            int from, int to, int n, BatchNorm norm, Factors factors, float[] x, float[] dy, float[] dx) {
        int neurons = norm.neurons();
        VectorMask<Float> real = SPECIES.indexInRange(n, neurons);
        FloatVector m = FloatVector.fromArray(SPECIES, norm.mean(), n, real);
        FloatVector inv = FloatVector.fromArray(SPECIES, factors.inverse, n, real);
        FloatVector factor = FloatVector.fromArray(SPECIES, factors.scale, n, real);
        FloatVector plain = FloatVector.fromArray(SPECIES, factors.meanPlain, n, real);
        FloatVector along = FloatVector.fromArray(SPECIES, factors.meanAlong, n, real);
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

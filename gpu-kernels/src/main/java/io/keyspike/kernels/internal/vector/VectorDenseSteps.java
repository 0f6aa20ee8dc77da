package io.keyspike.kernels.internal.vector;

import static io.keyspike.kernels.internal.vector.Lanes.LENGTH;
import static io.keyspike.kernels.internal.vector.Lanes.SPECIES;
import static io.keyspike.kernels.internal.vector.VectorWeights.VECTOR_BYTES;

import io.keyspike.kernels.internal.scalar.ScalarSteps;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import org.jspecify.annotations.Nullable;

/**
 * What dense synapses of {@link VectorSteps} bring in a step: sums stay in registers while the events, or the inputs, pass.
 */
final class VectorDenseSteps {

    private VectorDenseSteps() {}

    static void events(VectorWeights weights, float @Nullable [] bias, int[] fired, int firedCount, float[] current) {
        int outputs = weights.outputs;
        int j = 0;
        for (; j + 4 * LENGTH <= outputs; j += 4 * LENGTH) {
            events4(j, weights, bias, fired, firedCount, current);
        }
        for (; j + LENGTH <= outputs; j += LENGTH) {
            events1(j, weights, bias, fired, firedCount, current);
        }
        if (j < outputs && outputs >= LENGTH) {
            events1(outputs - LENGTH, weights, bias, fired, firedCount, current);
        } else if (j < outputs) {
            ScalarSteps.events(weights.plain, bias, fired, firedCount, current);
        }
    }

    private static void events1(
            int j, VectorWeights weights, float @Nullable [] bias, int[] fired, int firedCount, float[] current) {
        MemorySegment rows = weights.rows;
        long rowBytes = weights.rowBytes;
        long column = (long) j * Float.BYTES;
        FloatVector s0 = start(bias, j);
        for (int k = 0; k < firedCount; k++) {
            long at = fired[k] * rowBytes + column;
            s0 = s0.add(VectorWeights.at(rows, at));
        }
        s0.add(0f).intoArray(current, j);
    }

    private static void events4(
            int j, VectorWeights weights, float @Nullable [] bias, int[] fired, int firedCount, float[] current) {
        MemorySegment rows = weights.rows;
        long rowBytes = weights.rowBytes;
        long column = (long) j * Float.BYTES;
        FloatVector s0 = start(bias, j);
        FloatVector s1 = start(bias, j + LENGTH);
        FloatVector s2 = start(bias, j + 2 * LENGTH);
        FloatVector s3 = start(bias, j + 3 * LENGTH);
        for (int k = 0; k < firedCount; k++) {
            long at = fired[k] * rowBytes + column;
            s0 = s0.add(VectorWeights.at(rows, at));
            s1 = s1.add(VectorWeights.at(rows, at + VECTOR_BYTES));
            s2 = s2.add(VectorWeights.at(rows, at + 2 * VECTOR_BYTES));
            s3 = s3.add(VectorWeights.at(rows, at + 3 * VECTOR_BYTES));
        }
        s0.add(0f).intoArray(current, j);
        s1.add(0f).intoArray(current, j + LENGTH);
        s2.add(0f).intoArray(current, j + 2 * LENGTH);
        s3.add(0f).intoArray(current, j + 3 * LENGTH);
    }

    static void values(VectorWeights weights, float @Nullable [] bias, float[] x, float[] current) {
        int outputs = weights.outputs;
        int j = 0;
        for (; j + 4 * LENGTH <= outputs; j += 4 * LENGTH) {
            values4(j, weights, bias, x, current);
        }
        for (; j + LENGTH <= outputs; j += LENGTH) {
            values1(j, weights, bias, x, current);
        }
        if (j < outputs && outputs >= LENGTH) {
            values1(outputs - LENGTH, weights, bias, x, current);
        } else if (j < outputs) {
            ScalarSteps.values(weights.plain, bias, x, current);
        }
    }

    private static void values1(int j, VectorWeights weights, float @Nullable [] bias, float[] x, float[] current) {
        MemorySegment rows = weights.rows;
        long rowBytes = weights.rowBytes;
        int inputs = weights.inputs;
        long at = (long) j * Float.BYTES;
        FloatVector s0 = start(bias, j);
        for (int i = 0; i < inputs; i++) {
            FloatVector v = FloatVector.broadcast(SPECIES, x[i]);
            s0 = v.fma(VectorWeights.at(rows, at), s0);
            at += rowBytes;
        }
        s0.add(0f).intoArray(current, j);
    }

    private static void values4(int j, VectorWeights weights, float @Nullable [] bias, float[] x, float[] current) {
        MemorySegment rows = weights.rows;
        long rowBytes = weights.rowBytes;
        int inputs = weights.inputs;
        long at = (long) j * Float.BYTES;
        FloatVector s0 = start(bias, j);
        FloatVector s1 = start(bias, j + LENGTH);
        FloatVector s2 = start(bias, j + 2 * LENGTH);
        FloatVector s3 = start(bias, j + 3 * LENGTH);
        for (int i = 0; i < inputs; i++) {
            FloatVector v = FloatVector.broadcast(SPECIES, x[i]);
            s0 = v.fma(VectorWeights.at(rows, at), s0);
            s1 = v.fma(VectorWeights.at(rows, at + VECTOR_BYTES), s1);
            s2 = v.fma(VectorWeights.at(rows, at + 2 * VECTOR_BYTES), s2);
            s3 = v.fma(VectorWeights.at(rows, at + 3 * VECTOR_BYTES), s3);
            at += rowBytes;
        }
        s0.add(0f).intoArray(current, j);
        s1.add(0f).intoArray(current, j + LENGTH);
        s2.add(0f).intoArray(current, j + 2 * LENGTH);
        s3.add(0f).intoArray(current, j + 3 * LENGTH);
    }

    /** For at least {@link Lanes#LENGTH} outputs. */
    static void values(
            VectorWeights weights,
            float @Nullable [] bias,
            float[] x0,
            float[] x1,
            float[] x2,
            float[] x3,
            float[] current0,
            float[] current1,
            float[] current2,
            float[] current3) {
        int outputs = weights.outputs;
        int j = 0;
        for (; j + 4 * LENGTH <= outputs; j += 4 * LENGTH) {
            values4Of4(j, weights, bias, x0, x1, x2, x3, current0, current1, current2, current3);
        }
        for (; j < outputs; j += LENGTH) {
            int at = Math.min(j, outputs - LENGTH);
            values1Of4(at, weights, bias, x0, x1, x2, x3, current0, current1, current2, current3);
        }
    }

    private static void values1Of4(
            int j,
            VectorWeights weights,
            float @Nullable [] bias,
            float[] x0,
            float[] x1,
            float[] x2,
            float[] x3,
            float[] current0,
            float[] current1,
            float[] current2,
            float[] current3) {
        MemorySegment rows = weights.rows;
        long rowBytes = weights.rowBytes;
        int inputs = weights.inputs;
        long at = (long) j * Float.BYTES;
        FloatVector a0 = start(bias, j);
        FloatVector b0 = a0;
        FloatVector c0 = a0;
        FloatVector d0 = a0;
        for (int i = 0; i < inputs; i++) {
            FloatVector w0 = VectorWeights.at(rows, at);
            FloatVector v0 = FloatVector.broadcast(SPECIES, x0[i]);
            a0 = v0.fma(w0, a0);
            FloatVector v1 = FloatVector.broadcast(SPECIES, x1[i]);
            b0 = v1.fma(w0, b0);
            FloatVector v2 = FloatVector.broadcast(SPECIES, x2[i]);
            c0 = v2.fma(w0, c0);
            FloatVector v3 = FloatVector.broadcast(SPECIES, x3[i]);
            d0 = v3.fma(w0, d0);
            at += rowBytes;
        }
        a0.add(0f).intoArray(current0, j);
        b0.add(0f).intoArray(current1, j);
        c0.add(0f).intoArray(current2, j);
        d0.add(0f).intoArray(current3, j);
    }

    /** Sixteen sums and four weights in registers. */
    private static void values4Of4(
            int j,
            VectorWeights weights,
            float @Nullable [] bias,
            float[] x0,
            float[] x1,
            float[] x2,
            float[] x3,
            float[] current0,
            float[] current1,
            float[] current2,
            float[] current3) {
        MemorySegment rows = weights.rows;
        long rowBytes = weights.rowBytes;
        int inputs = weights.inputs;
        long at = (long) j * Float.BYTES;
        FloatVector a0 = start(bias, j);
        FloatVector a1 = start(bias, j + LENGTH);
        FloatVector a2 = start(bias, j + 2 * LENGTH);
        FloatVector a3 = start(bias, j + 3 * LENGTH);
        FloatVector b0 = a0;
        FloatVector b1 = a1;
        FloatVector b2 = a2;
        FloatVector b3 = a3;
        FloatVector c0 = a0;
        FloatVector c1 = a1;
        FloatVector c2 = a2;
        FloatVector c3 = a3;
        FloatVector d0 = a0;
        FloatVector d1 = a1;
        FloatVector d2 = a2;
        FloatVector d3 = a3;
        for (int i = 0; i < inputs; i++) {
            FloatVector w0 = VectorWeights.at(rows, at);
            FloatVector w1 = VectorWeights.at(rows, at + VECTOR_BYTES);
            FloatVector w2 = VectorWeights.at(rows, at + 2 * VECTOR_BYTES);
            FloatVector w3 = VectorWeights.at(rows, at + 3 * VECTOR_BYTES);
            FloatVector v0 = FloatVector.broadcast(SPECIES, x0[i]);
            a0 = v0.fma(w0, a0);
            a1 = v0.fma(w1, a1);
            a2 = v0.fma(w2, a2);
            a3 = v0.fma(w3, a3);
            FloatVector v1 = FloatVector.broadcast(SPECIES, x1[i]);
            b0 = v1.fma(w0, b0);
            b1 = v1.fma(w1, b1);
            b2 = v1.fma(w2, b2);
            b3 = v1.fma(w3, b3);
            FloatVector v2 = FloatVector.broadcast(SPECIES, x2[i]);
            c0 = v2.fma(w0, c0);
            c1 = v2.fma(w1, c1);
            c2 = v2.fma(w2, c2);
            c3 = v2.fma(w3, c3);
            FloatVector v3 = FloatVector.broadcast(SPECIES, x3[i]);
            d0 = v3.fma(w0, d0);
            d1 = v3.fma(w1, d1);
            d2 = v3.fma(w2, d2);
            d3 = v3.fma(w3, d3);
            at += rowBytes;
        }
        a0.add(0f).intoArray(current0, j);
        a1.add(0f).intoArray(current0, j + LENGTH);
        a2.add(0f).intoArray(current0, j + 2 * LENGTH);
        a3.add(0f).intoArray(current0, j + 3 * LENGTH);
        b0.add(0f).intoArray(current1, j);
        b1.add(0f).intoArray(current1, j + LENGTH);
        b2.add(0f).intoArray(current1, j + 2 * LENGTH);
        b3.add(0f).intoArray(current1, j + 3 * LENGTH);
        c0.add(0f).intoArray(current2, j);
        c1.add(0f).intoArray(current2, j + LENGTH);
        c2.add(0f).intoArray(current2, j + 2 * LENGTH);
        c3.add(0f).intoArray(current2, j + 3 * LENGTH);
        d0.add(0f).intoArray(current3, j);
        d1.add(0f).intoArray(current3, j + LENGTH);
        d2.add(0f).intoArray(current3, j + 2 * LENGTH);
        d3.add(0f).intoArray(current3, j + 3 * LENGTH);
    }

    static FloatVector start(float @Nullable [] bias, int j) {
        return bias == null ? FloatVector.zero(SPECIES) : FloatVector.fromArray(SPECIES, bias, j);
    }
}

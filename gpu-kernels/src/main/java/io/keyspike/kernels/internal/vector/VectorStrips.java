package io.keyspike.kernels.internal.vector;

import static io.keyspike.kernels.internal.vector.Lanes.LENGTH;
import static io.keyspike.kernels.internal.vector.Lanes.SPECIES;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LE;

import io.keyspike.kernels.internal.arithmetic.NeuronArithmetic;
import io.keyspike.kernels.internal.solver.LifStrips;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/** Strips of one vector of adjacent lanes. Unchecked. */
final class VectorStrips implements LifStrips {

    static final VectorStrips INSTANCE = new VectorStrips();

    private VectorStrips() {}

    @Override
    public int width() {
        return LENGTH;
    }

    @Override
    public void run(
            int count,
            int[] base,
            int steps,
            int stride,
            float[] decay,
            float[] threshold,
            int reset,
            float floor,
            float[] current,
            float[] membrane,
            float[] spikes,
            float[] u) {
        for (int t = 0; t < steps; t++) {
            int offset = t * stride;
            switch (reset) {
                case NeuronArithmetic.SUBTRACT ->
                    subtractStep(count, base, offset, decay, threshold, floor, current, membrane, spikes, u);
                case NeuronArithmetic.ZERO ->
                    zeroStep(count, base, offset, decay, threshold, floor, current, membrane, spikes, u);
                default -> plainStep(count, base, offset, decay, threshold, floor, current, membrane, spikes, u);
            }
        }
    }

    private static void subtractStep(
            int count,
            int[] base,
            int offset,
            float[] decay,
            float[] threshold,
            float floor,
            float[] current,
            float[] membrane,
            float[] spikes,
            float[] u) {
        for (int strip = 0; strip < count; strip++) {
            int row = strip * LENGTH;
            int at = base[strip] + offset;
            FloatVector theta = FloatVector.fromArray(SPECIES, threshold, row);
            FloatVector p = integrate(row, at, decay, current, u);
            VectorMask<Float> fired = p.compare(GT, theta);
            write(p, fired, at, membrane, spikes);
            clamp(p.sub(theta, fired), floor).intoArray(u, row);
        }
    }

    private static void zeroStep(
            int count,
            int[] base,
            int offset,
            float[] decay,
            float[] threshold,
            float floor,
            float[] current,
            float[] membrane,
            float[] spikes,
            float[] u) {
        for (int strip = 0; strip < count; strip++) {
            int row = strip * LENGTH;
            int at = base[strip] + offset;
            FloatVector p = integrate(row, at, decay, current, u);
            VectorMask<Float> fired = p.compare(GT, FloatVector.fromArray(SPECIES, threshold, row));
            write(p, fired, at, membrane, spikes);
            clamp(p.blend(0f, fired), floor).intoArray(u, row);
        }
    }

    private static void plainStep(
            int count,
            int[] base,
            int offset,
            float[] decay,
            float[] threshold,
            float floor,
            float[] current,
            float[] membrane,
            float[] spikes,
            float[] u) {
        for (int strip = 0; strip < count; strip++) {
            int row = strip * LENGTH;
            int at = base[strip] + offset;
            FloatVector p = integrate(row, at, decay, current, u);
            write(p, p.compare(GT, FloatVector.fromArray(SPECIES, threshold, row)), at, membrane, spikes);
            clamp(p, floor).intoArray(u, row);
        }
    }

    private static FloatVector integrate(int row, int at, float[] decay, float[] current, float[] u) {
        return FloatVector.fromArray(SPECIES, decay, row)
                .mul(FloatVector.fromArray(SPECIES, u, row))
                .add(FloatVector.fromArray(SPECIES, current, at));
    }

    private static void write(FloatVector p, VectorMask<Float> fired, int at, float[] membrane, float[] spikes) {
        p.intoArray(membrane, at);
        FloatVector.zero(SPECIES).blend(1f, fired).intoArray(spikes, at);
    }

    private static FloatVector clamp(FloatVector u, float floor) {
        return u.blend(floor, u.compare(LE, floor));
    }
}

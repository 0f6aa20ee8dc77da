package io.keyspike.kernels.internal.vector;

import static io.keyspike.kernels.internal.vector.Lanes.LENGTH;
import static io.keyspike.kernels.internal.vector.Lanes.SPECIES;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LE;

import io.keyspike.kernels.internal.arithmetic.NeuronArithmetic;
import io.keyspike.kernels.internal.solver.LifStrips;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/**
 * Strips of one vector of adjacent lanes. Unchecked.
 *
 * <p>The equations of {@link VectorLif} stand here once more: with shared methods on vectors, strips took 8 to 16 % longer
 * (medians of 8 pairs). {@code SolverTest} and {@code BackendParityTest} hold all copies to the scalar bits.
 */
final class VectorStrips implements LifStrips {

    static final VectorStrips INSTANCE = new VectorStrips();

    private VectorStrips() {}

    @Override
    public int width() {
        return LENGTH;
    }

    @Override
    public void run(Strips strips, int count, int steps, Sequence sequence) {
        for (int t = 0; t < steps; t++) {
            int offset = t * sequence.stride();
            switch (sequence.reset()) {
                case NeuronArithmetic.SUBTRACT -> subtractStep(strips, count, offset, sequence);
                case NeuronArithmetic.ZERO -> zeroStep(strips, count, offset, sequence);
                default -> plainStep(strips, count, offset, sequence);
            }
        }
    }

    private static void subtractStep(Strips strips, int count, int offset, Sequence sequence) {
        int[] base = strips.base();
        float[] decay = strips.decay();
        float[] threshold = strips.threshold();
        float[] u = strips.u();
        float floor = sequence.floor();
        float[] current = sequence.current();
        float[] membrane = sequence.membrane();
        float[] spikes = sequence.spikes();
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

    private static void zeroStep(Strips strips, int count, int offset, Sequence sequence) {
        int[] base = strips.base();
        float[] decay = strips.decay();
        float[] threshold = strips.threshold();
        float[] u = strips.u();
        float floor = sequence.floor();
        float[] current = sequence.current();
        float[] membrane = sequence.membrane();
        float[] spikes = sequence.spikes();
        for (int strip = 0; strip < count; strip++) {
            int row = strip * LENGTH;
            int at = base[strip] + offset;
            FloatVector theta = FloatVector.fromArray(SPECIES, threshold, row);
            FloatVector p = integrate(row, at, decay, current, u);
            VectorMask<Float> fired = p.compare(GT, theta);
            write(p, fired, at, membrane, spikes);
            clamp(p.blend(0f, fired), floor).intoArray(u, row);
        }
    }

    private static void plainStep(Strips strips, int count, int offset, Sequence sequence) {
        int[] base = strips.base();
        float[] decay = strips.decay();
        float[] threshold = strips.threshold();
        float[] u = strips.u();
        float floor = sequence.floor();
        float[] current = sequence.current();
        float[] membrane = sequence.membrane();
        float[] spikes = sequence.spikes();
        for (int strip = 0; strip < count; strip++) {
            int row = strip * LENGTH;
            int at = base[strip] + offset;
            FloatVector theta = FloatVector.fromArray(SPECIES, threshold, row);
            FloatVector p = integrate(row, at, decay, current, u);
            VectorMask<Float> fired = p.compare(GT, theta);
            write(p, fired, at, membrane, spikes);
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

package io.keyspike.kernels;

import static io.keyspike.kernels.Lanes.LENGTH;
import static io.keyspike.kernels.Lanes.SPECIES;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LE;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/**
 * LIF neurons over a sequence, a vector of lanes at a time. For each step all lanes of a task are passed in order, so that
 * memory streams; what a lane carries from step to step lies in a row that stays in the first-level cache. Whole vectors
 * only: {@link ScalarLif} does the lanes that are left over. Unchecked; parameters come one per lane.
 */
final class VectorLif {

    private VectorLif() {}

    /**
     * @param fromLane first lane
     * @param toLane end of the lanes, whole vectors later
     * @param u the membrane before the first of the steps on entry and after the last on return, {@code [lanes]}
     */
    static void forward(
            int fromLane,
            int toLane,
            int fromStep,
            int toStep,
            int lanes,
            float[] decay,
            float[] threshold,
            int reset,
            float floor,
            float[] current,
            float[] membrane,
            float[] spikes,
            float[] u) {
        for (int t = fromStep; t < toStep; t++) {
            int base = t * lanes;
            switch (reset) {
                case NeuronArithmetic.SUBTRACT ->
                    subtractStep(fromLane, toLane, base, decay, threshold, floor, current, membrane, spikes, u);
                case NeuronArithmetic.ZERO ->
                    zeroStep(fromLane, toLane, base, decay, threshold, floor, current, membrane, spikes, u);
                default -> plainStep(fromLane, toLane, base, decay, threshold, floor, current, membrane, spikes, u);
            }
        }
    }

    private static void subtractStep(
            int fromLane,
            int toLane,
            int base,
            float[] decay,
            float[] threshold,
            float floor,
            float[] current,
            float[] membrane,
            float[] spikes,
            float[] u) {
        FloatVector silent = FloatVector.zero(SPECIES);
        for (int lane = fromLane; lane < toLane; lane += LENGTH) {
            FloatVector theta = FloatVector.fromArray(SPECIES, threshold, lane);
            FloatVector p = integrate(lane, base, decay, current, u);
            VectorMask<Float> fired = p.compare(GT, theta);
            p.intoArray(membrane, base + lane);
            silent.blend(1f, fired).intoArray(spikes, base + lane);
            clamp(p.sub(theta, fired), floor).intoArray(u, lane);
        }
    }

    private static void zeroStep(
            int fromLane,
            int toLane,
            int base,
            float[] decay,
            float[] threshold,
            float floor,
            float[] current,
            float[] membrane,
            float[] spikes,
            float[] u) {
        FloatVector silent = FloatVector.zero(SPECIES);
        for (int lane = fromLane; lane < toLane; lane += LENGTH) {
            FloatVector p = integrate(lane, base, decay, current, u);
            VectorMask<Float> fired = fires(p, threshold, lane);
            p.intoArray(membrane, base + lane);
            silent.blend(1f, fired).intoArray(spikes, base + lane);
            clamp(p.blend(0f, fired), floor).intoArray(u, lane);
        }
    }

    private static void plainStep(
            int fromLane,
            int toLane,
            int base,
            float[] decay,
            float[] threshold,
            float floor,
            float[] current,
            float[] membrane,
            float[] spikes,
            float[] u) {
        FloatVector silent = FloatVector.zero(SPECIES);
        for (int lane = fromLane; lane < toLane; lane += LENGTH) {
            FloatVector p = integrate(lane, base, decay, current, u);
            p.intoArray(membrane, base + lane);
            silent.blend(1f, fires(p, threshold, lane)).intoArray(spikes, base + lane);
            clamp(p, floor).intoArray(u, lane);
        }
    }

    private static FloatVector integrate(int lane, int base, float[] decay, float[] current, float[] u) {
        return FloatVector.fromArray(SPECIES, decay, lane)
                .mul(FloatVector.fromArray(SPECIES, u, lane))
                .add(FloatVector.fromArray(SPECIES, current, base + lane));
    }

    private static VectorMask<Float> fires(FloatVector p, float[] threshold, int lane) {
        return p.compare(GT, FloatVector.fromArray(SPECIES, threshold, lane));
    }

    private static FloatVector clamp(FloatVector u, float floor) {
        return u.blend(floor, u.compare(LE, floor));
    }
}

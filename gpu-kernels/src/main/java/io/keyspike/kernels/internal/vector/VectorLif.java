package io.keyspike.kernels.internal.vector;

import static io.keyspike.kernels.internal.vector.Lanes.LENGTH;
import static io.keyspike.kernels.internal.vector.Lanes.SPECIES;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LE;

import io.keyspike.kernels.SpikeBits;
import io.keyspike.kernels.internal.arithmetic.NeuronArithmetic;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/**
 * LIF neurons over a sequence, a vector of lanes at a time. For each step all lanes of a task are passed in order, so that
 * memory streams; what a lane carries from step to step lies in a row that stays in the first-level cache. Whole vectors
 * only. Unchecked.
 *
 * <p>The equations stand here and not in {@link VectorNeuronArithmetic}: shared, the kernel took 3 to 5 % longer (medians of 8
 * pairs, within that machine's noise). {@code BackendParityTest} holds the copies to the scalar bits.
 */
final class VectorLif {

    private VectorLif() {}

    /**
     * @param fromLane first lane, a multiple of 64 where there are bits
     * @param toLane end of the lanes, whole vectors later
     */
    static void forward(LifSequence run, int fromLane, int toLane) {
        forward(run, fromLane, toLane, run.fromStep(), run.toStep());
    }

    /** As above, over some of the steps. */
    static void forward(LifSequence run, int fromLane, int toLane, int fromStep, int toStep) {
        float[] floats = run.membranes().floats;
        short[] halves = run.membranes().halves;
        for (int t = fromStep; t < toStep; t++) {
            int base = t * run.lanes();
            float[] p = floats != null ? floats : run.row();
            step(run, fromLane, toLane, t, p, floats != null ? base : 0);
            if (halves != null) {
                HalfRows.store(fromLane, toLane, run.row(), run.back(), run.threshold(), halves, base);
            }
        }
    }

    private static void step(LifSequence run, int fromLane, int toLane, int t, float[] membrane, int membraneBase) {
        float[] decay = run.decay();
        float[] threshold = run.threshold();
        int reset = run.reset();
        float floor = run.floor();
        float[] current = run.current();
        int currentBase = t * run.currentStride();
        float[] u = run.u();
        float[] spikes = run.spikes();
        int spikesBase = t * run.lanes();
        long[] bits = run.bits();
        int firstWord = t * SpikeBits.wordsPerStep(run.lanes());
        boolean subtract = reset == NeuronArithmetic.SUBTRACT;
        boolean zero = reset == NeuronArithmetic.ZERO;
        FloatVector silent = FloatVector.zero(SPECIES);
        long word = 0;
        for (int lane = fromLane; lane < toLane; lane += LENGTH) {
            FloatVector theta = FloatVector.fromArray(SPECIES, threshold, lane);
            FloatVector p = FloatVector.fromArray(SPECIES, decay, lane)
                    .mul(FloatVector.fromArray(SPECIES, u, lane))
                    .add(FloatVector.fromArray(SPECIES, current, currentBase + lane));
            VectorMask<Float> fired = p.compare(GT, theta);
            p.intoArray(membrane, membraneBase + lane);
            if (spikes != null) {
                silent.blend(1f, fired).intoArray(spikes, spikesBase + lane);
            }
            if (bits != null) {
                word |= fired.toLong() << lane;
                if (((lane + LENGTH) & (Long.SIZE - 1)) == 0) {
                    bits[firstWord + lane / Long.SIZE] = word;
                    word = 0;
                }
            }
            FloatVector after = subtract ? p.sub(theta, fired) : zero ? p.blend(0f, fired) : p;
            after.blend(floor, after.compare(LE, floor)).intoArray(u, lane);
        }
        if (bits != null && (toLane & (Long.SIZE - 1)) != 0) {
            bits[firstWord + toLane / Long.SIZE] = word;
        }
    }
}

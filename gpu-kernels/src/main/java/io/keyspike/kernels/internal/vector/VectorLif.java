package io.keyspike.kernels.internal.vector;

import static io.keyspike.kernels.internal.vector.Lanes.LENGTH;
import static io.keyspike.kernels.internal.vector.Lanes.SPECIES;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LE;

import io.keyspike.kernels.SpikeBits;
import io.keyspike.kernels.internal.arithmetic.NeuronArithmetic;
import java.util.Objects;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/**
 * LIF neurons over a sequence, a vector of lanes at a time. What a lane carries from step to step stays in registers for
 * some steps, and then lies in a row that stays in the first-level cache. Whole vectors only. Unchecked.
 *
 * <p>The equations stand here and not in {@link VectorNeuronArithmetic}: shared, the kernel took 3 to 5 % longer
 * (medians of 8 pairs, within that machine's noise). {@code BackendParityTest} holds the copies to the scalar bits.
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

    /**
     * That a vector of lanes goes through before the next one does; with more, lines of one cache set would drive each
     * other out.
     */
    static final int STEPS = 4;

    /** As above, over some of the steps. */
    static void forward(LifSequence run, int fromLane, int toLane, int fromStep, int toStep) {
        short[] halves = run.membranes().halves;
        if (halves == null) {
            for (int t = fromStep; t < toStep; t += STEPS) {
                steps(run, fromLane, toLane, t, Math.min(toStep, t + STEPS));
            }
            return;
        }
        for (int t = fromStep; t < toStep; t++) {
            step(run, fromLane, toLane, t, run.row(), 0);
            HalfRows.store(fromLane, toLane, run.row(), run.back(), run.threshold(), halves, t * run.lanes());
        }
    }

    private static void steps(LifSequence run, int fromLane, int toLane, int fromStep, int toStep) {
        float[] decay = run.decay();
        float[] threshold = run.threshold();
        float floor = run.floor();
        float[] current = run.current();
        int currentStride = run.currentStride();
        float[] membrane = Objects.requireNonNull(run.membranes().floats);
        float[] us = run.u();
        float[] spikes = run.spikes();
        long[] bits = run.bits();
        int lanes = run.lanes();
        int wordsPerStep = SpikeBits.wordsPerStep(lanes);
        // masks, not branches: a vector that may come from either of two places is kept in an object
        VectorMask<Float> subtract = SPECIES.maskAll(run.reset() == NeuronArithmetic.SUBTRACT);
        VectorMask<Float> zero = SPECIES.maskAll(run.reset() == NeuronArithmetic.ZERO);
        FloatVector silent = FloatVector.zero(SPECIES);
        for (int lane = fromLane; lane < toLane; lane += LENGTH) {
            FloatVector theta = FloatVector.fromArray(SPECIES, threshold, lane);
            FloatVector beta = FloatVector.fromArray(SPECIES, decay, lane);
            FloatVector u = FloatVector.fromArray(SPECIES, us, lane);
            boolean wordBegun = (lane & (Long.SIZE - 1)) != 0;
            for (int t = fromStep; t < toStep; t++) {
                int at = t * lanes + lane;
                FloatVector p = beta.mul(u).add(FloatVector.fromArray(SPECIES, current, t * currentStride + lane));
                VectorMask<Float> fired = p.compare(GT, theta);
                p.intoArray(membrane, at);
                if (spikes != null) {
                    silent.blend(1f, fired).intoArray(spikes, at);
                }
                if (bits != null) {
                    int word = t * wordsPerStep + lane / Long.SIZE;
                    bits[word] = fired.toLong() << lane | (wordBegun ? bits[word] : 0);
                }
                FloatVector after = p.sub(theta, fired.and(subtract)).blend(0f, fired.and(zero));
                u = after.blend(floor, after.compare(LE, floor));
            }
            u.intoArray(us, lane);
        }
    }

    /** One step, into a row of membranes. */
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

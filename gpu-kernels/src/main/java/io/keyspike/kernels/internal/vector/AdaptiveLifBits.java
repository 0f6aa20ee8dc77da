package io.keyspike.kernels.internal.vector;

import static io.keyspike.kernels.internal.vector.Lanes.LENGTH;
import static io.keyspike.kernels.internal.vector.Lanes.SPECIES;
import static jdk.incubator.vector.VectorOperators.GE;

import io.keyspike.kernels.AdaptiveLifParameters;
import io.keyspike.kernels.KernelBackend;
import io.keyspike.kernels.SequenceShape;
import io.keyspike.kernels.SpikeBits;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/**
 * The forward pass of {@link VectorAdaptiveLif} with spikes as bits: those of the step before are found again from its membranes,
 * as the backward pass does, and no floats are written. Unchecked; whole vectors only.
 *
 * @param current I, {@code [T, B, N]}
 * @param membrane u, written
 * @param adaptation w, written
 * @param bits s as {@link SpikeBits}, written
 * @see KernelBackend#adaptiveLifBits
 */
@SuppressWarnings("ArrayRecordComponent") // a bundle of kernel arguments, never compared
record AdaptiveLifBits(
        SequenceShape shape,
        AdaptiveLifParameters parameters,
        float[] current,
        float[] membrane,
        float[] adaptation,
        long[] bits) {

    /** The same pass with parameters laid out otherwise. */
    AdaptiveLifBits with(AdaptiveLifParameters others) {
        return new AdaptiveLifBits(shape, others, current, membrane, adaptation, bits);
    }

    /**
     * A vector of lanes goes through that many steps before the next one does: what it carries stays in registers. With more of
     * them, lines of one cache set would drive each other out: at 8,192 lanes four took a tenth longer than two.
     */
    private static final int STEPS = 2;

    /**
     * Some lanes through all steps; parameters come one per lane.
     *
     * @param zeros {@code [lanes]}, zeros: the state before the first step
     * @param fromLane first lane, a multiple of 64
     */
    void forward(float[] zeros, int fromLane, int toLane) {
        for (int t = 0; t < shape.steps(); t += STEPS) {
            steps(zeros, fromLane, toLane, t, Math.min(shape.steps(), t + STEPS));
        }
    }

    private void steps(float[] zeros, int fromLane, int toLane, int fromStep, int toStep) {
        int lanes = shape.lanes();
        int wordsPerStep = SpikeBits.wordsPerStep(lanes);
        int base = fromStep * lanes;
        int baseBefore = fromStep > 0 ? base - lanes : 0;
        float[] i = current;
        float[] us = membrane;
        float[] ws = adaptation;
        long[] words = bits;
        float[] membraneBefore = fromStep > 0 ? membrane : zeros;
        float[] adaptationBefore = fromStep > 0 ? adaptation : zeros;
        float[] as = parameters.membraneDecay();
        float[] bs = parameters.adaptationDecay();
        float[] ps = parameters.membraneCoupling();
        float[] qs = parameters.spikeCoupling();
        float[] thresholds = parameters.threshold();
        FloatVector none = FloatVector.zero(SPECIES);
        FloatVector one = FloatVector.broadcast(SPECIES, 1f);
        FloatVector height = FloatVector.broadcast(SPECIES, fromStep > 0 ? 1f : 0f); // of a spike in the step before
        for (int lane = fromLane; lane < toLane; lane += LENGTH) {
            FloatVector theta = FloatVector.fromArray(SPECIES, thresholds, lane);
            FloatVector a = FloatVector.fromArray(SPECIES, as, lane);
            FloatVector b = FloatVector.fromArray(SPECIES, bs, lane);
            FloatVector p = FloatVector.fromArray(SPECIES, ps, lane);
            FloatVector q = FloatVector.fromArray(SPECIES, qs, lane);
            FloatVector leak = one.sub(a);
            FloatVector u = FloatVector.fromArray(SPECIES, membraneBefore, baseBefore + lane);
            FloatVector w = FloatVector.fromArray(SPECIES, adaptationBefore, baseBefore + lane);
            FloatVector s = none.blend(height, u.compare(GE, theta));
            boolean wordBegun = (lane & (Long.SIZE - 1)) != 0;
            int word = fromStep * wordsPerStep + lane / Long.SIZE;
            int at = base + lane;
            for (int t = fromStep; t < toStep; t++) {
                w = w.mul(b).add(u.mul(p)).add(s.mul(q));
                u = u.sub(theta.mul(s)).mul(a).add(FloatVector.fromArray(SPECIES, i, at));
                u = u.sub(leak.mul(w));
                u.intoArray(us, at);
                w.intoArray(ws, at);
                VectorMask<Float> fired = u.compare(GE, theta);
                s = none.blend(one, fired);
                words[word] = fired.toLong() << lane | (wordBegun ? words[word] : 0);
                at += lanes;
                word += wordsPerStep;
            }
        }
    }
}

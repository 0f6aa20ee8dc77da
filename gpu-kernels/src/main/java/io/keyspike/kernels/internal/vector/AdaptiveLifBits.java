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
     * Some lanes through all steps; parameters come one per lane.
     *
     * @param zeros {@code [lanes]}, zeros: the state before the first step
     * @param fromLane first lane, a multiple of 64
     */
    void forward(float[] zeros, int fromLane, int toLane) {
        for (int t = 0; t < shape.steps(); t++) {
            step(zeros, fromLane, toLane, t);
        }
    }

    private void step(float[] zeros, int fromLane, int toLane, int t) {
        int base = t * shape.lanes();
        int baseBefore = t > 0 ? base - shape.lanes() : 0;
        int firstWord = t * SpikeBits.wordsPerStep(shape.lanes());
        float[] i = current;
        float[] us = membrane;
        float[] ws = adaptation;
        long[] words = bits;
        float[] membraneBefore = t > 0 ? membrane : zeros;
        float[] adaptationBefore = t > 0 ? adaptation : zeros;
        float[] as = parameters.membraneDecay();
        float[] bs = parameters.adaptationDecay();
        float[] ps = parameters.membraneCoupling();
        float[] qs = parameters.spikeCoupling();
        float[] thresholds = parameters.threshold();
        FloatVector one = FloatVector.broadcast(SPECIES, 1f);
        FloatVector height = FloatVector.broadcast(SPECIES, t > 0 ? 1f : 0f); // of a spike in the step before
        long word = 0;
        for (int lane = fromLane; lane < toLane; lane += LENGTH) {
            FloatVector theta = FloatVector.fromArray(SPECIES, thresholds, lane);
            FloatVector a = FloatVector.fromArray(SPECIES, as, lane);
            FloatVector u = FloatVector.fromArray(SPECIES, membraneBefore, baseBefore + lane);
            FloatVector s = FloatVector.zero(SPECIES).blend(height, u.compare(GE, theta));
            FloatVector w = FloatVector.fromArray(SPECIES, adaptationBefore, baseBefore + lane)
                    .mul(FloatVector.fromArray(SPECIES, bs, lane));
            w = w.add(u.mul(FloatVector.fromArray(SPECIES, ps, lane)));
            w = w.add(s.mul(FloatVector.fromArray(SPECIES, qs, lane)));
            u = u.sub(theta.mul(s)).mul(a).add(FloatVector.fromArray(SPECIES, i, base + lane));
            u = u.sub(one.sub(a).mul(w));
            u.intoArray(us, base + lane);
            w.intoArray(ws, base + lane);
            VectorMask<Float> fired = u.compare(GE, theta);
            word |= fired.toLong() << lane;
            if (((lane + LENGTH) & (Long.SIZE - 1)) == 0) {
                words[firstWord + lane / Long.SIZE] = word;
                word = 0;
            }
        }
        if ((toLane & (Long.SIZE - 1)) != 0) {
            words[firstWord + toLane / Long.SIZE] = word;
        }
    }
}

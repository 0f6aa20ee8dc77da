package io.keyspike.kernels.internal.vector;

import static io.keyspike.kernels.internal.vector.Lanes.LENGTH;
import static io.keyspike.kernels.internal.vector.Lanes.SPECIES;
import static jdk.incubator.vector.VectorOperators.GE;

import io.keyspike.kernels.AdaptiveLifParameters;
import io.keyspike.kernels.internal.scalar.ScalarAdaptiveLif;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/**
 * Adaptive LIF neurons over a sequence, laid out like {@link VectorLif}; the equations of the backward pass stand at
 * {@link ScalarAdaptiveLif}. Whole vectors only. Unchecked; parameters come one per lane.
 */
final class VectorAdaptiveLif {

    private VectorAdaptiveLif() {}

    /**
     * Step {@code fromStep} starts from the membrane, adaptation and spikes of the step before, the first from zeros.
     *
     * @param zeros {@code [lanes]}, zeros: the state before the first step
     */
    static void forward(
            int fromLane,
            int toLane,
            int fromStep,
            int toStep,
            int lanes,
            AdaptiveLifParameters parameters,
            float[] current,
            float[] membrane,
            float[] adaptation,
            float[] spikes,
            float[] zeros) {
        if (fromStep == 0 && toStep > 0) {
            forwardStep(fromLane, toLane, 0, parameters, current, membrane, adaptation, spikes, 0, zeros, zeros, zeros);
        }
        for (int t = Math.max(fromStep, 1); t < toStep; t++) {
            int base = t * lanes;
            forwardStep(
                    fromLane,
                    toLane,
                    base,
                    parameters,
                    current,
                    membrane,
                    adaptation,
                    spikes,
                    base - lanes,
                    membrane,
                    adaptation,
                    spikes);
        }
    }

    private static void forwardStep(
            int fromLane,
            int toLane,
            int base,
            AdaptiveLifParameters parameters,
            float[] current,
            float[] membrane,
            float[] adaptation,
            float[] spikes,
            int baseBefore,
            float[] membraneBefore,
            float[] adaptationBefore,
            float[] spikesBefore) {
        float[] as = parameters.membraneDecay();
        float[] bs = parameters.adaptationDecay();
        float[] ps = parameters.membraneCoupling();
        float[] qs = parameters.spikeCoupling();
        float[] thresholds = parameters.threshold();
        FloatVector one = FloatVector.broadcast(SPECIES, 1f);
        for (int lane = fromLane; lane < toLane; lane += LENGTH) {
            FloatVector u = FloatVector.fromArray(SPECIES, membraneBefore, baseBefore + lane);
            FloatVector s = FloatVector.fromArray(SPECIES, spikesBefore, baseBefore + lane);
            FloatVector w = FloatVector.fromArray(SPECIES, adaptationBefore, baseBefore + lane)
                    .mul(FloatVector.fromArray(SPECIES, bs, lane));
            w = w.add(u.mul(FloatVector.fromArray(SPECIES, ps, lane)));
            w = w.add(s.mul(FloatVector.fromArray(SPECIES, qs, lane)));
            FloatVector theta = FloatVector.fromArray(SPECIES, thresholds, lane);
            FloatVector a = FloatVector.fromArray(SPECIES, as, lane);
            u = u.sub(theta.mul(s)).mul(a).add(FloatVector.fromArray(SPECIES, current, base + lane));
            u = u.sub(one.sub(a).mul(w));
            u.intoArray(membrane, base + lane);
            w.intoArray(adaptation, base + lane);
            FloatVector.zero(SPECIES).blend(1f, u.compare(GE, theta)).intoArray(spikes, base + lane);
        }
    }

    /**
     * @param zeros {@code [lanes]}, zeros: the state before the first step
     * @param derivative {@code [lanes]}, overwritten
     * @param fromU {@code [lanes]}, as are the next two: what the step after the last left on entry, and what the first
     *     leaves to the step before it on return
     * @param sums each lane's gradients, {@code [lanes]}, added to
     */
    static void backward(
            int fromLane,
            int toLane,
            int fromStep,
            int toStep,
            int lanes,
            AdaptiveLifParameters parameters,
            int surrogate,
            float slope,
            boolean resetDetached,
            float[] membrane,
            float[] adaptation,
            float[] spikeGradient,
            float[] currentGradient,
            float[] zeros,
            float[] derivative,
            float[] fromU,
            float[] fromW,
            float[] fromS,
            AdaptiveLifParameters sums) {
        for (int t = toStep - 1; t >= fromStep; t--) {
            int base = t * lanes;
            VectorSurrogates.derivatives(
                    surrogate, slope, fromLane, toLane, membrane, base, parameters.threshold(), derivative);
            backwardStep(
                    fromLane,
                    toLane,
                    base,
                    parameters,
                    resetDetached,
                    adaptation,
                    t > 0,
                    t > 0 ? base - lanes : 0,
                    t > 0 ? membrane : zeros,
                    t > 0 ? adaptation : zeros,
                    spikeGradient,
                    currentGradient,
                    derivative,
                    fromU,
                    fromW,
                    fromS,
                    sums);
        }
    }

    private static void backwardStep(
            int fromLane,
            int toLane,
            int base,
            AdaptiveLifParameters parameters,
            boolean resetDetached,
            float[] adaptation,
            boolean mayHaveFired,
            int baseBefore,
            float[] membraneBefore,
            float[] adaptationBefore,
            float[] spikeGradient,
            float[] currentGradient,
            float[] derivative,
            float[] fromU,
            float[] fromW,
            float[] fromS,
            AdaptiveLifParameters sums) {
        float[] as = parameters.membraneDecay();
        float[] bs = parameters.adaptationDecay();
        float[] ps = parameters.membraneCoupling();
        float[] qs = parameters.spikeCoupling();
        float[] thresholds = parameters.threshold();
        float[] aSums = sums.membraneDecay();
        float[] bSums = sums.adaptationDecay();
        float[] pSums = sums.membraneCoupling();
        float[] qSums = sums.spikeCoupling();
        FloatVector one = FloatVector.broadcast(SPECIES, 1f);
        // a mask, not a branch: a vector that may come from either of two places is kept in an object
        VectorMask<Float> detached = SPECIES.maskAll(resetDetached);
        FloatVector height = FloatVector.broadcast(SPECIES, mayHaveFired ? 1f : 0f); // of a spike in the step before
        for (int lane = fromLane; lane < toLane; lane += LENGTH) {
            FloatVector theta = FloatVector.fromArray(SPECIES, thresholds, lane);
            FloatVector a = FloatVector.fromArray(SPECIES, as, lane);
            FloatVector gS = FloatVector.fromArray(SPECIES, spikeGradient, base + lane)
                    .add(FloatVector.fromArray(SPECIES, fromS, lane));
            FloatVector gU = FloatVector.fromArray(SPECIES, fromU, lane)
                    .add(gS.mul(FloatVector.fromArray(SPECIES, derivative, lane)));
            FloatVector gW =
                    FloatVector.fromArray(SPECIES, fromW, lane).sub(one.sub(a).mul(gU));
            gU.intoArray(currentGradient, base + lane);

            FloatVector u = FloatVector.fromArray(SPECIES, membraneBefore, baseBefore + lane);
            FloatVector s = FloatVector.zero(SPECIES).blend(height, u.compare(GE, theta));
            FloatVector w = FloatVector.fromArray(SPECIES, adaptation, base + lane);
            FloatVector v = u.sub(theta.mul(s));
            add(gU.mul(v.add(w)), aSums, lane);
            add(gW.mul(FloatVector.fromArray(SPECIES, adaptationBefore, baseBefore + lane)), bSums, lane);
            add(gW.mul(u), pSums, lane);
            add(gW.mul(s), qSums, lane);

            FloatVector gV = a.mul(gU);
            gV.add(FloatVector.fromArray(SPECIES, ps, lane).mul(gW)).intoArray(fromU, lane);
            FloatVector.fromArray(SPECIES, bs, lane).mul(gW).intoArray(fromW, lane);
            FloatVector gFired = FloatVector.fromArray(SPECIES, qs, lane).mul(gW);
            gFired.sub(theta.mul(gV).blend(0f, detached)).intoArray(fromS, lane);
        }
    }

    private static void add(FloatVector term, float[] sums, int lane) {
        FloatVector.fromArray(SPECIES, sums, lane).add(term).intoArray(sums, lane);
    }
}

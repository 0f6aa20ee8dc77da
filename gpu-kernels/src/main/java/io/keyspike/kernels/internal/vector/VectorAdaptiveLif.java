package io.keyspike.kernels.internal.vector;

import static io.keyspike.kernels.internal.vector.Lanes.LENGTH;
import static io.keyspike.kernels.internal.vector.Lanes.SPECIES;
import static jdk.incubator.vector.VectorOperators.GE;

import io.keyspike.kernels.AdaptiveLifBackward;
import io.keyspike.kernels.AdaptiveLifParameters;
import io.keyspike.kernels.internal.scalar.ScalarAdaptiveLif;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/**
 * Adaptive LIF neurons over a sequence, laid out like {@link VectorLif}; the equations of the backward pass stand at
 * {@link ScalarAdaptiveLif}. Whole vectors only. Unchecked; parameters come one per lane.
 *
 * <p>Not shared with {@link VectorSteps}, where a vector that is passed to a method may be boxed, which streams must not pay:
 * shared methods took this kernel 4 % longer (medians of 8 pairs). {@code BackendParityTest} and {@code StepKernelsTest} hold
 * the copies to the scalar bits.
 */
final class VectorAdaptiveLif {

    private VectorAdaptiveLif() {}

    /**
     * Step {@code fromStep} starts from the membrane, adaptation and spikes of the step before, the first from zeros.
     *
     * @param zeros {@code [lanes]}, zeros: the state before the first step
     */
    static void forward(
            ScalarAdaptiveLif.Forward run, float[] zeros, int fromLane, int toLane, int fromStep, int toStep) {
        for (int t = fromStep; t < toStep; t++) {
            forwardStep(run, zeros, fromLane, toLane, t);
        }
    }

    private static void forwardStep(ScalarAdaptiveLif.Forward run, float[] zeros, int fromLane, int toLane, int t) {
        AdaptiveLifParameters parameters = run.parameters();
        int base = t * run.shape().lanes();
        int baseBefore = t > 0 ? base - run.shape().lanes() : 0;
        float[] current = run.current();
        float[] membrane = run.membrane();
        float[] adaptation = run.adaptation();
        float[] spikes = run.spikes();
        float[] membraneBefore = t > 0 ? membrane : zeros;
        float[] adaptationBefore = t > 0 ? adaptation : zeros;
        float[] spikesBefore = t > 0 ? spikes : zeros;
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
     * Arrays of {@code [lanes]} that a backward pass works on.
     *
     * @param zeros zeros: the state before the first step
     * @param derivative overwritten
     * @param carry what passes from step to step
     */
    @SuppressWarnings("ArrayRecordComponent") // working arrays, never compared
    record Work(float[] zeros, float[] derivative, ScalarAdaptiveLif.Carry carry) {}

    /** @param parameters of {@code run}, one per lane */
    static void backward(
            AdaptiveLifBackward run,
            AdaptiveLifParameters parameters,
            Work work,
            int fromLane,
            int toLane,
            int fromStep,
            int toStep) {
        int lanes = run.shape().lanes();
        for (int t = toStep - 1; t >= fromStep; t--) {
            VectorSurrogates.derivatives(
                    run.surrogate(),
                    fromLane,
                    toLane,
                    run.membrane(),
                    t * lanes,
                    parameters.threshold(),
                    1,
                    work.derivative);
            backwardStep(run, parameters, work, fromLane, toLane, t);
        }
    }

    private static void backwardStep(
            AdaptiveLifBackward run, AdaptiveLifParameters parameters, Work work, int fromLane, int toLane, int t) {
        int base = t * run.shape().lanes();
        int baseBefore = t > 0 ? base - run.shape().lanes() : 0;
        float[] adaptation = run.adaptation();
        float[] membraneBefore = t > 0 ? run.membrane() : work.zeros;
        float[] adaptationBefore = t > 0 ? adaptation : work.zeros;
        float[] spikeGradient = run.spikeGradient();
        float[] currentGradient = run.currentGradient();
        float[] derivative = work.derivative;
        float[] fromU = work.carry.fromU();
        float[] fromW = work.carry.fromW();
        float[] fromS = work.carry.fromS();
        AdaptiveLifParameters sums = work.carry.sums();
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
        VectorMask<Float> detached = SPECIES.maskAll(run.resetDetached());
        FloatVector height = FloatVector.broadcast(SPECIES, t > 0 ? 1f : 0f); // of a spike in the step before
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

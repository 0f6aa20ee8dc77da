package io.keyspike.kernels.internal.vector;

import static io.keyspike.kernels.internal.vector.Lanes.LENGTH;
import static io.keyspike.kernels.internal.vector.Lanes.SPECIES;
import static jdk.incubator.vector.VectorOperators.GE;

import io.keyspike.kernels.AdaptiveLifBackward;
import io.keyspike.kernels.AdaptiveLifParameters;
import io.keyspike.kernels.Surrogate;
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

    /** Of a sequence, taken at a time by the backward pass; with more of them, lines of one cache set would drive each other out. */
    static final int STEPS = 4;

    /**
     * Arrays of {@code [lanes]} that a backward pass works on.
     *
     * @param zeros zeros: the state before the first step
     * @param derivative overwritten, {@code [STEPS, row]}
     * @param row its length, at least that of the lanes
     * @param carry what passes from step to step
     */
    @SuppressWarnings("ArrayRecordComponent") // working arrays, never compared
    record Work(float[] zeros, float[] derivative, int row, ScalarAdaptiveLif.Carry carry) {}

    /** @param parameters of {@code run}, one per lane */
    static void backward(
            AdaptiveLifBackward run,
            AdaptiveLifParameters parameters,
            Work work,
            int fromLane,
            int toLane,
            int fromStep,
            int toStep) {
        int t = toStep;
        while (t > fromStep) {
            // The first step of a sequence, before which everything is zero, alone.
            int from = t == 1 ? 0 : Math.max(Math.max(1, fromStep), t - STEPS);
            if (run.surrogate().kind() == Surrogate.Kind.FAST_SIGMOID) {
                backwardFastSigmoid(run, parameters, work, fromLane, toLane, from, t);
            } else {
                derivatives(run, parameters, work, fromLane, toLane, from, t);
                backwardSteps(run, parameters, work, fromLane, toLane, from, t);
            }
            t = from;
        }
    }

    /** Of steps {@code from} to {@code to}, into as many rows of the work's. */
    private static void derivatives(
            AdaptiveLifBackward run,
            AdaptiveLifParameters parameters,
            Work work,
            int fromLane,
            int toLane,
            int from,
            int to) {
        for (int t = from; t < to; t++) {
            VectorSurrogates.derivatives(
                    run.surrogate(),
                    fromLane,
                    toLane,
                    run.membrane(),
                    t * run.shape().lanes(),
                    parameters.threshold(),
                    1,
                    work.derivative,
                    (t - from) * work.row());
        }
    }

    /**
     * At most {@link #STEPS} steps, the first of a sequence alone: a vector of lanes goes through all of them before the next one does,
     * so that what it carries, its parameters and its sums stay in registers.
     */
    private static void backwardSteps(
            AdaptiveLifBackward run,
            AdaptiveLifParameters parameters,
            Work work,
            int fromLane,
            int toLane,
            int fromStep,
            int toStep) {
        int lanes = run.shape().lanes();
        int row = work.row();
        int back = fromStep > 0 ? lanes : 0;
        float[] adaptation = run.adaptation();
        float[] membraneBefore = fromStep > 0 ? run.membrane() : work.zeros;
        float[] adaptationBefore = fromStep > 0 ? adaptation : work.zeros;
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
        FloatVector none = FloatVector.zero(SPECIES);
        FloatVector one = FloatVector.broadcast(SPECIES, 1f);
        FloatVector height = FloatVector.broadcast(SPECIES, fromStep > 0 ? 1f : 0f); // of a spike in the step before
        // a mask, not a branch: a vector that may come from either of two places is kept in an object
        VectorMask<Float> detached = SPECIES.maskAll(run.resetDetached());
        for (int lane = fromLane; lane < toLane; lane += LENGTH) {
            FloatVector theta = FloatVector.fromArray(SPECIES, thresholds, lane);
            FloatVector a = FloatVector.fromArray(SPECIES, as, lane);
            FloatVector b = FloatVector.fromArray(SPECIES, bs, lane);
            FloatVector p = FloatVector.fromArray(SPECIES, ps, lane);
            FloatVector q = FloatVector.fromArray(SPECIES, qs, lane);
            FloatVector leak = one.sub(a);
            FloatVector carriedU = FloatVector.fromArray(SPECIES, fromU, lane);
            FloatVector carriedW = FloatVector.fromArray(SPECIES, fromW, lane);
            FloatVector carriedS = FloatVector.fromArray(SPECIES, fromS, lane);
            FloatVector aSum = FloatVector.fromArray(SPECIES, aSums, lane);
            FloatVector bSum = FloatVector.fromArray(SPECIES, bSums, lane);
            FloatVector pSum = FloatVector.fromArray(SPECIES, pSums, lane);
            FloatVector qSum = FloatVector.fromArray(SPECIES, qSums, lane);
            FloatVector w = FloatVector.fromArray(SPECIES, adaptation, (toStep - 1) * lanes + lane);
            for (int k = toStep - fromStep - 1; k >= 0; k--) {
                int at = (fromStep + k) * lanes + lane;
                FloatVector gS =
                        FloatVector.fromArray(SPECIES, spikeGradient, at).add(carriedS);
                FloatVector gU = carriedU.add(gS.mul(FloatVector.fromArray(SPECIES, derivative, k * row + lane)));
                FloatVector gW = carriedW.sub(leak.mul(gU));
                gU.intoArray(currentGradient, at);

                FloatVector u = FloatVector.fromArray(SPECIES, membraneBefore, at - back);
                FloatVector s = none.blend(height, u.compare(GE, theta));
                FloatVector before = FloatVector.fromArray(SPECIES, adaptationBefore, at - back);
                FloatVector v = u.sub(theta.mul(s));
                aSum = aSum.add(gU.mul(v.add(w)));
                bSum = bSum.add(gW.mul(before));
                pSum = pSum.add(gW.mul(u));
                qSum = qSum.add(gW.mul(s));
                w = before;

                FloatVector gV = a.mul(gU);
                carriedU = gV.add(p.mul(gW));
                carriedW = b.mul(gW);
                carriedS = q.mul(gW).sub(theta.mul(gV).blend(0f, detached));
            }
            carriedU.intoArray(fromU, lane);
            carriedW.intoArray(fromW, lane);
            carriedS.intoArray(fromS, lane);
            aSum.intoArray(aSums, lane);
            bSum.intoArray(bSums, lane);
            pSum.intoArray(pSums, lane);
            qSum.intoArray(qSums, lane);
        }
    }

    /**
     * As {@link #backwardSteps} with the derivatives of the fast sigmoid in the same loop: the membranes that they are taken of are
     * those that the step before read, so that neither is read twice nor are derivatives written.
     */
    private static void backwardFastSigmoid(
            AdaptiveLifBackward run,
            AdaptiveLifParameters parameters,
            Work work,
            int fromLane,
            int toLane,
            int fromStep,
            int toStep) {
        int lanes = run.shape().lanes();
        int back = fromStep > 0 ? lanes : 0;
        float[] adaptation = run.adaptation();
        float[] membraneBefore = fromStep > 0 ? run.membrane() : work.zeros;
        float[] adaptationBefore = fromStep > 0 ? adaptation : work.zeros;
        float[] spikeGradient = run.spikeGradient();
        float[] currentGradient = run.currentGradient();
        float slope = run.surrogate().slope();
        float[] membrane = run.membrane();
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
        FloatVector none = FloatVector.zero(SPECIES);
        FloatVector one = FloatVector.broadcast(SPECIES, 1f);
        FloatVector height = FloatVector.broadcast(SPECIES, fromStep > 0 ? 1f : 0f); // of a spike in the step before
        // a mask, not a branch: a vector that may come from either of two places is kept in an object
        VectorMask<Float> detached = SPECIES.maskAll(run.resetDetached());
        for (int lane = fromLane; lane < toLane; lane += LENGTH) {
            FloatVector theta = FloatVector.fromArray(SPECIES, thresholds, lane);
            FloatVector a = FloatVector.fromArray(SPECIES, as, lane);
            FloatVector b = FloatVector.fromArray(SPECIES, bs, lane);
            FloatVector p = FloatVector.fromArray(SPECIES, ps, lane);
            FloatVector q = FloatVector.fromArray(SPECIES, qs, lane);
            FloatVector leak = one.sub(a);
            FloatVector carriedU = FloatVector.fromArray(SPECIES, fromU, lane);
            FloatVector carriedW = FloatVector.fromArray(SPECIES, fromW, lane);
            FloatVector carriedS = FloatVector.fromArray(SPECIES, fromS, lane);
            FloatVector aSum = FloatVector.fromArray(SPECIES, aSums, lane);
            FloatVector bSum = FloatVector.fromArray(SPECIES, bSums, lane);
            FloatVector pSum = FloatVector.fromArray(SPECIES, pSums, lane);
            FloatVector qSum = FloatVector.fromArray(SPECIES, qSums, lane);
            FloatVector w = FloatVector.fromArray(SPECIES, adaptation, (toStep - 1) * lanes + lane);
            FloatVector after = FloatVector.fromArray(SPECIES, membrane, (toStep - 1) * lanes + lane);
            for (int k = toStep - fromStep - 1; k >= 0; k--) {
                int at = (fromStep + k) * lanes + lane;
                FloatVector derivative = VectorSurrogates.fastSigmoid(after.sub(theta), slope, one);
                FloatVector gS =
                        FloatVector.fromArray(SPECIES, spikeGradient, at).add(carriedS);
                FloatVector gU = carriedU.add(gS.mul(derivative));
                FloatVector gW = carriedW.sub(leak.mul(gU));
                gU.intoArray(currentGradient, at);

                FloatVector u = FloatVector.fromArray(SPECIES, membraneBefore, at - back);
                FloatVector s = none.blend(height, u.compare(GE, theta));
                FloatVector before = FloatVector.fromArray(SPECIES, adaptationBefore, at - back);
                FloatVector v = u.sub(theta.mul(s));
                aSum = aSum.add(gU.mul(v.add(w)));
                bSum = bSum.add(gW.mul(before));
                pSum = pSum.add(gW.mul(u));
                qSum = qSum.add(gW.mul(s));
                w = before;
                after = u;

                FloatVector gV = a.mul(gU);
                carriedU = gV.add(p.mul(gW));
                carriedW = b.mul(gW);
                carriedS = q.mul(gW).sub(theta.mul(gV).blend(0f, detached));
            }
            carriedU.intoArray(fromU, lane);
            carriedW.intoArray(fromW, lane);
            carriedS.intoArray(fromS, lane);
            aSum.intoArray(aSums, lane);
            bSum.intoArray(bSums, lane);
            pSum.intoArray(pSums, lane);
            qSum.intoArray(qSums, lane);
        }
    }
}

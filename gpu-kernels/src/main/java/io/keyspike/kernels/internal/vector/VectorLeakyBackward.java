package io.keyspike.kernels.internal.vector;

import static io.keyspike.kernels.internal.vector.Lanes.LENGTH;
import static io.keyspike.kernels.internal.vector.Lanes.SPECIES;

import io.keyspike.kernels.LeakyParameters;
import io.keyspike.kernels.LeakySequence;
import io.keyspike.kernels.internal.scalar.ScalarLeaky;
import jdk.incubator.vector.FloatVector;
import org.jspecify.annotations.Nullable;

/**
 * Backward pass of {@link VectorLeaky}, laid out like it; the equations stand at {@link ScalarLeaky#backward}. Whole vectors
 * only. Unchecked; parameters come one per lane.
 */
final class VectorLeakyBackward {

    private VectorLeakyBackward() {}

    /**
     * @param given what comes from outside at s, m and i
     * @param work what passes from step to step
     */
    static void backward(
            int fromLane,
            int toLane,
            int fromStep,
            int toStep,
            int lanes,
            LeakyParameters parameters,
            VectorLeaky.Factors reset,
            int surrogate,
            float slope,
            LeakySequence sequence,
            Given given,
            float[] currentGradient,
            Work work) {
        float[] synapse = sequence.synapse();
        float[] synapseDecay = parameters.synapseDecay();
        for (int t = toStep - 1; t >= fromStep; t--) {
            int base = t * lanes;
            int before = t > 0 ? base - lanes : 0;
            VectorSurrogates.derivatives(
                    surrogate,
                    slope,
                    fromLane,
                    toLane,
                    sequence.potential(),
                    base,
                    parameters.threshold(),
                    work.derivative);
            backwardStep(
                    fromLane,
                    toLane,
                    base,
                    before,
                    parameters,
                    reset,
                    sequence.potential(),
                    t > 0 ? sequence.membrane() : work.zeros(),
                    given,
                    currentGradient,
                    work);
            if (synapse != null && synapseDecay != null) {
                synapseBackward(
                        fromLane,
                        toLane,
                        base,
                        before,
                        synapseDecay,
                        t > 0 ? synapse : work.zeros(),
                        given,
                        currentGradient,
                        work);
            }
        }
    }

    /** Gradients given at s, m and i, {@code [T, B, N]}, the latter two perhaps not. */
    @SuppressWarnings("ArrayRecordComponent") // a bundle of kernel arguments, never compared
    record Given(float[] spikes, float @Nullable [] membrane, float @Nullable [] synapse) {}

    /**
     * Rows of {@code [lanes]}, all zeros at first: a constant row of zeros, the surrogate's derivatives, gM and gY of {@link
     * ScalarLeaky#backward}, and each lane's sums.
     */
    @SuppressWarnings("ArrayRecordComponent") // working arrays, never compared
    record Work(
            float[] zeros,
            float[] derivative,
            float[] fromM,
            float[] fromY,
            float[] synapseDecaySums,
            float[] decaySums,
            float[] thresholdSums) {}

    private static void backwardStep(
            int fromLane,
            int toLane,
            int base,
            int before,
            LeakyParameters parameters,
            VectorLeaky.Factors reset,
            float[] potential,
            float[] membraneBefore,
            Given given,
            float[] currentGradient,
            Work work) {
        float subtract = reset.subtract();
        float zero = reset.zero();
        float zeroWithInput = reset.zeroWithInput();
        float subtractAtOnce = reset.subtractAtOnce();
        float zeroAtOnce = reset.zeroAtOnce();
        float[] decay = parameters.decay();
        float[] threshold = parameters.threshold();
        float[] spikeGradient = given.spikes();
        float[] direct = given.membrane() == null ? work.zeros() : given.membrane();
        int directBase = given.membrane() == null ? 0 : base;
        float[] derivative = work.derivative();
        float[] fromM = work.fromM();
        float[] decaySums = work.decaySums();
        float[] thresholdSums = work.thresholdSums();
        for (int lane = fromLane; lane < toLane; lane += LENGTH) {
            FloatVector theta = FloatVector.fromArray(SPECIES, threshold, lane);
            FloatVector q = FloatVector.fromArray(SPECIES, potential, base + lane);
            FloatVector m = FloatVector.fromArray(SPECIES, membraneBefore, before + lane);
            FloatVector r = VectorLeaky.above(m, theta);
            FloatVector gm = FloatVector.fromArray(SPECIES, fromM, lane)
                    .add(FloatVector.fromArray(SPECIES, direct, directBase + lane));
            FloatVector k = VectorLeaky.above(q, theta).sub(r);
            FloatVector through = theta.mul(subtractAtOnce).add(q.mul(zeroAtOnce));
            FloatVector gs =
                    FloatVector.fromArray(SPECIES, spikeGradient, base + lane).sub(through.mul(gm));
            FloatVector h = gs.mul(FloatVector.fromArray(SPECIES, derivative, lane));
            FloatVector gq = gm.mul(VectorLeaky.not(k.mul(zeroAtOnce))).add(h);
            FloatVector.fromArray(SPECIES, thresholdSums, lane)
                    .sub(gm.mul(k.mul(subtractAtOnce)))
                    .sub(h)
                    .sub(gq.mul(r.mul(subtract)))
                    .intoArray(thresholdSums, lane);
            gq = gq.mul(VectorLeaky.not(r.mul(zeroWithInput)));
            gq.intoArray(currentGradient, base + lane);
            FloatVector kept = VectorLeaky.not(r.mul(zero));
            FloatVector.fromArray(SPECIES, decaySums, lane)
                    .add(gq.mul(m.mul(kept)))
                    .intoArray(decaySums, lane);
            FloatVector.fromArray(SPECIES, decay, lane).mul(gq).mul(kept).intoArray(fromM, lane);
        }
    }

    /** From the gradient at i as the membrane has it to the current's, in place. */
    private static void synapseBackward(
            int fromLane,
            int toLane,
            int base,
            int before,
            float[] synapseDecay,
            float[] synapseBefore,
            Given given,
            float[] currentGradient,
            Work work) {
        float[] direct = given.synapse() == null ? work.zeros() : given.synapse();
        int directBase = given.synapse() == null ? 0 : base;
        float[] fromY = work.fromY();
        float[] sums = work.synapseDecaySums();
        for (int lane = fromLane; lane < toLane; lane += LENGTH) {
            FloatVector gx = FloatVector.fromArray(SPECIES, currentGradient, base + lane)
                    .add(FloatVector.fromArray(SPECIES, fromY, lane))
                    .add(FloatVector.fromArray(SPECIES, direct, directBase + lane));
            FloatVector past = FloatVector.fromArray(SPECIES, synapseBefore, before + lane);
            FloatVector.fromArray(SPECIES, sums, lane).add(gx.mul(past)).intoArray(sums, lane);
            FloatVector.fromArray(SPECIES, synapseDecay, lane).mul(gx).intoArray(fromY, lane);
            gx.intoArray(currentGradient, base + lane);
        }
    }
}

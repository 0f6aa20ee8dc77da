package io.keyspike.kernels.internal.vector;

import static io.keyspike.kernels.internal.vector.Lanes.LENGTH;
import static io.keyspike.kernels.internal.vector.Lanes.SPECIES;

import io.keyspike.kernels.LeakyBackward;
import io.keyspike.kernels.LeakyParameters;
import io.keyspike.kernels.internal.scalar.ScalarLeaky;
import jdk.incubator.vector.FloatVector;

/**
 * Backward pass of {@link VectorLeaky}, laid out like it; the equations stand at {@link ScalarLeaky#backward}. Whole vectors
 * only. Unchecked; parameters come one per lane.
 */
final class VectorLeakyBackward {

    private VectorLeakyBackward() {}

    /**
     * Rows of {@code [lanes]}, all zeros at first.
     *
     * @param parameters of the run, one per lane
     * @param zeros stays zeros: the state before the first step
     * @param derivative the surrogate's derivatives
     * @param carry what passes from step to step
     */
    @SuppressWarnings("ArrayRecordComponent") // working arrays, never compared
    record Work(LeakyParameters parameters, float[] zeros, float[] derivative, ScalarLeaky.Carry carry) {}

    /** Some lanes through some steps, from the last to the first. */
    static void backward(
            LeakyBackward run,
            VectorLeaky.Factors reset,
            Work work,
            int fromLane,
            int toLane,
            int fromStep,
            int toStep) {
        float[] synapse = run.sequence().synapse();
        float[] synapseDecay = work.parameters.synapseDecay();
        for (int t = toStep - 1; t >= fromStep; t--) {
            VectorSurrogates.derivatives(
                    run.surrogate(),
                    fromLane,
                    toLane,
                    run.sequence().potential(),
                    t * run.shape().lanes(),
                    work.parameters.threshold(),
                    1,
                    work.derivative);
            backwardStep(run, reset, work, fromLane, toLane, t);
            if (synapse != null && synapseDecay != null) {
                float[] synapseBefore = t > 0 ? synapse : work.zeros;
                synapseBackward(run, synapseDecay, synapseBefore, work, fromLane, toLane, t);
            }
        }
    }

    private static void backwardStep(
            LeakyBackward run, VectorLeaky.Factors reset, Work work, int fromLane, int toLane, int t) {
        int base = t * run.shape().lanes();
        int before = t > 0 ? base - run.shape().lanes() : 0;
        float[] potential = run.sequence().potential();
        float[] membraneBefore = t > 0 ? run.sequence().membrane() : work.zeros;
        float[] currentGradient = run.currentGradient();
        LeakyParameters parameters = work.parameters;
        LeakyBackward.Given given = run.given();
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
        float[] fromM = work.carry.fromM();
        float[] decaySums = work.carry.decaySums();
        float[] thresholdSums = work.carry.thresholdSums();
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
            LeakyBackward run,
            float[] synapseDecay,
            float[] synapseBefore,
            Work work,
            int fromLane,
            int toLane,
            int t) {
        int base = t * run.shape().lanes();
        int before = t > 0 ? base - run.shape().lanes() : 0;
        float[] currentGradient = run.currentGradient();
        LeakyBackward.Given given = run.given();
        float[] direct = given.synapse() == null ? work.zeros() : given.synapse();
        int directBase = given.synapse() == null ? 0 : base;
        float[] fromY = work.carry.fromY();
        float[] sums = work.carry.synapseDecaySums();
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

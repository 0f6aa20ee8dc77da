package io.keyspike.kernels.internal.vector;

import static io.keyspike.kernels.internal.vector.Lanes.LENGTH;
import static io.keyspike.kernels.internal.vector.Lanes.SPECIES;

import java.util.Arrays;
import java.util.Objects;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/** Backward pass of {@link VectorLif}, laid out like it. Unchecked. */
final class VectorLifBackward {

    private VectorLifBackward() {}

    /**
     * @param fromLane first lane
     * @param toLane end of the lanes, whole vectors later
     */
    static void backward(LifAdjoint run, int fromLane, int toLane) {
        if (run.summed()) {
            Arrays.fill(run.currentGradient(), fromLane, toLane, 0f);
        }
        backward(run, fromLane, toLane, run.fromStep(), run.toStep());
    }

    /** As above, over some of the steps; sums over the steps go on from what is there. */
    static void backward(LifAdjoint run, int fromLane, int toLane, int fromStep, int toStep) {
        int lanes = run.lanes();
        float[] floats = run.membranes().floats;
        short[] halves = run.membranes().halves;
        float[] p = floats != null ? floats : run.row();
        float[] before = floats != null ? floats : run.rowBefore();
        float[] gradient = run.summed() ? run.gradientRow() : run.currentGradient();
        for (int t = toStep - 1; t >= fromStep; t--) {
            int base = t * lanes;
            int pBase = floats != null ? base : 0;
            if (halves != null) {
                HalfRows.load(fromLane, toLane, halves, base, p);
            }
            VectorSurrogates.derivatives(
                    run.surrogate(), fromLane, toLane, p, pBase, run.threshold(), 1, run.derivative());
            step(run, fromLane, toLane, t, p, pBase, gradient);
            if (run.summed()) {
                add(fromLane, toLane, gradient, run.currentGradient());
            }
            if (run.decaySums() != null && t > 0) {
                if (halves != null) {
                    HalfRows.load(fromLane, toLane, halves, base - lanes, before);
                }
                int beforeBase = pBase - (floats != null ? lanes : 0);
                decayGradient(run, fromLane, toLane, before, beforeBase, gradient, run.summed() ? 0 : base);
            }
        }
    }

    private static void add(int fromLane, int toLane, float[] row, float[] sums) {
        for (int lane = fromLane; lane < toLane; lane += LENGTH) {
            FloatVector.fromArray(SPECIES, sums, lane)
                    .add(FloatVector.fromArray(SPECIES, row, lane))
                    .intoArray(sums, lane);
        }
    }

    /** From the gradients at s, p and u to that at p, which is the current's, and on to the step before. */
    private static void step(
            LifAdjoint run,
            int fromLane,
            int toLane,
            int t,
            float[] membrane,
            int membraneBase,
            float[] currentGradient) {
        int base = t * run.lanes();
        float[] threshold = run.threshold();
        int reset = run.reset();
        float floor = run.floor();
        boolean resetDetached = run.resetDetached();
        float[] spikeGradient = run.spikeGradient();
        int spikeBase = t * run.spikeGradientStride();
        float[] direct = run.membraneGradient() == null ? run.zeros() : run.membraneGradient();
        int directBase = run.membraneGradient() == null ? 0 : base;
        float[] after = run.membraneAfterGradient() == null ? run.zeros() : run.membraneAfterGradient();
        int afterBase = run.membraneAfterGradient() == null ? 0 : base;
        int gradientBase = run.summed() ? 0 : base;
        float[] derivative = run.derivative();
        float[] decay = run.decay();
        float[] carried = run.carried();
        float[] thresholdSums = run.thresholdSums();
        for (int lane = fromLane; lane < toLane; lane += LENGTH) {
            FloatVector theta = FloatVector.fromArray(SPECIES, threshold, lane);
            FloatVector p = FloatVector.fromArray(SPECIES, membrane, membraneBase + lane);
            VectorMask<Float> fired = VectorNeuronArithmetic.lifFires(p, theta);
            FloatVector g = VectorNeuronAdjoint.lifAfter(
                    reset,
                    p,
                    fired,
                    theta,
                    floor,
                    FloatVector.fromArray(SPECIES, carried, lane),
                    FloatVector.fromArray(SPECIES, after, afterBase + lane));
            FloatVector given = FloatVector.fromArray(SPECIES, spikeGradient, spikeBase + lane);
            FloatVector h = VectorNeuronAdjoint.lifSpike(reset, resetDetached, p, theta, given, g)
                    .mul(FloatVector.fromArray(SPECIES, derivative, lane));
            FloatVector thetaSum = FloatVector.fromArray(SPECIES, thresholdSums, lane);
            VectorNeuronAdjoint.lifThreshold(reset, fired, thetaSum, g, h).intoArray(thresholdSums, lane);
            FloatVector gp = VectorNeuronAdjoint.lifCurrent(
                    reset, fired, g, FloatVector.fromArray(SPECIES, direct, directBase + lane), h);
            gp.intoArray(currentGradient, gradientBase + lane);
            VectorNeuronAdjoint.carried(FloatVector.fromArray(SPECIES, decay, lane), gp)
                    .intoArray(carried, lane);
        }
    }

    /** What a step adds to β's gradient, from the membranes of the step before. */
    private static void decayGradient(
            LifAdjoint run,
            int fromLane,
            int toLane,
            float[] membrane,
            int membraneBase,
            float[] currentGradient,
            int gradientBase) {
        float[] threshold = run.threshold();
        int reset = run.reset();
        float floor = run.floor();
        float[] decaySums = Objects.requireNonNull(run.decaySums());
        for (int lane = fromLane; lane < toLane; lane += LENGTH) {
            FloatVector theta = FloatVector.fromArray(SPECIES, threshold, lane);
            FloatVector p = FloatVector.fromArray(SPECIES, membrane, membraneBase + lane);
            VectorMask<Float> fired = VectorNeuronArithmetic.lifFires(p, theta);
            FloatVector u = VectorNeuronArithmetic.lifAfter(reset, p, fired, theta, floor);
            FloatVector gp = FloatVector.fromArray(SPECIES, currentGradient, gradientBase + lane);
            VectorNeuronAdjoint.plus(FloatVector.fromArray(SPECIES, decaySums, lane), gp, u)
                    .intoArray(decaySums, lane);
        }
    }
}

package io.keyspike.kernels.internal.vector;

import static io.keyspike.kernels.internal.vector.Lanes.LENGTH;
import static io.keyspike.kernels.internal.vector.Lanes.SPECIES;

import io.keyspike.kernels.Surrogate;
import io.keyspike.kernels.internal.arithmetic.NeuronArithmetic;
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
        boolean rowsWanted = run.summed() && run.decaySums() != null;
        if (run.membranes().floats == null
                || rowsWanted
                || run.membraneGradient() != null
                || run.membraneAfterGradient() != null) {
            backwardByRows(run, fromLane, toLane, fromStep, toStep);
            return;
        }
        int t = toStep;
        while (t > fromStep) {
            int from = Math.max(fromStep, t - VectorLif.STEPS);
            backwardSteps(run, fromLane, toLane, from, t);
            t = from;
        }
    }

    /**
     * Of rows of derivatives, some floats longer than the lanes, so that they do not all fall into the same sets of a
     * cache.
     */
    static int derivativeRow(int lanes) {
        return lanes + 2 * LENGTH;
    }

    /** At most {@link VectorLif#STEPS} steps, through which a vector of lanes goes before the next one does. */
    private static void backwardSteps(LifAdjoint run, int fromLane, int toLane, int fromStep, int toStep) {
        int lanes = run.lanes();
        int row = derivativeRow(lanes);
        float[] membrane = Objects.requireNonNull(run.membranes().floats);
        if (run.surrogate().kind() == Surrogate.Kind.FAST_SIGMOID) {
            fastSigmoidSteps(run, membrane, fromLane, toLane, fromStep, toStep);
        } else {
            for (int t = fromStep; t < toStep; t++) {
                VectorSurrogates.derivatives(
                        run.surrogate(),
                        fromLane,
                        toLane,
                        membrane,
                        t * lanes,
                        run.threshold(),
                        1,
                        run.derivative(),
                        (t - fromStep) * row);
            }
            steps(run, membrane, fromLane, toLane, fromStep, toStep);
        }
        for (int t = toStep - 1; t >= fromStep && run.decaySums() != null; t--) {
            if (t > 0) {
                decayGradient(run, fromLane, toLane, membrane, (t - 1) * lanes, run.currentGradient(), t * lanes);
            }
        }
    }

    private static void steps(LifAdjoint run, float[] membrane, int fromLane, int toLane, int fromStep, int toStep) {
        int lanes = run.lanes();
        int row = derivativeRow(lanes);
        float[] threshold = run.threshold();
        float floor = run.floor();
        float[] spikeGradient = run.spikeGradient();
        int spikeStride = run.spikeGradientStride();
        float[] currentGradient = run.currentGradient();
        boolean summed = run.summed();
        float[] derivative = run.derivative();
        float[] decay = run.decay();
        float[] carried = run.carried();
        float[] thresholdSums = run.thresholdSums();
        // masks, not branches: a vector that may come from either of two places is kept in an object
        VectorMask<Float> subtract = SPECIES.maskAll(run.reset() == NeuronArithmetic.SUBTRACT);
        VectorMask<Float> zero = SPECIES.maskAll(run.reset() == NeuronArithmetic.ZERO);
        VectorMask<Float> attached = SPECIES.maskAll(!run.resetDetached() && run.reset() != NeuronArithmetic.NONE);
        VectorMask<Float> inTotal = SPECIES.maskAll(summed);
        for (int lane = fromLane; lane < toLane; lane += LENGTH) {
            FloatVector theta = FloatVector.fromArray(SPECIES, threshold, lane);
            FloatVector beta = FloatVector.fromArray(SPECIES, decay, lane);
            FloatVector fromNext = FloatVector.fromArray(SPECIES, carried, lane);
            FloatVector thetaSum = FloatVector.fromArray(SPECIES, thresholdSums, lane);
            FloatVector total = FloatVector.fromArray(SPECIES, currentGradient, lane, inTotal);
            for (int k = toStep - fromStep - 1; k >= 0; k--) {
                int at = (fromStep + k) * lanes + lane;
                FloatVector p = FloatVector.fromArray(SPECIES, membrane, at);
                VectorMask<Float> fired = VectorNeuronArithmetic.lifFires(p, theta);
                FloatVector after = p.sub(theta, fired.and(subtract)).blend(0f, fired.and(zero));
                FloatVector g = fromNext.add(0f).blend(0f, VectorNeuronArithmetic.atFloor(after, floor));
                FloatVector given = FloatVector.fromArray(SPECIES, spikeGradient, (fromStep + k) * spikeStride + lane);
                FloatVector h = given.sub(p.blend(theta, subtract).mul(g), attached)
                        .mul(FloatVector.fromArray(SPECIES, derivative, k * row + lane));
                thetaSum = thetaSum.sub(g, fired.and(subtract)).sub(h);
                FloatVector gp = g.blend(0f, fired.and(zero)).add(0f).add(h);
                if (summed) {
                    total = total.add(gp);
                } else {
                    gp.intoArray(currentGradient, at);
                }
                fromNext = VectorNeuronAdjoint.carried(beta, gp);
            }
            fromNext.intoArray(carried, lane);
            thetaSum.intoArray(thresholdSums, lane);
            total.intoArray(currentGradient, lane, inTotal);
        }
    }

    /** As {@link #steps} with the derivatives of the fast sigmoid in the same loop, so that none are written and read again. */
    private static void fastSigmoidSteps(
            LifAdjoint run, float[] membrane, int fromLane, int toLane, int fromStep, int toStep) {
        int lanes = run.lanes();
        float[] threshold = run.threshold();
        float floor = run.floor();
        float[] spikeGradient = run.spikeGradient();
        int spikeStride = run.spikeGradientStride();
        float[] currentGradient = run.currentGradient();
        boolean summed = run.summed();
        float slope = run.surrogate().slope();
        float[] decay = run.decay();
        float[] carried = run.carried();
        float[] thresholdSums = run.thresholdSums();
        // masks, not branches: a vector that may come from either of two places is kept in an object
        VectorMask<Float> subtract = SPECIES.maskAll(run.reset() == NeuronArithmetic.SUBTRACT);
        VectorMask<Float> zero = SPECIES.maskAll(run.reset() == NeuronArithmetic.ZERO);
        VectorMask<Float> attached = SPECIES.maskAll(!run.resetDetached() && run.reset() != NeuronArithmetic.NONE);
        VectorMask<Float> inTotal = SPECIES.maskAll(summed);
        FloatVector one = FloatVector.broadcast(SPECIES, 1f);
        for (int lane = fromLane; lane < toLane; lane += LENGTH) {
            FloatVector theta = FloatVector.fromArray(SPECIES, threshold, lane);
            FloatVector beta = FloatVector.fromArray(SPECIES, decay, lane);
            FloatVector fromNext = FloatVector.fromArray(SPECIES, carried, lane);
            FloatVector thetaSum = FloatVector.fromArray(SPECIES, thresholdSums, lane);
            FloatVector total = FloatVector.fromArray(SPECIES, currentGradient, lane, inTotal);
            for (int k = toStep - fromStep - 1; k >= 0; k--) {
                int at = (fromStep + k) * lanes + lane;
                FloatVector p = FloatVector.fromArray(SPECIES, membrane, at);
                VectorMask<Float> fired = VectorNeuronArithmetic.lifFires(p, theta);
                FloatVector after = p.sub(theta, fired.and(subtract)).blend(0f, fired.and(zero));
                FloatVector g = fromNext.add(0f).blend(0f, VectorNeuronArithmetic.atFloor(after, floor));
                FloatVector given = FloatVector.fromArray(SPECIES, spikeGradient, (fromStep + k) * spikeStride + lane);
                FloatVector derivative = VectorSurrogates.fastSigmoid(p.sub(theta), slope, one);
                FloatVector h =
                        given.sub(p.blend(theta, subtract).mul(g), attached).mul(derivative);
                thetaSum = thetaSum.sub(g, fired.and(subtract)).sub(h);
                FloatVector gp = g.blend(0f, fired.and(zero)).add(0f).add(h);
                if (summed) {
                    total = total.add(gp);
                } else {
                    gp.intoArray(currentGradient, at);
                }
                fromNext = VectorNeuronAdjoint.carried(beta, gp);
            }
            fromNext.intoArray(carried, lane);
            thetaSum.intoArray(thresholdSums, lane);
            total.intoArray(currentGradient, lane, inTotal);
        }
    }

    /** Step by step, with all that may be given: membranes in 16 bits, gradients of membranes. */
    private static void backwardByRows(LifAdjoint run, int fromLane, int toLane, int fromStep, int toStep) {
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

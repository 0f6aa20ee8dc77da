package io.keyspike.kernels;

import static io.keyspike.kernels.Lanes.LENGTH;
import static io.keyspike.kernels.Lanes.SPECIES;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LE;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import org.jspecify.annotations.Nullable;

/** Backward pass of {@link VectorLif}, laid out like it. Unchecked; parameters come one per lane. */
final class VectorLifBackward {

    private VectorLifBackward() {}

    /**
     * @param zeros {@code [lanes]}, zeros, stand in for gradients that are not given
     * @param derivative {@code [lanes]}, overwritten
     * @param carried the gradient at u that the step after the last left on entry, and what the first leaves to the step
     *     before it on return, {@code [lanes]}
     * @param decaySums dL/dβ of each lane, {@code [lanes]}, added to
     * @param thresholdSums dL/dθ of each lane, {@code [lanes]}, added to
     */
    static void backward(
            int fromLane,
            int toLane,
            int fromStep,
            int toStep,
            int lanes,
            float[] decay,
            float[] threshold,
            int reset,
            float floor,
            int surrogate,
            float slope,
            boolean resetDetached,
            float[] membrane,
            float[] spikeGradient,
            float @Nullable [] membraneGradient,
            float @Nullable [] membraneAfterGradient,
            float[] currentGradient,
            float[] zeros,
            float[] derivative,
            float[] carried,
            float[] decaySums,
            float[] thresholdSums) {
        float[] direct = membraneGradient == null ? zeros : membraneGradient;
        float[] after = membraneAfterGradient == null ? zeros : membraneAfterGradient;
        for (int t = toStep - 1; t >= fromStep; t--) {
            int base = t * lanes;
            int directBase = membraneGradient == null ? 0 : base;
            int afterBase = membraneAfterGradient == null ? 0 : base;
            VectorSurrogates.derivatives(surrogate, slope, fromLane, toLane, membrane, base, threshold, derivative);
            step(
                    fromLane,
                    toLane,
                    base,
                    threshold,
                    reset,
                    floor,
                    resetDetached,
                    membrane,
                    spikeGradient,
                    direct,
                    directBase,
                    after,
                    afterBase,
                    currentGradient,
                    derivative,
                    carried,
                    thresholdSums);
            if (t > 0) {
                carry(
                        fromLane,
                        toLane,
                        base,
                        base - lanes,
                        decay,
                        threshold,
                        reset,
                        floor,
                        membrane,
                        currentGradient,
                        carried,
                        decaySums);
            }
        }
    }

    /** From the gradients at s, p and u to that at p, which is the current's. */
    private static void step(
            int fromLane,
            int toLane,
            int base,
            float[] threshold,
            int reset,
            float floor,
            boolean resetDetached,
            float[] membrane,
            float[] spikeGradient,
            float[] direct,
            int directBase,
            float[] after,
            int afterBase,
            float[] currentGradient,
            float[] derivative,
            float[] carried,
            float[] thresholdSums) {
        boolean subtract = reset == NeuronArithmetic.SUBTRACT;
        boolean zero = reset == NeuronArithmetic.ZERO;
        for (int lane = fromLane; lane < toLane; lane += LENGTH) {
            FloatVector theta = FloatVector.fromArray(SPECIES, threshold, lane);
            FloatVector p = FloatVector.fromArray(SPECIES, membrane, base + lane);
            VectorMask<Float> fired = p.compare(GT, theta);
            FloatVector u = subtract ? p.sub(theta, fired) : zero ? p.blend(0f, fired) : p;
            FloatVector g = FloatVector.fromArray(SPECIES, carried, lane)
                    .add(FloatVector.fromArray(SPECIES, after, afterBase + lane))
                    .blend(0f, u.compare(LE, floor));
            FloatVector gs = FloatVector.fromArray(SPECIES, spikeGradient, base + lane);
            if (!resetDetached && (subtract || zero)) {
                gs = gs.sub((subtract ? theta : p).mul(g));
            }
            FloatVector thetaSum = FloatVector.fromArray(SPECIES, thresholdSums, lane);
            if (subtract) {
                thetaSum = thetaSum.sub(g, fired);
            }
            if (zero) {
                g = g.blend(0f, fired);
            }
            FloatVector h = gs.mul(FloatVector.fromArray(SPECIES, derivative, lane));
            thetaSum.sub(h).intoArray(thresholdSums, lane);
            g.add(FloatVector.fromArray(SPECIES, direct, directBase + lane))
                    .add(h)
                    .intoArray(currentGradient, base + lane);
        }
    }

    /** What the step before gets: its part of β's gradient, and the gradient at its u. */
    private static void carry(
            int fromLane,
            int toLane,
            int base,
            int baseBefore,
            float[] decay,
            float[] threshold,
            int reset,
            float floor,
            float[] membrane,
            float[] currentGradient,
            float[] carried,
            float[] decaySums) {
        boolean subtract = reset == NeuronArithmetic.SUBTRACT;
        boolean zero = reset == NeuronArithmetic.ZERO;
        for (int lane = fromLane; lane < toLane; lane += LENGTH) {
            FloatVector theta = FloatVector.fromArray(SPECIES, threshold, lane);
            FloatVector p = FloatVector.fromArray(SPECIES, membrane, baseBefore + lane);
            VectorMask<Float> fired = p.compare(GT, theta);
            FloatVector u = subtract ? p.sub(theta, fired) : zero ? p.blend(0f, fired) : p;
            u = u.blend(floor, u.compare(LE, floor));
            FloatVector gp = FloatVector.fromArray(SPECIES, currentGradient, base + lane);
            FloatVector.fromArray(SPECIES, decaySums, lane).add(gp.mul(u)).intoArray(decaySums, lane);
            FloatVector.fromArray(SPECIES, decay, lane).mul(gp).intoArray(carried, lane);
        }
    }
}

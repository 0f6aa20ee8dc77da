package io.keyspike.kernels.internal.scalar;

import io.keyspike.kernels.LifBackward;
import io.keyspike.kernels.LifParameters;
import io.keyspike.kernels.SequenceShape;
import io.keyspike.kernels.internal.arithmetic.NeuronAdjoint;
import io.keyspike.kernels.internal.arithmetic.NeuronArithmetic;
import io.keyspike.kernels.internal.arithmetic.SurrogateArithmetic;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * LIF neurons over a sequence as plain loops, one lane after the other, over a range of the lanes and of the steps: what
 * passes from step to step lies in arrays, one number per lane, so that a sequence may be run in pieces. Unchecked.
 */
public final class ScalarLif {

    private ScalarLif() {}

    /**
     * A forward pass.
     *
     * @param current I, {@code [T, B, N]}
     * @param membrane p, {@code [T, B, N]}, written
     * @param spikes s, {@code [T, B, N]}, written
     * @param u the membrane before the first of the steps on entry and after the last on return, {@code [lanes]}
     */
    @SuppressWarnings("ArrayRecordComponent") // a bundle of kernel arguments, never compared
    public record Forward(
            SequenceShape shape,
            LifParameters parameters,
            float[] current,
            float[] membrane,
            float[] spikes,
            float[] u) {}

    /**
     * What a backward pass carries from step to step, {@code [lanes]} each.
     *
     * @param carried the gradient at u that the step after the last left on entry, and what the first leaves to the step
     *     before it on return
     * @param decaySums dL/dβ of each lane, added to
     * @param thresholdSums dL/dθ of each lane, added to
     */
    @SuppressWarnings("ArrayRecordComponent") // working arrays, never compared
    public record Carry(float[] carried, float[] decaySums, float[] thresholdSums) {

        /** Zeros. */
        static Carry zeros(int lanes) {
            return new Carry(new float[lanes], new float[lanes], new float[lanes]);
        }

        /** Adds each neuron's lanes to the gradients that are wanted. */
        public void addTo(SequenceShape shape, LifBackward.Wanted wanted) {
            addLanes(shape, decaySums, wanted.decay());
            addLanes(shape, thresholdSums, wanted.threshold());
        }
    }

    /** Some lanes through some steps. */
    public static void forward(Forward run, int fromLane, int toLane, int fromStep, int toStep) {
        int lanes = run.shape.lanes();
        int neurons = run.shape.neurons();
        float[] decay = run.parameters.decay();
        float[] threshold = run.parameters.threshold();
        int reset = run.parameters.reset().code;
        float floor = run.parameters.membraneFloor();
        float[] current = run.current;
        float[] membrane = run.membrane;
        float[] spikes = run.spikes;
        for (int lane = fromLane; lane < toLane; lane++) {
            float beta = decay[lane % neurons];
            float theta = threshold[lane % neurons];
            float u = run.u[lane];
            for (int t = fromStep; t < toStep; t++) {
                int at = t * lanes + lane;
                float p = NeuronArithmetic.lifMembrane(beta, u, current[at]);
                membrane[at] = p;
                spikes[at] = NeuronArithmetic.lifFires(p, theta) ? 1f : 0f;
                u = NeuronArithmetic.lifAfter(reset, p, theta, floor);
            }
            run.u[lane] = u;
        }
    }

    /**
     * Some lanes through some steps, from the last to the first.
     *
     * @param run with membranes in 32 bits, nothing constant and nothing summed
     */
    public static void backward(LifBackward run, Carry carry, int fromLane, int toLane, int fromStep, int toStep) {
        int lanes = run.shape().lanes();
        int neurons = run.shape().neurons();
        float[] decay = run.parameters().decay();
        float[] threshold = run.parameters().threshold();
        int reset = run.parameters().reset().code;
        float floor = run.parameters().membraneFloor();
        int surrogate = run.surrogate().kind().code;
        float slope = run.surrogate().slope();
        boolean resetDetached = run.resetDetached();
        float[] membrane = Objects.requireNonNull(run.membranes().floats);
        float[] spikeGradient = run.given().spikes();
        float[] membraneGradient = run.given().membrane();
        float[] membraneAfterGradient = run.given().membraneAfter();
        float[] currentGradient = run.wanted().current();
        for (int lane = fromLane; lane < toLane; lane++) {
            float beta = decay[lane % neurons];
            float theta = threshold[lane % neurons];
            float fromNext = carry.carried[lane];
            float betaSum = carry.decaySums[lane];
            float thetaSum = carry.thresholdSums[lane];
            for (int t = toStep - 1; t >= fromStep; t--) {
                int at = t * lanes + lane;
                float p = membrane[at];
                float g = NeuronAdjoint.lifAfter(
                        reset,
                        p,
                        theta,
                        floor,
                        fromNext,
                        membraneAfterGradient == null ? 0f : membraneAfterGradient[at]);
                float gs = NeuronAdjoint.lifSpike(reset, resetDetached, p, theta, spikeGradient[at], g);
                float h = gs * SurrogateArithmetic.derivative(surrogate, slope, p, theta, 1);
                thetaSum = NeuronAdjoint.lifThreshold(reset, p, theta, thetaSum, g, h);
                float direct = membraneGradient == null ? 0f : membraneGradient[at];
                float gp = NeuronAdjoint.lifCurrent(reset, p, theta, g, direct, h);
                currentGradient[at] = gp;
                if (t > 0) {
                    float uBefore = NeuronArithmetic.lifAfter(reset, membrane[at - lanes], theta, floor);
                    betaSum = NeuronAdjoint.plus(betaSum, gp, uBefore);
                }
                fromNext = NeuronAdjoint.carried(beta, gp);
            }
            carry.carried[lane] = fromNext;
            carry.decaySums[lane] = betaSum;
            carry.thresholdSums[lane] = thetaSum;
        }
    }

    /** Adds each neuron's lanes, b ascending, to its gradient, if that is wanted. */
    public static void addLanes(SequenceShape shape, float[] laneSums, float @Nullable [] gradient) {
        int neurons = shape.neurons();
        if (gradient != null) {
            for (int lane = 0; lane < shape.lanes(); lane++) {
                gradient[lane % neurons] += laneSums[lane];
            }
        }
    }
}

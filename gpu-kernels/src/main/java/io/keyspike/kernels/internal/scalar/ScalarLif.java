package io.keyspike.kernels.internal.scalar;

import io.keyspike.kernels.internal.arithmetic.NeuronArithmetic;
import io.keyspike.kernels.internal.arithmetic.SurrogateArithmetic;
import org.jspecify.annotations.Nullable;

/**
 * LIF neurons and the leaky integrator over a sequence as plain loops, one lane after the other, over a range of the lanes.
 * The neurons run over a range of the steps too: what passes from step to step lies in arrays, one number per lane, so that
 * a sequence may be run in pieces. Unchecked.
 */
public final class ScalarLif {

    private ScalarLif() {}

    /** @param u the membrane before the first of the steps on entry and after the last on return, {@code [lanes]} */
    public static void forward(
            int fromLane,
            int toLane,
            int fromStep,
            int toStep,
            int lanes,
            int neurons,
            float[] decay,
            float[] threshold,
            int reset,
            float floor,
            float[] current,
            float[] membrane,
            float[] spikes,
            float[] u) {
        for (int lane = fromLane; lane < toLane; lane++) {
            float beta = decay[lane % neurons];
            float theta = threshold[lane % neurons];
            float uLast = u[lane];
            for (int t = fromStep; t < toStep; t++) {
                int at = t * lanes + lane;
                float p = NeuronArithmetic.lifMembrane(beta, uLast, current[at]);
                membrane[at] = p;
                spikes[at] = NeuronArithmetic.lifFires(p, theta) ? 1f : 0f;
                uLast = NeuronArithmetic.lifAfter(reset, p, theta, floor);
            }
            u[lane] = uLast;
        }
    }

    /**
     * @param carried the gradient at u that the step after the last left on entry, and what the first leaves to the step
     *     before it on return, {@code [lanes]}
     * @param decaySums dL/dβ of each lane, {@code [lanes]}, added to
     * @param thresholdSums dL/dθ of each lane, {@code [lanes]}, added to
     */
    public static void backward(
            int fromLane,
            int toLane,
            int fromStep,
            int toStep,
            int lanes,
            int neurons,
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
            float[] carried,
            float[] decaySums,
            float[] thresholdSums) {
        for (int lane = fromLane; lane < toLane; lane++) {
            int n = lane % neurons;
            float beta = decay[n];
            float theta = threshold[n];
            float fromNext = carried[lane];
            float betaSum = decaySums[lane];
            float thetaSum = thresholdSums[lane];
            for (int t = toStep - 1; t >= fromStep; t--) {
                int at = t * lanes + lane;
                float p = membrane[at];
                boolean fired = NeuronArithmetic.lifFires(p, theta);
                float g = fromNext + (membraneAfterGradient == null ? 0f : membraneAfterGradient[at]);
                if (NeuronArithmetic.atFloor(NeuronArithmetic.lifReset(reset, p, theta), floor)) {
                    g = 0f;
                }
                float gs = spikeGradient[at];
                if (!resetDetached) {
                    gs -= NeuronArithmetic.lifResetThroughSpike(reset, p, theta, g);
                }
                if (fired && reset == NeuronArithmetic.SUBTRACT) {
                    thetaSum -= g;
                }
                if (fired && reset == NeuronArithmetic.ZERO) {
                    g = 0f;
                }
                float h = gs * SurrogateArithmetic.derivative(surrogate, slope, p - theta);
                thetaSum -= h;
                float gp = (g + (membraneGradient == null ? 0f : membraneGradient[at])) + h;
                currentGradient[at] = gp;
                if (t > 0) {
                    betaSum += gp * NeuronArithmetic.lifAfter(reset, membrane[at - lanes], theta, floor);
                }
                fromNext = beta * gp;
            }
            carried[lane] = fromNext;
            decaySums[lane] = betaSum;
            thresholdSums[lane] = thetaSum;
        }
    }

    /** Adds each neuron's lanes, b ascending, to its gradient, if that is wanted. */
    public static void addLanes(int lanes, int neurons, float[] laneSums, float @Nullable [] gradient) {
        if (gradient != null) {
            for (int lane = 0; lane < lanes; lane++) {
                gradient[lane % neurons] += laneSums[lane];
            }
        }
    }

    public static void integrator(
            int fromLane,
            int toLane,
            int steps,
            int lanes,
            int neurons,
            float[] decay,
            float[] current,
            float[] output) {
        for (int lane = fromLane; lane < toLane; lane++) {
            float c = decay[lane % neurons];
            float y = 0f;
            for (int t = 0; t < steps; t++) {
                int at = t * lanes + lane;
                y = NeuronArithmetic.integrate(c, y, current[at]);
                output[at] = y;
            }
        }
    }

    /** @param decaySums dL/dc of each lane, {@code [lanes]}, written */
    public static void integratorBackward(
            int fromLane,
            int toLane,
            int steps,
            int lanes,
            int neurons,
            float[] decay,
            float[] output,
            float[] current,
            float[] outputGradient,
            float[] currentGradient,
            float[] decaySums) {
        for (int lane = fromLane; lane < toLane; lane++) {
            float c = decay[lane % neurons];
            float carried = 0f;
            float sum = 0f;
            for (int t = steps - 1; t >= 0; t--) {
                int at = t * lanes + lane;
                float g = outputGradient[at] + carried;
                currentGradient[at] = (1f - c) * g;
                float before = t == 0 ? 0f : output[at - lanes];
                sum += g * (before - current[at]);
                carried = c * g;
            }
            decaySums[lane] = sum;
        }
    }
}

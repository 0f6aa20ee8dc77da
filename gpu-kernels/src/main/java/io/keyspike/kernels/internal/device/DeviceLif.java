package io.keyspike.kernels.internal.device;

import io.keyspike.kernels.KernelBackend;
import io.keyspike.kernels.ParallelLoop;
import io.keyspike.kernels.internal.arithmetic.DeviceArithmetic;
import io.keyspike.kernels.internal.arithmetic.NeuronAdjoint;
import io.keyspike.kernels.internal.arithmetic.NeuronArithmetic;

/**
 * LIF neurons and the leaky integrator for a device: one thread for each lane, which runs the steps. Unchecked; sizes above
 * 0. Numbers passed as such become constants of the compiled kernel; arrays are never null, and flags are 0 or 1.
 */
public final class DeviceLif {

    private DeviceLif() {}

    /** @param constantCurrent 1 where the current is {@code [1, B, N]}, the same at every step */
    public static void forward(
            int steps,
            int lanes,
            int neurons,
            float[] decay,
            float[] threshold,
            int reset,
            float floor,
            int constantCurrent,
            float[] current,
            float[] membrane,
            float[] spikes) {
        for (@ParallelLoop int lane = 0; lane < lanes; lane++) {
            float beta = decay[lane % neurons];
            float theta = threshold[lane % neurons];
            float u = 0f;
            for (int t = 0; t < steps; t++) {
                int at = t * lanes + lane;
                float p = NeuronArithmetic.lifMembrane(beta, u, current[constantCurrent != 0 ? lane : at]);
                membrane[at] = p;
                spikes[at] = NeuronArithmetic.lifFires(p, theta) ? 1f : 0f;
                u = NeuronArithmetic.lifAfter(reset, p, theta, floor);
            }
        }
    }

    /**
     * The arithmetic of {@link KernelBackend#lifBackward}.
     *
     * @param constantSpikeGradient 1 where the spikes' gradient is {@code [1, B, N]}, the same at every step
     * @param membraneGradients 1 where the two gradients of the membrane count; else they may be of any length
     * @param decaySums dL/dβ of each lane, {@code [lanes]}, written
     * @param thresholdSums dL/dθ of each lane, {@code [lanes]}, written
     */
    public static void backward(
            int steps,
            int lanes,
            int neurons,
            float[] decay,
            float[] threshold,
            int reset,
            float floor,
            int surrogate,
            float slope,
            int resetDetached,
            float[] membrane,
            int constantSpikeGradient,
            float[] spikeGradient,
            int membraneGradients,
            float[] membraneGradient,
            float[] membraneAfterGradient,
            float[] currentGradient,
            float[] decaySums,
            float[] thresholdSums) {
        for (@ParallelLoop int lane = 0; lane < lanes; lane++) {
            float beta = decay[lane % neurons];
            float theta = threshold[lane % neurons];
            float carried = 0f;
            float betaSum = 0f;
            float thetaSum = 0f;
            float p = membrane[(steps - 1) * lanes + lane];
            for (int back = 1; back <= steps; back++) {
                int t = steps - back;
                int at = t * lanes + lane;
                float before = t > 0 ? membrane[at - lanes] : 0f;
                float after = membraneGradients != 0 ? membraneAfterGradient[at] : 0f;
                float g = NeuronAdjoint.lifAfter(reset, p, theta, floor, carried, after);
                float cs = spikeGradient[constantSpikeGradient != 0 ? lane : at];
                float gs = NeuronAdjoint.lifSpike(reset, resetDetached != 0, p, theta, cs, g);
                float h = gs * DeviceArithmetic.derivative(surrogate, slope, p - theta);
                thetaSum = NeuronAdjoint.lifThreshold(reset, p, theta, thetaSum, g, h);
                float direct = membraneGradients != 0 ? membraneGradient[at] : 0f;
                float gp = NeuronAdjoint.lifCurrent(reset, p, theta, g, direct, h);
                currentGradient[at] = gp;
                if (t > 0) {
                    betaSum = NeuronAdjoint.plus(betaSum, gp, NeuronArithmetic.lifAfter(reset, before, theta, floor));
                }
                carried = NeuronAdjoint.carried(beta, gp);
                p = before;
            }
            decaySums[lane] = betaSum;
            thresholdSums[lane] = thetaSum;
        }
    }

    /** Adds each neuron's lanes, b ascending, to its gradient. */
    public static void addLanes(int lanes, int neurons, float[] laneSums, float[] gradient) {
        for (@ParallelLoop int n = 0; n < neurons; n++) {
            float sum = gradient[n];
            for (int lane = n; lane < lanes; lane += neurons) {
                sum += laneSums[lane];
            }
            gradient[n] = sum;
        }
    }

    public static void integrator(int steps, int lanes, int neurons, float[] decay, float[] current, float[] output) {
        for (@ParallelLoop int lane = 0; lane < lanes; lane++) {
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
            int steps,
            int lanes,
            int neurons,
            float[] decay,
            float[] output,
            float[] current,
            float[] outputGradient,
            float[] currentGradient,
            float[] decaySums) {
        for (@ParallelLoop int lane = 0; lane < lanes; lane++) {
            float c = decay[lane % neurons];
            float carried = 0f;
            float sum = 0f;
            for (int back = 1; back <= steps; back++) {
                int t = steps - back;
                int at = t * lanes + lane;
                float g = outputGradient[at] + carried;
                currentGradient[at] = NeuronAdjoint.integratorCurrent(c, g);
                float before = t > 0 ? output[at - lanes] : 0f;
                sum = NeuronAdjoint.plus(sum, g, before - current[at]);
                carried = NeuronAdjoint.carried(c, g);
            }
            decaySums[lane] = sum;
        }
    }
}

package io.keyspike.kernels;

import org.jspecify.annotations.Nullable;

/** LIF neurons and the leaky integrator over a sequence as plain loops, one lane after the other. Unchecked. */
final class ScalarLif {

    private ScalarLif() {}

    static void forward(
            int steps,
            int lanes,
            int neurons,
            float[] decay,
            float[] threshold,
            int reset,
            float floor,
            float[] current,
            float[] membrane,
            float[] spikes) {
        for (int lane = 0; lane < lanes; lane++) {
            float beta = decay[lane % neurons];
            float theta = threshold[lane % neurons];
            float u = 0f;
            for (int t = 0; t < steps; t++) {
                int at = t * lanes + lane;
                float p = NeuronArithmetic.lifMembrane(beta, u, current[at]);
                membrane[at] = p;
                spikes[at] = NeuronArithmetic.lifFires(p, theta) ? 1f : 0f;
                u = NeuronArithmetic.lifAfter(reset, p, theta, floor);
            }
        }
    }

    static void backward(
            int steps,
            int batch,
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
            float @Nullable [] decayGradient,
            float @Nullable [] thresholdGradient) {
        int lanes = batch * neurons;
        for (int lane = 0; lane < lanes; lane++) {
            int n = lane % neurons;
            float beta = decay[n];
            float theta = threshold[n];
            float carried = 0f;
            float betaSum = 0f;
            float thetaSum = 0f;
            for (int t = steps - 1; t >= 0; t--) {
                int at = t * lanes + lane;
                float p = membrane[at];
                boolean fired = NeuronArithmetic.lifFires(p, theta);
                float g = carried + (membraneAfterGradient == null ? 0f : membraneAfterGradient[at]);
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
                float before = t == 0 ? 0f : NeuronArithmetic.lifAfter(reset, membrane[at - lanes], theta, floor);
                betaSum += gp * before;
                carried = beta * gp;
            }
            // lanes come with b ascending for each neuron
            if (decayGradient != null) {
                decayGradient[n] += betaSum;
            }
            if (thresholdGradient != null) {
                thresholdGradient[n] += thetaSum;
            }
        }
    }

    static void integrator(int steps, int lanes, int neurons, float[] decay, float[] current, float[] output) {
        for (int lane = 0; lane < lanes; lane++) {
            float c = decay[lane % neurons];
            float y = 0f;
            for (int t = 0; t < steps; t++) {
                int at = t * lanes + lane;
                y = NeuronArithmetic.integrate(c, y, current[at]);
                output[at] = y;
            }
        }
    }

    static void integratorBackward(
            int steps,
            int lanes,
            int neurons,
            float[] decay,
            float[] output,
            float[] current,
            float[] outputGradient,
            float[] currentGradient,
            float @Nullable [] decayGradient) {
        for (int lane = 0; lane < lanes; lane++) {
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
            if (decayGradient != null) {
                decayGradient[lane % neurons] += sum;
            }
        }
    }
}

package io.keyspike.kernels.internal.device;

import io.keyspike.kernels.AdaptiveLifParameters;
import io.keyspike.kernels.ParallelLoop;
import io.keyspike.kernels.internal.arithmetic.DeviceArithmetic;
import io.keyspike.kernels.internal.arithmetic.NeuronAdjoint;
import io.keyspike.kernels.internal.arithmetic.NeuronArithmetic;
import io.keyspike.kernels.internal.scalar.ScalarAdaptiveLif;

/**
 * Adaptive LIF neurons for a device: one thread for each lane. The parameters lie one after the other in one array, since a
 * kernel takes a limited number of arguments: a, b, p, q and θ of all neurons. Unchecked; sizes above 0.
 */
public final class DeviceAdaptiveLif {

    /** Arrays that one array of parameters holds, and those of them that get gradients. */
    public static final int PARAMETERS = 5;

    public static final int GRADIENTS = 4;

    private DeviceAdaptiveLif() {}

    /** @param parameters a, b, p, q, θ: {@code [5, N]} */
    public static void forward(
            int steps,
            int lanes,
            int neurons,
            float[] parameters,
            float[] current,
            float[] membrane,
            float[] adaptation,
            float[] spikes) {
        for (@ParallelLoop int lane = 0; lane < lanes; lane++) {
            int n = lane % neurons;
            float a = parameters[n];
            float b = parameters[neurons + n];
            float p = parameters[2 * neurons + n];
            float q = parameters[3 * neurons + n];
            float theta = parameters[4 * neurons + n];
            float u = 0f;
            float w = 0f;
            float s = 0f;
            for (int t = 0; t < steps; t++) {
                int at = t * lanes + lane;
                w = NeuronArithmetic.adaptation(b, w, p, u, q, s);
                float v = NeuronArithmetic.softReset(u, theta, s);
                u = NeuronArithmetic.adaptiveMembrane(a, v, current[at], w);
                s = NeuronArithmetic.adaptiveFires(u, theta) ? 1f : 0f;
                membrane[at] = u;
                adaptation[at] = w;
                spikes[at] = s;
            }
        }
    }

    /**
     * The arithmetic of {@link ScalarAdaptiveLif#backward}.
     *
     * @param parameters a, b, p, q, θ: {@code [5, N]}
     * @param laneSums gradients of a, b, p, q of each lane: {@code [4, lanes]}, written
     */
    public static void backward(
            int steps,
            int lanes,
            int neurons,
            float[] parameters,
            int surrogate,
            float slope,
            int resetDetached,
            float[] membrane,
            float[] adaptation,
            float[] spikeGradient,
            float[] currentGradient,
            float[] laneSums) {
        for (@ParallelLoop int lane = 0; lane < lanes; lane++) {
            int n = lane % neurons;
            float a = parameters[n];
            float b = parameters[neurons + n];
            float p = parameters[2 * neurons + n];
            float q = parameters[3 * neurons + n];
            float theta = parameters[4 * neurons + n];
            float fromU = 0f;
            float fromW = 0f;
            float fromS = 0f;
            float aSum = 0f;
            float bSum = 0f;
            float pSum = 0f;
            float qSum = 0f;
            for (int back = 1; back <= steps; back++) {
                int t = steps - back;
                int at = t * lanes + lane;
                float derivative = DeviceArithmetic.derivative(surrogate, slope, membrane[at] - theta);
                float gU = NeuronAdjoint.adaptiveMembrane(fromU, spikeGradient[at], fromS, derivative);
                float gW = NeuronAdjoint.adaptation(a, fromW, gU);
                currentGradient[at] = gU;
                float uBefore = t > 0 ? membrane[at - lanes] : 0f;
                float wBefore = t > 0 ? adaptation[at - lanes] : 0f;
                float sBefore = t > 0 && NeuronArithmetic.adaptiveFires(uBefore, theta) ? 1f : 0f;
                float v = NeuronArithmetic.softReset(uBefore, theta, sBefore);
                aSum = NeuronAdjoint.plus(aSum, gU, v + adaptation[at]);
                bSum = NeuronAdjoint.plus(bSum, gW, wBefore);
                pSum = NeuronAdjoint.plus(pSum, gW, uBefore);
                qSum = NeuronAdjoint.plus(qSum, gW, sBefore);
                fromU = NeuronAdjoint.adaptiveFromU(a, p, gU, gW);
                fromW = b * gW;
                fromS = NeuronAdjoint.adaptiveFromS(resetDetached != 0, a, q, theta, gU, gW);
            }
            laneSums[lane] = aSum;
            laneSums[lanes + lane] = bSum;
            laneSums[2 * lanes + lane] = pSum;
            laneSums[3 * lanes + lane] = qSum;
        }
    }

    /**
     * Adds each neuron's lanes, b ascending, to its gradients.
     *
     * @param laneSums {@code [4, lanes]}
     * @param gradient {@code [4, N]}, added to
     */
    public static void addLanes(int lanes, int neurons, float[] laneSums, float[] gradient) {
        for (@ParallelLoop int k = 0; k < GRADIENTS; k++) {
            for (@ParallelLoop int n = 0; n < neurons; n++) {
                float sum = gradient[k * neurons + n];
                for (int lane = n; lane < lanes; lane += neurons) {
                    sum += laneSums[k * lanes + lane];
                }
                gradient[k * neurons + n] = sum;
            }
        }
    }

    /** a, b, p, q, θ: {@code [5, N]}. */
    public static float[] pack(AdaptiveLifParameters parameters, int neurons) {
        if (parameters.symplectic()) {
            throw new IllegalArgumentException(
                    "adaptive LIF: expected neurons other than SE-adLIF on a device, found SE-adLIF");
        }
        float[] packed = new float[PARAMETERS * neurons];
        System.arraycopy(parameters.membraneDecay(), 0, packed, 0, neurons);
        System.arraycopy(parameters.adaptationDecay(), 0, packed, neurons, neurons);
        System.arraycopy(parameters.membraneCoupling(), 0, packed, 2 * neurons, neurons);
        System.arraycopy(parameters.spikeCoupling(), 0, packed, 3 * neurons, neurons);
        System.arraycopy(parameters.threshold(), 0, packed, 4 * neurons, neurons);
        return packed;
    }

    /** The gradients of a, b, p, q out of {@link #pack}. */
    public static void unpack(float[] packed, int neurons, AdaptiveLifParameters gradient) {
        System.arraycopy(packed, 0, gradient.membraneDecay(), 0, neurons);
        System.arraycopy(packed, neurons, gradient.adaptationDecay(), 0, neurons);
        System.arraycopy(packed, 2 * neurons, gradient.membraneCoupling(), 0, neurons);
        System.arraycopy(packed, 3 * neurons, gradient.spikeCoupling(), 0, neurons);
    }
}

package io.keyspike.kernels.internal.scalar;

import io.keyspike.kernels.AdaptiveLifParameters;
import io.keyspike.kernels.CurrentLifParameters;
import io.keyspike.kernels.LeakyParameters;
import io.keyspike.kernels.LifParameters;
import io.keyspike.kernels.SpikeBits;
import io.keyspike.kernels.StepKernels;
import io.keyspike.kernels.StepWeights;
import io.keyspike.kernels.internal.arithmetic.NeuronArithmetic;
import org.jspecify.annotations.Nullable;

/** Step kernels as plain loops: the reference. */
public final class ScalarSteps implements StepKernels {

    @Override
    public StepWeights weights(int inputs, int outputs, float[] weight) {
        return new ScalarWeights(inputs, outputs, weight);
    }

    @Override
    public void denseEvents(
            StepWeights weights, float @Nullable [] bias, int[] fired, int firedCount, float[] current) {
        events((ScalarWeights) weights, bias, fired, firedCount, current);
    }

    public static void events(
            ScalarWeights weights, float @Nullable [] bias, int[] fired, int firedCount, float[] current) {
        int outputs = weights.outputs();
        float[] weight = weights.rows();
        int j = 0;
        // Two at a time: one sum's additions wait for each other.
        for (; j + 1 < outputs; j += 2) {
            float sum = bias == null ? 0f : bias[j];
            float next = bias == null ? 0f : bias[j + 1];
            for (int k = 0; k < firedCount; k++) {
                int at = fired[k] * outputs + j;
                sum += weight[at];
                next += weight[at + 1];
            }
            current[j] = sum + 0f;
            current[j + 1] = next + 0f;
        }
        if (j < outputs) {
            float sum = bias == null ? 0f : bias[j];
            for (int k = 0; k < firedCount; k++) {
                sum += weight[fired[k] * outputs + j];
            }
            current[j] = sum + 0f;
        }
    }

    @Override
    public void denseValues(StepWeights weights, float @Nullable [] bias, float[] x, float[] current) {
        values((ScalarWeights) weights, bias, x, current);
    }

    public static void values(ScalarWeights weights, float @Nullable [] bias, float[] x, float[] current) {
        ScalarSynapses.dense(1, weights.inputs(), weights.outputs(), x, weights.rows(), bias, current);
    }

    @Override
    public void diagonal(int neurons, float[] x, float[] weight, float[] current) {
        ScalarSynapses.diagonal(1, neurons, x, weight, current);
    }

    @Override
    public int lif(
            LifParameters parameters, float[] current, float[] memory, int at, long[] spikes, int word, int[] fired) {
        return lif(0, parameters, current, memory, at, spikes, word, fired, 0);
    }

    /** The neurons from {@code from} on; appends to the {@code firedBefore} indices that are there, and returns how many. */
    public static int lif(
            int from,
            LifParameters parameters,
            float[] current,
            float[] memory,
            int at,
            long[] spikes,
            int word,
            int[] fired,
            int firedBefore) {
        float[] decay = parameters.decay();
        float[] threshold = parameters.threshold();
        int reset = parameters.reset().code;
        float floor = parameters.membraneFloor();
        int count = firedBefore;
        for (int n = from; n < decay.length; n++) {
            float p = NeuronArithmetic.lifMembrane(decay[n], memory[at + n], current[n]);
            boolean fires = NeuronArithmetic.lifFires(p, threshold[n]);
            if (fires) {
                fired[count++] = n;
            }
            SpikeBits.set(spikes, word, n, fires);
            memory[at + n] = NeuronArithmetic.lifAfter(reset, p, threshold[n], floor);
        }
        return count;
    }

    @Override
    public int adaptiveLif(
            AdaptiveLifParameters parameters,
            float[] current,
            float[] memory,
            int at,
            long[] spikes,
            int word,
            int[] fired) {
        if (parameters.symplectic()) {
            return symplecticLif(parameters, current, memory, at, spikes, word, fired);
        }
        return adaptiveLif(0, parameters, current, memory, at, spikes, word, fired, 0);
    }

    /** One step of SE-adLIF neurons, all of them. */
    public static int symplecticLif(
            AdaptiveLifParameters parameters,
            float[] current,
            float[] memory,
            int at,
            long[] spikes,
            int word,
            int[] fired) {
        return ScalarSymplecticLif.step(parameters, current, memory, at, spikes, word, fired);
    }

    /** The neurons from {@code from} on; appends to the {@code firedBefore} indices that are there, and returns how many. */
    public static int adaptiveLif(
            int from,
            AdaptiveLifParameters parameters,
            float[] current,
            float[] memory,
            int at,
            long[] spikes,
            int word,
            int[] fired,
            int firedBefore) {
        float[] a = parameters.membraneDecay();
        float[] b = parameters.adaptationDecay();
        float[] p = parameters.membraneCoupling();
        float[] q = parameters.spikeCoupling();
        float[] threshold = parameters.threshold();
        int slow = at + a.length;
        int count = firedBefore;
        for (int n = from; n < a.length; n++) {
            float s = SpikeBits.get(spikes, word, n) ? 1f : 0f;
            float w = NeuronArithmetic.adaptation(b[n], memory[slow + n], p[n], memory[at + n], q[n], s);
            float v = NeuronArithmetic.softReset(memory[at + n], threshold[n], s);
            float u = NeuronArithmetic.adaptiveMembrane(a[n], v, current[n], w);
            boolean fires = NeuronArithmetic.adaptiveFires(u, threshold[n]);
            memory[slow + n] = w;
            memory[at + n] = u;
            SpikeBits.set(spikes, word, n, fires);
            if (fires) {
                fired[count++] = n;
            }
        }
        return count;
    }

    @Override
    public int leaky(
            LeakyParameters parameters,
            boolean recurrent,
            float[] current,
            float[] memory,
            int at,
            long[] spikes,
            int word,
            int[] fired) {
        return leaky(0, parameters, parameters.resetCode(recurrent), current, memory, at, spikes, word, fired, 0);
    }

    /** The neurons from {@code from} on; appends to the {@code firedBefore} indices that are there, and returns how many. */
    public static int leaky(
            int from,
            LeakyParameters parameters,
            int reset,
            float[] current,
            float[] memory,
            int at,
            long[] spikes,
            int word,
            int[] fired,
            int firedBefore) {
        float[] alpha = parameters.synapseDecay();
        float[] beta = parameters.decay();
        float[] threshold = parameters.threshold();
        boolean delayed = parameters.resetDelayed();
        int slow = at + beta.length;
        int count = firedBefore;
        for (int n = from; n < beta.length; n++) {
            float in = current[n];
            if (alpha != null) {
                in = NeuronArithmetic.synapticCurrent(alpha[n], memory[slow + n], in);
                memory[slow + n] = in;
            }
            float theta = threshold[n];
            float r = NeuronArithmetic.above(memory[at + n], theta);
            float q = NeuronArithmetic.leakyPotential(reset, beta[n], memory[at + n], in, r, theta);
            float s = NeuronArithmetic.above(q, theta);
            memory[at + n] = NeuronArithmetic.leakyMembrane(reset, delayed, q, s, r, theta);
            SpikeBits.set(spikes, word, n, s != 0);
            if (s != 0) {
                fired[count++] = n;
            }
        }
        return count;
    }

    @Override
    public void leakyIntegrator(int neurons, float[] decay, float[] current, float[] memory, int at) {
        leakyIntegrator(0, neurons, decay, current, memory, at);
    }

    /** The neurons from {@code from} on. */
    public static void leakyIntegrator(int from, int neurons, float[] decay, float[] current, float[] memory, int at) {
        for (int n = from; n < neurons; n++) {
            memory[at + n] = NeuronArithmetic.integrate(decay[n], memory[at + n], current[n]);
        }
    }

    @Override
    public void denseEvents(
            StepWeights weights, float @Nullable [] bias, int[] fired, int[] counts, int firedCount, float[] current) {
        ScalarCurrentSteps.denseEvents((ScalarWeights) weights, bias, fired, counts, firedCount, current);
    }

    @Override
    public int currentLif(
            CurrentLifParameters parameters, float[] input, float[] memory, int at, int[] fired, int[] counts) {
        return ScalarCurrentSteps.currentLif(0, parameters, input, memory, at, fired, counts, 0);
    }
}

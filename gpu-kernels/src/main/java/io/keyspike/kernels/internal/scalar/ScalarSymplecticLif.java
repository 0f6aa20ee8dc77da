package io.keyspike.kernels.internal.scalar;

import io.keyspike.kernels.AdaptiveLifBackward;
import io.keyspike.kernels.AdaptiveLifParameters;
import io.keyspike.kernels.SpikeBits;
import io.keyspike.kernels.internal.arithmetic.NeuronArithmetic;
import io.keyspike.kernels.internal.arithmetic.SurrogateArithmetic;

/**
 * SE-adLIF neurons ({@link AdaptiveLifParameters}) as plain loops, as {@link ScalarAdaptiveLif} has the others. Vectors use
 * these too. Unchecked.
 */
final class ScalarSymplecticLif {

    private ScalarSymplecticLif() {}

    static void forward(ScalarAdaptiveLif.Forward run, int fromLane, int toLane, int fromStep, int toStep) {
        int lanes = run.shape().lanes();
        int neurons = run.shape().neurons();
        AdaptiveLifParameters parameters = run.parameters();
        float[] membrane = run.membrane();
        for (int lane = fromLane; lane < toLane; lane++) {
            int n = lane % neurons;
            float a = parameters.membraneDecay()[n];
            float b = parameters.adaptationDecay()[n];
            float p = parameters.membraneCoupling()[n];
            float q = parameters.spikeCoupling()[n];
            float theta = parameters.threshold()[n];
            int before = (fromStep - 1) * lanes + lane;
            float u = fromStep == 0 ? 0f : NeuronArithmetic.symplecticReset(membrane[before], theta);
            float w = fromStep == 0 ? 0f : run.adaptation()[before];
            for (int t = fromStep; t < toStep; t++) {
                int at = t * lanes + lane;
                float reached = NeuronArithmetic.symplecticMembrane(a, u, run.current()[at], w);
                float s = NeuronArithmetic.adaptiveFires(reached, theta) ? 1f : 0f;
                u = NeuronArithmetic.symplecticReset(reached, theta);
                w = NeuronArithmetic.symplecticAdaptation(b, w, p, u, q, s);
                membrane[at] = reached;
                run.adaptation()[at] = w;
                run.spikes()[at] = s;
            }
        }
    }

    /**
     * Some lanes through some steps, from the last to the first. With û' , u' = û'·(1 − s') and w' of the step before:
     *
     * <pre>
     * gW = fromW        gU = fromU + (1 − b)·p·gW        gS = dL/ds + (1 − b)·q·gW − û·gU     (the last term only where attached)
     * gÛ = (0 where s, else gU) + gS·surrogate(û − θ)     dL/dI = (1 − a)·gÛ
     * dL/da += gÛ·(u' − û)/(1 − a)   dL/db += gW·(w' − (p·u + q·s))   dL/dp += (1 − b)·gW·u   dL/dq += (1 − b)·gW·s
     * fromU' = a·gÛ   fromW' = b·gW − (1 − a)·gÛ
     * </pre>
     */
    static void backward(
            AdaptiveLifBackward run,
            ScalarAdaptiveLif.Carry carry,
            int fromLane,
            int toLane,
            int fromStep,
            int toStep) {
        int lanes = run.shape().lanes();
        int neurons = run.shape().neurons();
        AdaptiveLifParameters parameters = run.parameters();
        AdaptiveLifParameters sums = carry.sums();
        int surrogate = run.surrogate().kind().code;
        float slope = run.surrogate().slope();
        float[] membrane = run.membrane();
        for (int lane = fromLane; lane < toLane; lane++) {
            int n = lane % neurons;
            float a = parameters.membraneDecay()[n];
            float b = parameters.adaptationDecay()[n];
            float p = parameters.membraneCoupling()[n];
            float q = parameters.spikeCoupling()[n];
            float theta = parameters.threshold()[n];
            float toU = carry.fromU()[lane];
            float gW = carry.fromW()[lane];
            float aSum = sums.membraneDecay()[lane];
            float bSum = sums.adaptationDecay()[lane];
            float pSum = sums.membraneCoupling()[lane];
            float qSum = sums.spikeCoupling()[lane];
            for (int t = toStep - 1; t >= fromStep; t--) {
                int at = t * lanes + lane;
                float reached = membrane[at];
                boolean fires = NeuronArithmetic.adaptiveFires(reached, theta);
                float s = fires ? 1f : 0f;
                float u = fires ? 0f : reached;
                float uBefore = t == 0 ? 0f : NeuronArithmetic.symplecticReset(membrane[at - lanes], theta);
                float wBefore = t == 0 ? 0f : run.adaptation()[at - lanes];
                float drive = (1f - b) * gW;
                float gU = toU + p * drive;
                float gS = run.spikeGradient()[at] + q * drive;
                gS -= run.resetDetached() ? 0f : reached * gU;
                float g = (fires ? 0f : gU) + gS * SurrogateArithmetic.derivative(surrogate, slope, reached, theta, 1);
                run.currentGradient()[at] = (1f - a) * g;
                aSum += a == 1f ? 0f : g * ((uBefore - reached) / (1f - a));
                bSum += gW * (wBefore - NeuronArithmetic.symplecticDrive(p, u, q, s));
                pSum += drive * u;
                qSum += drive * s;
                toU = a * g;
                gW = b * gW - (1f - a) * g;
            }
            carry.fromU()[lane] = toU;
            carry.fromW()[lane] = gW;
            sums.membraneDecay()[lane] = aSum;
            sums.adaptationDecay()[lane] = bSum;
            sums.membraneCoupling()[lane] = pSum;
            sums.spikeCoupling()[lane] = qSum;
        }
    }

    /** One step of the neurons, as the steps of {@link ScalarSteps#adaptiveLif}. */
    static int step(
            AdaptiveLifParameters parameters,
            float[] current,
            float[] memory,
            int at,
            long[] spikes,
            int word,
            int[] fired) {
        float[] a = parameters.membraneDecay();
        float[] b = parameters.adaptationDecay();
        float[] p = parameters.membraneCoupling();
        float[] q = parameters.spikeCoupling();
        float[] threshold = parameters.threshold();
        int slow = at + a.length;
        int count = 0;
        for (int n = 0; n < a.length; n++) {
            float before = SpikeBits.get(spikes, word, n) ? 0f : memory[at + n];
            float reached = NeuronArithmetic.symplecticMembrane(a[n], before, current[n], memory[slow + n]);
            boolean fires = NeuronArithmetic.adaptiveFires(reached, threshold[n]);
            float s = fires ? 1f : 0f;
            float u = fires ? 0f : reached;
            memory[slow + n] = NeuronArithmetic.symplecticAdaptation(b[n], memory[slow + n], p[n], u, q[n], s);
            memory[at + n] = reached;
            SpikeBits.set(spikes, word, n, fires);
            if (fires) {
                fired[count++] = n;
            }
        }
        return count;
    }
}

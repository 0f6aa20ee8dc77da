package io.keyspike.kernels.internal.scalar;

import io.keyspike.kernels.internal.arithmetic.NeuronArithmetic;
import io.keyspike.kernels.internal.arithmetic.SurrogateArithmetic;

/**
 * Adaptive LIF neurons as plain loops, one lane after the other, over a range of the lanes and of the steps of a sequence,
 * which may be run in pieces. Unchecked.
 */
public final class ScalarAdaptiveLif {

    private ScalarAdaptiveLif() {}

    /** Step {@code fromStep} starts from the membrane, adaptation and spikes of the step before, the first from zeros. */
    public static void forward(
            int fromLane,
            int toLane,
            int fromStep,
            int toStep,
            int lanes,
            int neurons,
            float[] membraneDecay,
            float[] adaptationDecay,
            float[] membraneCoupling,
            float[] spikeCoupling,
            float[] threshold,
            float[] current,
            float[] membrane,
            float[] adaptation,
            float[] spikes) {
        for (int lane = fromLane; lane < toLane; lane++) {
            int n = lane % neurons;
            float theta = threshold[n];
            int before = (fromStep - 1) * lanes + lane;
            float u = fromStep == 0 ? 0f : membrane[before];
            float w = fromStep == 0 ? 0f : adaptation[before];
            float s = fromStep == 0 ? 0f : spikes[before];
            for (int t = fromStep; t < toStep; t++) {
                int at = t * lanes + lane;
                w = NeuronArithmetic.adaptation(adaptationDecay[n], w, membraneCoupling[n], u, spikeCoupling[n], s);
                float v = NeuronArithmetic.softReset(u, theta, s);
                u = NeuronArithmetic.adaptiveMembrane(membraneDecay[n], v, current[at], w);
                s = NeuronArithmetic.adaptiveFires(u, theta) ? 1f : 0f;
                membrane[at] = u;
                adaptation[at] = w;
                spikes[at] = s;
            }
        }
    }

    /**
     * With v = u' − θ·s' and the dashed values those of the step before:
     *
     * <pre>
     * gU  = fromU + (dL/ds + fromS)·surrogate(u − θ)        dL/dI = gU
     * gW  = fromW − (1 − a)·gU
     * dL/da += gU·(v + w)   dL/db += gW·w'   dL/dp += gW·u'   dL/dq += gW·s'
     * fromU' = a·gU + p·gW   fromW' = b·gW   fromS' = q·gW − θ·(a·gU)     (the last term only where attached)
     * </pre>
     *
     * <p>fromU, fromW and fromS, {@code [lanes]}, are what the step after the last left on entry, and what the first leaves
     * to the step before it on return. The sums are each lane's gradients, {@code [lanes]}, added to.
     */
    public static void backward(
            int fromLane,
            int toLane,
            int fromStep,
            int toStep,
            int lanes,
            int neurons,
            float[] membraneDecay,
            float[] adaptationDecay,
            float[] membraneCoupling,
            float[] spikeCoupling,
            float[] threshold,
            int surrogate,
            float slope,
            boolean resetDetached,
            float[] membrane,
            float[] adaptation,
            float[] spikeGradient,
            float[] currentGradient,
            float[] fromU,
            float[] fromW,
            float[] fromS,
            float[] membraneDecaySums,
            float[] adaptationDecaySums,
            float[] membraneCouplingSums,
            float[] spikeCouplingSums) {
        for (int lane = fromLane; lane < toLane; lane++) {
            int n = lane % neurons;
            float a = membraneDecay[n];
            float b = adaptationDecay[n];
            float p = membraneCoupling[n];
            float q = spikeCoupling[n];
            float theta = threshold[n];
            float toU = fromU[lane];
            float toW = fromW[lane];
            float toS = fromS[lane];
            float aSum = membraneDecaySums[lane];
            float bSum = adaptationDecaySums[lane];
            float pSum = membraneCouplingSums[lane];
            float qSum = spikeCouplingSums[lane];
            for (int t = toStep - 1; t >= fromStep; t--) {
                int at = t * lanes + lane;
                float derivative = SurrogateArithmetic.derivative(surrogate, slope, membrane[at] - theta);
                float gU = toU + (spikeGradient[at] + toS) * derivative;
                float gW = toW - (1f - a) * gU;
                currentGradient[at] = gU;
                float uBefore = t == 0 ? 0f : membrane[at - lanes];
                float wBefore = t == 0 ? 0f : adaptation[at - lanes];
                float sBefore = t > 0 && NeuronArithmetic.adaptiveFires(uBefore, theta) ? 1f : 0f;
                aSum += gU * (NeuronArithmetic.softReset(uBefore, theta, sBefore) + adaptation[at]);
                bSum += gW * wBefore;
                pSum += gW * uBefore;
                qSum += gW * sBefore;
                float gV = a * gU;
                toU = gV + p * gW;
                toW = b * gW;
                toS = resetDetached ? q * gW : q * gW - theta * gV;
            }
            fromU[lane] = toU;
            fromW[lane] = toW;
            fromS[lane] = toS;
            membraneDecaySums[lane] = aSum;
            adaptationDecaySums[lane] = bSum;
            membraneCouplingSums[lane] = pSum;
            spikeCouplingSums[lane] = qSum;
        }
    }
}

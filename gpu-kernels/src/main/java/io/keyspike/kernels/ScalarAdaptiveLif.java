package io.keyspike.kernels;

/** Adaptive LIF neurons over a sequence as plain loops, one lane after the other, over a range of the lanes. Unchecked. */
final class ScalarAdaptiveLif {

    private ScalarAdaptiveLif() {}

    static void forward(
            int fromLane,
            int toLane,
            int steps,
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
            float u = 0f;
            float w = 0f;
            float s = 0f;
            for (int t = 0; t < steps; t++) {
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
     * <p>The sums are each lane's gradients, {@code [lanes]}, written.
     */
    static void backward(
            int fromLane,
            int toLane,
            int steps,
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
            float fromU = 0f;
            float fromW = 0f;
            float fromS = 0f;
            float aSum = 0f;
            float bSum = 0f;
            float pSum = 0f;
            float qSum = 0f;
            for (int t = steps - 1; t >= 0; t--) {
                int at = t * lanes + lane;
                float derivative = SurrogateArithmetic.derivative(surrogate, slope, membrane[at] - theta);
                float gU = fromU + (spikeGradient[at] + fromS) * derivative;
                float gW = fromW - (1f - a) * gU;
                currentGradient[at] = gU;
                float uBefore = t == 0 ? 0f : membrane[at - lanes];
                float wBefore = t == 0 ? 0f : adaptation[at - lanes];
                float sBefore = t > 0 && NeuronArithmetic.adaptiveFires(uBefore, theta) ? 1f : 0f;
                aSum += gU * (NeuronArithmetic.softReset(uBefore, theta, sBefore) + adaptation[at]);
                bSum += gW * wBefore;
                pSum += gW * uBefore;
                qSum += gW * sBefore;
                float gV = a * gU;
                fromU = gV + p * gW;
                fromW = b * gW;
                fromS = resetDetached ? q * gW : q * gW - theta * gV;
            }
            membraneDecaySums[lane] = aSum;
            adaptationDecaySums[lane] = bSum;
            membraneCouplingSums[lane] = pSum;
            spikeCouplingSums[lane] = qSum;
        }
    }
}

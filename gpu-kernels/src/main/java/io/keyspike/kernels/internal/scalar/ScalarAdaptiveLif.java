package io.keyspike.kernels.internal.scalar;

import io.keyspike.kernels.AdaptiveLifBackward;
import io.keyspike.kernels.AdaptiveLifParameters;
import io.keyspike.kernels.SequenceShape;
import io.keyspike.kernels.internal.arithmetic.NeuronAdjoint;
import io.keyspike.kernels.internal.arithmetic.NeuronArithmetic;
import io.keyspike.kernels.internal.arithmetic.SurrogateArithmetic;

/**
 * Adaptive LIF neurons as plain loops, one lane after the other, over a range of the lanes and of the steps of a sequence,
 * which may be run in pieces. Unchecked.
 */
public final class ScalarAdaptiveLif {

    private ScalarAdaptiveLif() {}

    /**
     * A forward pass, {@code [T, B, N]} each.
     *
     * @param current I
     * @param membrane u, written
     * @param adaptation w, written
     * @param spikes s, written
     */
    @SuppressWarnings("ArrayRecordComponent") // a bundle of kernel arguments, never compared
    public record Forward(
            SequenceShape shape,
            AdaptiveLifParameters parameters,
            float[] current,
            float[] membrane,
            float[] adaptation,
            float[] spikes) {

        /** The same pass with parameters laid out otherwise. */
        public Forward with(AdaptiveLifParameters others) {
            return new Forward(shape, others, current, membrane, adaptation, spikes);
        }
    }

    /**
     * What a backward pass carries from step to step, {@code [lanes]} each: gradients that the step after the last left on
     * entry, and what the first leaves to the step before it on return.
     *
     * @param sums each lane's gradients, added to
     */
    @SuppressWarnings("ArrayRecordComponent") // working arrays, never compared
    public record Carry(float[] fromU, float[] fromW, float[] fromS, AdaptiveLifParameters sums) {

        /** Zeros. */
        static Carry zeros(int lanes) {
            return new Carry(new float[lanes], new float[lanes], new float[lanes], AdaptiveLifParameters.zeros(lanes));
        }

        /** Adds each neuron's lanes to the gradients, if they are wanted. */
        public void addTo(AdaptiveLifBackward run) {
            AdaptiveLifParameters gradient = run.parameterGradient();
            if (gradient != null) {
                ScalarLif.addLanes(run.shape(), sums.membraneDecay(), gradient.membraneDecay());
                ScalarLif.addLanes(run.shape(), sums.adaptationDecay(), gradient.adaptationDecay());
                ScalarLif.addLanes(run.shape(), sums.membraneCoupling(), gradient.membraneCoupling());
                ScalarLif.addLanes(run.shape(), sums.spikeCoupling(), gradient.spikeCoupling());
            }
        }
    }

    /** Step {@code fromStep} starts from the membrane, adaptation and spikes of the step before, the first from zeros. */
    public static void forward(Forward run, int fromLane, int toLane, int fromStep, int toStep) {
        if (run.parameters.symplectic()) {
            ScalarSymplecticLif.forward(run, fromLane, toLane, fromStep, toStep);
            return;
        }
        int lanes = run.shape.lanes();
        int neurons = run.shape.neurons();
        AdaptiveLifParameters parameters = run.parameters;
        float[] current = run.current;
        float[] membrane = run.membrane;
        float[] adaptation = run.adaptation;
        float[] spikes = run.spikes;
        for (int lane = fromLane; lane < toLane; lane++) {
            int n = lane % neurons;
            float a = parameters.membraneDecay()[n];
            float b = parameters.adaptationDecay()[n];
            float p = parameters.membraneCoupling()[n];
            float q = parameters.spikeCoupling()[n];
            float theta = parameters.threshold()[n];
            int before = (fromStep - 1) * lanes + lane;
            float u = fromStep == 0 ? 0f : membrane[before];
            float w = fromStep == 0 ? 0f : adaptation[before];
            float s = fromStep == 0 ? 0f : spikes[before];
            for (int t = fromStep; t < toStep; t++) {
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
     * Some lanes through some steps, from the last to the first. With v = u' − θ·s' and the dashed values those of the step
     * before:
     *
     * <pre>
     * gU  = fromU + (dL/ds + fromS)·surrogate(u − θ)        dL/dI = gU
     * gW  = fromW − (1 − a)·gU
     * dL/da += gU·(v + w)   dL/db += gW·w'   dL/dp += gW·u'   dL/dq += gW·s'
     * fromU' = a·gU + p·gW   fromW' = b·gW   fromS' = q·gW − θ·(a·gU)     (the last term only where attached)
     * </pre>
     */
    public static void backward(
            AdaptiveLifBackward run, Carry carry, int fromLane, int toLane, int fromStep, int toStep) {
        if (run.parameters().symplectic()) {
            ScalarSymplecticLif.backward(run, carry, fromLane, toLane, fromStep, toStep);
            return;
        }
        int lanes = run.shape().lanes();
        int neurons = run.shape().neurons();
        AdaptiveLifParameters parameters = run.parameters();
        AdaptiveLifParameters sums = carry.sums;
        int surrogate = run.surrogate().kind().code;
        float slope = run.surrogate().slope();
        boolean resetDetached = run.resetDetached();
        float[] membrane = run.membrane();
        float[] adaptation = run.adaptation();
        float[] spikeGradient = run.spikeGradient();
        float[] currentGradient = run.currentGradient();
        for (int lane = fromLane; lane < toLane; lane++) {
            int n = lane % neurons;
            float a = parameters.membraneDecay()[n];
            float b = parameters.adaptationDecay()[n];
            float p = parameters.membraneCoupling()[n];
            float q = parameters.spikeCoupling()[n];
            float theta = parameters.threshold()[n];
            float toU = carry.fromU[lane];
            float toW = carry.fromW[lane];
            float toS = carry.fromS[lane];
            float aSum = sums.membraneDecay()[lane];
            float bSum = sums.adaptationDecay()[lane];
            float pSum = sums.membraneCoupling()[lane];
            float qSum = sums.spikeCoupling()[lane];
            for (int t = toStep - 1; t >= fromStep; t--) {
                int at = t * lanes + lane;
                float derivative = SurrogateArithmetic.derivative(surrogate, slope, membrane[at], theta, 1);
                float gU = NeuronAdjoint.adaptiveMembrane(toU, spikeGradient[at], toS, derivative);
                float gW = NeuronAdjoint.adaptation(a, toW, gU);
                currentGradient[at] = gU;
                float uBefore = t == 0 ? 0f : membrane[at - lanes];
                float wBefore = t == 0 ? 0f : adaptation[at - lanes];
                float sBefore = t > 0 && NeuronArithmetic.adaptiveFires(uBefore, theta) ? 1f : 0f;
                float v = NeuronArithmetic.softReset(uBefore, theta, sBefore);
                aSum = NeuronAdjoint.plus(aSum, gU, v + adaptation[at]);
                bSum = NeuronAdjoint.plus(bSum, gW, wBefore);
                pSum = NeuronAdjoint.plus(pSum, gW, uBefore);
                qSum = NeuronAdjoint.plus(qSum, gW, sBefore);
                toU = NeuronAdjoint.adaptiveFromU(a, p, gU, gW);
                toW = b * gW;
                toS = NeuronAdjoint.adaptiveFromS(resetDetached, a, q, theta, gU, gW);
            }
            carry.fromU[lane] = toU;
            carry.fromW[lane] = toW;
            carry.fromS[lane] = toS;
            sums.membraneDecay()[lane] = aSum;
            sums.adaptationDecay()[lane] = bSum;
            sums.membraneCoupling()[lane] = pSum;
            sums.spikeCoupling()[lane] = qSum;
        }
    }
}

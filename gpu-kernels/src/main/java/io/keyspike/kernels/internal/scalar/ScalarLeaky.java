package io.keyspike.kernels.internal.scalar;

import io.keyspike.kernels.LeakyBackward;
import io.keyspike.kernels.LeakyGradients;
import io.keyspike.kernels.LeakyParameters;
import io.keyspike.kernels.LeakySequence;
import io.keyspike.kernels.SequenceShape;
import io.keyspike.kernels.internal.arithmetic.NeuronArithmetic;
import io.keyspike.kernels.internal.arithmetic.SurrogateArithmetic;

/**
 * snnTorch's neurons ({@link LeakyParameters}) as plain loops, one lane after the other, over a range of the lanes and of the
 * steps of a sequence, which may be run in pieces. Unchecked.
 */
public final class ScalarLeaky {

    private ScalarLeaky() {}

    /**
     * A forward pass.
     *
     * @param reset {@link LeakyParameters#resetCode}
     * @param current I, {@code [T, B, N]}
     * @param sequence written
     */
    @SuppressWarnings("ArrayRecordComponent") // a bundle of kernel arguments, never compared
    public record Forward(
            SequenceShape shape, LeakyParameters parameters, int reset, float[] current, LeakySequence sequence) {}

    /**
     * What a backward pass carries from step to step, {@code [lanes]} each.
     *
     * @param fromM gM, and fromY gY: what the step after the last left on entry, and what the first leaves to the step before
     *     it on return
     * @param synapseDecaySums each lane's gradient, added to, as are the next two
     */
    @SuppressWarnings("ArrayRecordComponent") // working arrays, never compared
    public record Carry(
            float[] fromM, float[] fromY, float[] synapseDecaySums, float[] decaySums, float[] thresholdSums) {

        /** Zeros. */
        static Carry zeros(int lanes) {
            return new Carry(new float[lanes], new float[lanes], new float[lanes], new float[lanes], new float[lanes]);
        }

        /** Adds each neuron's lanes to the gradients that are wanted. */
        public void addTo(SequenceShape shape, LeakyGradients gradients) {
            ScalarLif.addLanes(shape, synapseDecaySums, gradients.synapseDecay());
            ScalarLif.addLanes(shape, decaySums, gradients.decay());
            ScalarLif.addLanes(shape, thresholdSums, gradients.threshold());
        }
    }

    /** Step {@code fromStep} starts from the membrane and the synaptic current of the step before, the first from zeros. */
    public static void forward(Forward run, int fromLane, int toLane, int fromStep, int toStep) {
        int lanes = run.shape.lanes();
        int neurons = run.shape.neurons();
        float[] synapseDecay = run.parameters.synapseDecay();
        float[] decay = run.parameters.decay();
        float[] threshold = run.parameters.threshold();
        boolean resetDelayed = run.parameters.resetDelayed();
        int reset = run.reset;
        float[] current = run.current;
        float[] synapse = run.sequence.synapse();
        float[] potential = run.sequence.potential();
        float[] membrane = run.sequence.membrane();
        float[] spikes = run.sequence.spikes();
        for (int lane = fromLane; lane < toLane; lane++) {
            int n = lane % neurons;
            float beta = decay[n];
            float theta = threshold[n];
            int before = (fromStep - 1) * lanes + lane;
            float m = fromStep == 0 ? 0f : membrane[before];
            float i = fromStep == 0 || synapse == null ? 0f : synapse[before];
            for (int t = fromStep; t < toStep; t++) {
                int at = t * lanes + lane;
                float in = current[at];
                if (synapseDecay != null && synapse != null) {
                    i = NeuronArithmetic.synapticCurrent(synapseDecay[n], i, in);
                    synapse[at] = i;
                    in = i;
                }
                float r = NeuronArithmetic.above(m, theta);
                float q = NeuronArithmetic.leakyPotential(reset, beta, m, in, r, theta);
                float s = NeuronArithmetic.above(q, theta);
                m = NeuronArithmetic.leakyMembrane(reset, resetDelayed, q, s, r, theta);
                potential[at] = q;
                membrane[at] = m;
                spikes[at] = s;
            }
        }
    }

    /**
     * Some lanes through some steps, from the last to the first. With gM the gradient at m that step t + 1 left, gY that at i,
     * cS, cM and cY those given for s, m and i, σ the surrogate, and the dashed values those of the step before:
     *
     * <pre>
     * gm = gM + cM          gq = gm          gs = cS
     * not delayed, k = s − r:   subtract: gθ −= gm·k, gs −= θ·gm          zero: gs −= q·gm, gq = gm·(1 − k)
     * h  = gs·σ(q − θ)      gq = gq + h      gθ −= h
     * subtract: gθ −= gq·r                   zero with input: gq = gq·(1 − r)
     * gx = gq, or (gq + gY) + cY where there is a synaptic current, and then gα += gx·i′, gY of t − 1 = α·gx
     * gβ += gq·m′  or  gq·(m′·(1 − r))       gM of t − 1 = β·gq  or  (β·gq)·(1 − r)       (the latter: zero, Leaky)
     * </pre>
     *
     * <p>What a reset does not do is there as times 1 or minus 0, as in the forward pass. The spike in r carries no gradient,
     * that in k does, as in snnTorch.
     *
     * @param reset {@link LeakyParameters#resetCode}
     */
    public static void backward(
            LeakyBackward run, int reset, Carry carry, int fromLane, int toLane, int fromStep, int toStep) {
        int lanes = run.shape().lanes();
        int neurons = run.shape().neurons();
        float[] synapseDecay = run.parameters().synapseDecay();
        float[] decay = run.parameters().decay();
        float[] threshold = run.parameters().threshold();
        boolean resetDelayed = run.parameters().resetDelayed();
        int surrogate = run.surrogate().kind().code;
        float slope = run.surrogate().slope();
        float[] synapse = run.sequence().synapse();
        float[] potential = run.sequence().potential();
        float[] membrane = run.sequence().membrane();
        float[] spikeGradient = run.given().spikes();
        float[] membraneGradient = run.given().membrane();
        float[] synapseGradient = run.given().synapse();
        float[] currentGradient = run.currentGradient();
        float[] fromM = carry.fromM;
        float[] fromY = carry.fromY;
        float[] synapseDecaySums = carry.synapseDecaySums;
        float[] decaySums = carry.decaySums;
        float subtract = NeuronArithmetic.is(reset, NeuronArithmetic.SUBTRACT);
        float zero = NeuronArithmetic.is(reset, NeuronArithmetic.ZERO);
        float zeroWithInput = NeuronArithmetic.is(reset, NeuronArithmetic.ZERO_WITH_INPUT);
        float subtractAtOnce = NeuronArithmetic.subtractAtOnce(reset, resetDelayed);
        float zeroAtOnce = NeuronArithmetic.zeroAtOnce(reset, resetDelayed);
        for (int lane = fromLane; lane < toLane; lane++) {
            int n = lane % neurons;
            float beta = decay[n];
            float theta = threshold[n];
            float thetaSum = carry.thresholdSums[lane];
            for (int t = toStep - 1; t >= fromStep; t--) {
                int at = t * lanes + lane;
                float q = potential[at];
                float mBefore = t == 0 ? 0f : membrane[at - lanes];
                float r = NeuronArithmetic.above(mBefore, theta);
                float gm = fromM[lane] + (membraneGradient == null ? 0f : membraneGradient[at]);
                float k = NeuronArithmetic.above(q, theta) - r;
                float gs = spikeGradient[at] - (theta * subtractAtOnce + q * zeroAtOnce) * gm;
                float h = gs * SurrogateArithmetic.derivative(surrogate, slope, q, theta, 1);
                float gq = gm * (1f - k * zeroAtOnce) + h;
                thetaSum = ((thetaSum - gm * (k * subtractAtOnce)) - h) - gq * (r * subtract);
                gq *= 1f - r * zeroWithInput;
                float gx = gq;
                if (synapseDecay != null && synapse != null) {
                    gx = (gq + fromY[lane]) + (synapseGradient == null ? 0f : synapseGradient[at]);
                    synapseDecaySums[lane] += gx * (t == 0 ? 0f : synapse[at - lanes]);
                    fromY[lane] = synapseDecay[n] * gx;
                }
                currentGradient[at] = gx;
                float kept = 1f - r * zero;
                decaySums[lane] += gq * (mBefore * kept);
                fromM[lane] = (beta * gq) * kept;
            }
            carry.thresholdSums[lane] = thetaSum;
        }
    }
}

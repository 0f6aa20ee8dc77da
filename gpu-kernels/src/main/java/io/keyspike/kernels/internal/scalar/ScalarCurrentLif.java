package io.keyspike.kernels.internal.scalar;

import io.keyspike.kernels.CurrentLifAdjoint;
import io.keyspike.kernels.CurrentLifParameters;
import io.keyspike.kernels.CurrentLifSequence;
import io.keyspike.kernels.SequenceShape;
import io.keyspike.kernels.internal.arithmetic.NeuronArithmetic;
import io.keyspike.kernels.internal.arithmetic.SurrogateArithmetic;
import io.keyspike.kernels.internal.threads.Scratch;
import io.keyspike.kernels.internal.threads.Scratch.Slot;
import org.jspecify.annotations.Nullable;

/**
 * LIF neurons driven by synaptic currents ({@link CurrentLifParameters}) over a sequence as plain loops, one lane after the
 * other, over a range of the lanes: the reference. Unchecked.
 */
public final class ScalarCurrentLif {

    private static final Slot SYNAPSE_SUMS = new Slot();
    private static final Slot DECAY_SUMS = new Slot();
    private static final Slot THRESHOLD_SUMS = new Slot();

    private ScalarCurrentLif() {}

    /**
     * Gradients of the parameters, each lane's own.
     *
     * @param synapseDecay dL/dα, {@code [B, S·N]}, added to, or null
     * @param decay dL/dβ, {@code [B, N]}, added to
     * @param threshold dL/dθ, {@code [B, N]}, added to
     */
    @SuppressWarnings("ArrayRecordComponent") // a bundle of kernel arguments, never compared
    public record Sums(float @Nullable [] synapseDecay, float[] decay, float[] threshold) {

        /** Zeros, in arrays of the calling thread. */
        public static Sums zeros(SequenceShape shape, CurrentLifParameters parameters, CurrentLifAdjoint adjoint) {
            int lanes = shape.lanes();
            return new Sums(
                    adjoint.parameters().synapseDecay() == null
                            ? null
                            : Scratch.zeros(SYNAPSE_SUMS, lanes * parameters.synapses()),
                    Scratch.zeros(DECAY_SUMS, lanes),
                    Scratch.zeros(THRESHOLD_SUMS, lanes));
        }

        /** Adds each neuron's lanes, b ascending, to the gradients that are wanted. */
        public void addTo(SequenceShape shape, CurrentLifParameters parameters, CurrentLifAdjoint adjoint) {
            if (synapseDecay != null) {
                ScalarLif.addLanes(
                        shape.withNeurons(shape.neurons() * parameters.synapses()),
                        synapseDecay,
                        adjoint.parameters().synapseDecay());
            }
            ScalarLif.addLanes(shape, decay, adjoint.parameters().decay());
            ScalarLif.addLanes(shape, threshold, adjoint.parameters().threshold());
        }
    }

    public static void forward(
            int fromLane,
            int toLane,
            SequenceShape shape,
            CurrentLifParameters parameters,
            float[] input,
            CurrentLifSequence sequence) {
        int lanes = shape.lanes();
        int neurons = shape.neurons();
        int synapses = parameters.synapses();
        int reset = parameters.reset().code;
        float floor = parameters.floor();
        float level = parameters.rule().resetLevel();
        float offset = parameters.rule().stepOffset();
        float[] alpha = parameters.synapseDecay();
        float[] synapse = sequence.synapse();
        for (int lane = fromLane; lane < toLane; lane++) {
            int n = lane % neurons;
            float beta = parameters.decay()[n];
            float theta = parameters.threshold()[n];
            float gain = NeuronArithmetic.inputGain(beta, parameters.rule().gainShare());
            float v = 0f;
            for (int t = 0; t < shape.steps(); t++) {
                int at = t * lanes + lane;
                float current = synapses == 0 ? input[at] : 0f;
                for (int s = 0; s < synapses; s++) {
                    int from = synapseAt(at, n, s, synapses, neurons);
                    float before = t == 0 ? 0f : synapse[from - lanes * synapses];
                    float i = NeuronArithmetic.decayedCurrent(alpha[s * neurons + n], before, input[from]);
                    synapse[from] = i;
                    current = s == 0 ? i : current + i;
                }
                float p = NeuronArithmetic.countedMembrane(beta, v, gain, current);
                float k = NeuronArithmetic.spikeCount(parameters.maximumSpikes(), p, theta);
                sequence.membrane()[at] = p;
                sequence.spikes()[at] = k;
                v = NeuronArithmetic.countedAfter(reset, p, k, theta, floor, level, offset);
            }
        }
    }

    public static void backward(
            int fromLane,
            int toLane,
            SequenceShape shape,
            CurrentLifParameters parameters,
            float[] input,
            CurrentLifSequence sequence,
            CurrentLifAdjoint adjoint,
            Sums sums) {
        int lanes = shape.lanes();
        int neurons = shape.neurons();
        int reset = parameters.reset().code;
        float floor = parameters.floor();
        float level = parameters.rule().resetLevel();
        float offset = parameters.rule().stepOffset();
        boolean normalised = parameters.rule().normalised();
        int maximum = parameters.maximumSpikes();
        int surrogate = adjoint.surrogate().kind().code;
        float slope = adjoint.surrogate().slope();
        float[] membrane = sequence.membrane();
        float[] spikes = sequence.spikes();
        float[] direct = adjoint.membraneGradient();
        for (int lane = fromLane; lane < toLane; lane++) {
            int n = lane % neurons;
            float beta = parameters.decay()[n];
            float theta = parameters.threshold()[n];
            float gain = NeuronArithmetic.inputGain(beta, parameters.rule().gainShare());
            float betaSum = sums.decay[lane];
            float thetaSum = sums.threshold[lane];
            float g = 0f;
            for (int t = shape.steps() - 1; t >= 0; t--) {
                int at = t * lanes + lane;
                float p = membrane[at];
                float k = spikes[at];
                if (NeuronArithmetic.atFloor(NeuronArithmetic.countedReset(reset, p, k, theta, level, offset), floor)) {
                    g = 0f;
                }
                float gs = adjoint.spikeGradient()[at];
                if (!adjoint.resetDetached()) {
                    gs -= NeuronArithmetic.countedResetThroughSpike(reset, p, theta, level, offset, g);
                }
                thetaSum -= NeuronArithmetic.countedThresholdThroughReset(reset, k, g);
                g = NeuronArithmetic.countedThroughReset(reset, k, g);
                float h = gs * SurrogateArithmetic.derivative(surrogate, slope, p, theta, maximum);
                thetaSum -= h;
                float gp = (g + (direct == null ? 0f : direct[at])) + h;
                if (t > 0) {
                    float vBefore = NeuronArithmetic.countedAfter(
                            reset, membrane[at - lanes], spikes[at - lanes], theta, floor, level, offset);
                    betaSum += gp * vBefore;
                }
                if (normalised) {
                    betaSum -= gp * current(shape, parameters, input, sequence.synapse(), t, lane);
                }
                g = beta * gp;
                input(shape, parameters, input, sequence.synapse(), adjoint.inputGradient(), sums, t, lane, gain * gp);
            }
            sums.decay[lane] = betaSum;
            sums.threshold[lane] = thetaSum;
        }
    }

    /** I, the sum of the currents as the forward pass left them. */
    private static float current(
            SequenceShape shape, CurrentLifParameters parameters, float[] input, float[] synapse, int t, int lane) {
        int neurons = shape.neurons();
        int n = lane % neurons;
        int at = t * shape.lanes() + lane;
        float sum = parameters.synapses() == 0 ? input[at] : 0f;
        for (int s = 0; s < parameters.synapses(); s++) {
            float i = synapse[synapseAt(at, n, s, parameters.synapses(), neurons)];
            sum = s == 0 ? i : sum + i;
        }
        return sum;
    }

    /** From the gradient at I to those at the inputs of the step, which are α_s·gi_s, the step before's share of gi_s. */
    private static void input(
            SequenceShape shape,
            CurrentLifParameters parameters,
            float[] input,
            float[] synapse,
            float[] inputGradient,
            Sums sums,
            int t,
            int lane,
            float gp) {
        int lanes = shape.lanes();
        int neurons = shape.neurons();
        int synapses = parameters.synapses();
        int n = lane % neurons;
        int at = t * lanes + lane;
        if (synapses == 0) {
            inputGradient[at] = gp;
        }
        for (int s = 0; s < synapses; s++) {
            int to = synapseAt(at, n, s, synapses, neurons);
            float gi = gp + (t == shape.steps() - 1 ? 0f : inputGradient[to + lanes * synapses]);
            if (sums.synapseDecay != null) {
                float before = t == 0 ? 0f : synapse[to - lanes * synapses];
                sums.synapseDecay[to - t * lanes * synapses] += gi * (before + input[to]);
            }
            inputGradient[to] = parameters.synapseDecay()[s * neurons + n] * gi;
        }
    }

    /** Where in {@code [T, B, S·N]} the value of a synapse lies whose neuron n is at {@code at} of {@code [T, B, N]}. */
    private static int synapseAt(int at, int n, int s, int synapses, int neurons) {
        return (at - n) * synapses + s * neurons + n;
    }
}

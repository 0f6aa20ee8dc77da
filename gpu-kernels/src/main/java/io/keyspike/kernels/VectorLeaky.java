package io.keyspike.kernels;

import static io.keyspike.kernels.Lanes.LENGTH;
import static io.keyspike.kernels.Lanes.SPECIES;
import static jdk.incubator.vector.VectorOperators.GT;

import jdk.incubator.vector.FloatVector;

/**
 * snnTorch's neurons over a sequence, laid out like {@link VectorLif}; the equations stand at {@link LeakyParameters} and at
 * {@link ScalarLeaky#backward}. Whole vectors only. Unchecked; parameters come one per lane.
 */
final class VectorLeaky {

    private VectorLeaky() {}

    /** 1 strictly above, else 0. */
    static FloatVector above(FloatVector u, FloatVector threshold) {
        return FloatVector.zero(SPECIES).blend(1f, u.compare(GT, threshold));
    }

    /** {@link NeuronArithmetic#leakyPotential}. */
    static FloatVector potential(
            int reset, FloatVector beta, FloatVector m, FloatVector current, FloatVector r, FloatVector threshold) {
        if (reset == NeuronArithmetic.ZERO) {
            return beta.mul(m.mul(not(r))).add(current);
        }
        FloatVector base = beta.mul(m).add(current);
        return reset == NeuronArithmetic.SUBTRACT
                ? base.sub(r.mul(threshold))
                : reset == NeuronArithmetic.ZERO_WITH_INPUT ? base.mul(not(r)) : base;
    }

    /** {@link NeuronArithmetic#leakyMembrane}. */
    static FloatVector membrane(
            int reset, boolean delayed, FloatVector q, FloatVector s, FloatVector r, FloatVector threshold) {
        if (delayed || reset == NeuronArithmetic.NONE) {
            return q;
        }
        FloatVector k = s.sub(r);
        return reset == NeuronArithmetic.SUBTRACT ? q.sub(k.mul(threshold)) : q.mul(not(k));
    }

    /** 1 − x. */
    static FloatVector not(FloatVector x) {
        return FloatVector.broadcast(SPECIES, 1f).sub(x);
    }

    /**
     * Step {@code fromStep} starts from the membrane and the synaptic current of the step before, the first from zeros.
     *
     * @param zeros {@code [lanes]}, zeros: the state before the first step
     */
    static void forward(
            int fromLane,
            int toLane,
            int fromStep,
            int toStep,
            int lanes,
            LeakyParameters parameters,
            int reset,
            float[] current,
            LeakySequence sequence,
            float[] zeros) {
        for (int t = fromStep; t < toStep; t++) {
            int base = t * lanes;
            int before = t > 0 ? base - lanes : 0;
            float[] input = current;
            if (sequence.synapse() != null && parameters.synapseDecay() != null) {
                float[] synapse = sequence.synapse();
                float[] synapseBefore = t > 0 ? synapse : zeros;
                synapse(fromLane, toLane, base, before, parameters.synapseDecay(), current, synapse, synapseBefore);
                input = synapse;
            }
            step(
                    fromLane,
                    toLane,
                    base,
                    before,
                    parameters,
                    reset,
                    input,
                    t > 0 ? sequence.membrane() : zeros,
                    sequence);
        }
    }

    private static void synapse(
            int fromLane,
            int toLane,
            int base,
            int before,
            float[] synapseDecay,
            float[] current,
            float[] synapse,
            float[] synapseBefore) {
        for (int lane = fromLane; lane < toLane; lane += LENGTH) {
            FloatVector.fromArray(SPECIES, synapseDecay, lane)
                    .mul(FloatVector.fromArray(SPECIES, synapseBefore, before + lane))
                    .add(FloatVector.fromArray(SPECIES, current, base + lane))
                    .intoArray(synapse, base + lane);
        }
    }

    private static void step(
            int fromLane,
            int toLane,
            int base,
            int before,
            LeakyParameters parameters,
            int reset,
            float[] input,
            float[] membraneBefore,
            LeakySequence sequence) {
        float[] decay = parameters.decay();
        float[] threshold = parameters.threshold();
        boolean delayed = parameters.resetDelayed();
        float[] potential = sequence.potential();
        float[] membrane = sequence.membrane();
        float[] spikes = sequence.spikes();
        for (int lane = fromLane; lane < toLane; lane += LENGTH) {
            FloatVector theta = FloatVector.fromArray(SPECIES, threshold, lane);
            FloatVector m = FloatVector.fromArray(SPECIES, membraneBefore, before + lane);
            FloatVector r = above(m, theta);
            FloatVector q = potential(
                    reset,
                    FloatVector.fromArray(SPECIES, decay, lane),
                    m,
                    FloatVector.fromArray(SPECIES, input, base + lane),
                    r,
                    theta);
            FloatVector s = above(q, theta);
            q.intoArray(potential, base + lane);
            s.intoArray(spikes, base + lane);
            membrane(reset, delayed, q, s, r, theta).intoArray(membrane, base + lane);
        }
    }
}

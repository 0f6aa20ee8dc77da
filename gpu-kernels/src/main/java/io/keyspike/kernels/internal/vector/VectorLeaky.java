package io.keyspike.kernels.internal.vector;

import static io.keyspike.kernels.internal.vector.Lanes.LENGTH;
import static io.keyspike.kernels.internal.vector.Lanes.SPECIES;
import static jdk.incubator.vector.VectorOperators.GT;

import io.keyspike.kernels.LeakyParameters;
import io.keyspike.kernels.LeakySequence;
import io.keyspike.kernels.internal.arithmetic.NeuronArithmetic;
import io.keyspike.kernels.internal.scalar.ScalarLeaky;
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

    /**
     * {@link NeuronArithmetic#leakyPotential}. The reset comes as factors, 1 for the one that it is and 0 for the others, not
     * as a branch: a vector that may come from either of two places is kept in an object.
     */
    static FloatVector potential(
            Factors reset, FloatVector beta, FloatVector m, FloatVector current, FloatVector r, FloatVector threshold) {
        return beta.mul(m.mul(not(r.mul(reset.zero))))
                .add(current)
                .sub(r.mul(threshold.mul(reset.subtract)))
                .mul(not(r.mul(reset.zeroWithInput)));
    }

    /** {@link NeuronArithmetic#leakyMembrane}. */
    static FloatVector membrane(Factors reset, FloatVector q, FloatVector s, FloatVector r, FloatVector threshold) {
        FloatVector k = s.sub(r);
        return q.sub(k.mul(threshold.mul(reset.subtractAtOnce))).mul(not(k.mul(reset.zeroAtOnce)));
    }

    /** 1 − x. */
    static FloatVector not(FloatVector x) {
        return FloatVector.broadcast(SPECIES, 1f).sub(x);
    }

    /**
     * A reset as factors of 0 and 1.
     *
     * @param zero of the zero reset that keeps a step's input
     * @param zeroWithInput of the zero reset that drops it
     * @param subtractAtOnce of the reset by subtraction in the spike's own step
     * @param zeroAtOnce of either zero reset in the spike's own step
     */
    record Factors(float subtract, float zero, float zeroWithInput, float subtractAtOnce, float zeroAtOnce) {

        static Factors of(int reset, boolean delayed) {
            return new Factors(
                    NeuronArithmetic.is(reset, NeuronArithmetic.SUBTRACT),
                    NeuronArithmetic.is(reset, NeuronArithmetic.ZERO),
                    NeuronArithmetic.is(reset, NeuronArithmetic.ZERO_WITH_INPUT),
                    NeuronArithmetic.subtractAtOnce(reset, delayed),
                    NeuronArithmetic.zeroAtOnce(reset, delayed));
        }
    }

    /**
     * Step {@code fromStep} starts from the membrane and the synaptic current of the step before, the first from zeros.
     *
     * @param zeros {@code [lanes]}, zeros: the state before the first step
     */
    static void forward(
            ScalarLeaky.Forward run, Factors reset, float[] zeros, int fromLane, int toLane, int fromStep, int toStep) {
        for (int t = fromStep; t < toStep; t++) {
            float[] input = run.current();
            if (run.sequence().synapse() != null && run.parameters().synapseDecay() != null) {
                input = run.sequence().synapse();
                synapse(run, run.parameters().synapseDecay(), input, t > 0 ? input : zeros, fromLane, toLane, t);
            }
            step(run, reset, input, t > 0 ? run.sequence().membrane() : zeros, fromLane, toLane, t);
        }
    }

    private static void synapse(
            ScalarLeaky.Forward run,
            float[] synapseDecay,
            float[] synapse,
            float[] synapseBefore,
            int fromLane,
            int toLane,
            int t) {
        int base = t * run.shape().lanes();
        int before = t > 0 ? base - run.shape().lanes() : 0;
        float[] current = run.current();
        for (int lane = fromLane; lane < toLane; lane += LENGTH) {
            FloatVector.fromArray(SPECIES, synapseDecay, lane)
                    .mul(FloatVector.fromArray(SPECIES, synapseBefore, before + lane))
                    .add(FloatVector.fromArray(SPECIES, current, base + lane))
                    .intoArray(synapse, base + lane);
        }
    }

    private static void step(
            ScalarLeaky.Forward run,
            Factors reset,
            float[] input,
            float[] membraneBefore,
            int fromLane,
            int toLane,
            int t) {
        int base = t * run.shape().lanes();
        int before = t > 0 ? base - run.shape().lanes() : 0;
        LeakyParameters parameters = run.parameters();
        LeakySequence sequence = run.sequence();
        float[] decay = parameters.decay();
        float[] threshold = parameters.threshold();
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
            membrane(reset, q, s, r, theta).intoArray(membrane, base + lane);
        }
    }
}

package io.keyspike.kernels.internal.vector;

import static io.keyspike.kernels.internal.vector.Lanes.LENGTH;
import static io.keyspike.kernels.internal.vector.Lanes.SPECIES;
import static jdk.incubator.vector.VectorOperators.GE;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LE;

import io.keyspike.kernels.AdaptiveLifParameters;
import io.keyspike.kernels.CurrentLifParameters;
import io.keyspike.kernels.LeakyParameters;
import io.keyspike.kernels.LifParameters;
import io.keyspike.kernels.Reset;
import io.keyspike.kernels.StepKernels;
import io.keyspike.kernels.StepWeights;
import io.keyspike.kernels.internal.arithmetic.NeuronArithmetic;
import io.keyspike.kernels.internal.scalar.ScalarSteps;
import io.keyspike.kernels.internal.scalar.ScalarSynapses;
import java.util.stream.IntStream;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;
import org.jspecify.annotations.Nullable;

/**
 * Step kernels on vectors. Sums stay in registers while the events pass. No access is masked: whether the compiler keeps
 * masked vectors out of objects depends on what else has run in the JVM, and a step must never allocate. Of a width that
 * fills no whole number of vectors, a synapse computes its last full vector's worth once more, with the same result; a layer
 * of neurons, which changes state, leaves the last few to {@link ScalarSteps}, and so does a synapse narrower than a vector.
 */
public final class VectorSteps implements StepKernels {

    private static final VectorSpecies<Integer> INTS = SPECIES.withLanes(int.class);

    /**
     * Whether a mask picks the indices of those that fire in one instruction, which AVX-512 does; elsewhere they are taken
     * from its bits one by one, and a branch is mispredicted at the end of each vector.
     */
    private static final boolean COMPRESSES = SPECIES.vectorShape() == VectorShape.S_512_BIT;

    /** 0, 1, 2, … */
    private static final int[] INDICES = IntStream.range(0, LENGTH).toArray();

    @Override
    public int block() {
        return LENGTH;
    }

    @Override
    public StepWeights weights(int inputs, int outputs, float[] weight) {
        return new VectorWeights(inputs, outputs, weight);
    }

    @Override
    public void denseEvents(
            StepWeights weights, float @Nullable [] bias, int[] fired, int firedCount, float[] current) {
        VectorDenseSteps.events((VectorWeights) weights, bias, fired, firedCount, current);
    }

    @Override
    public void denseEvents(
            StepWeights weights, float @Nullable [] bias, int[] fired, int[] counts, int firedCount, float[] current) {
        VectorCurrentSteps.denseEvents((VectorWeights) weights, bias, fired, counts, firedCount, current);
    }

    @Override
    public void denseValues(StepWeights weights, float @Nullable [] bias, float[] x, float[] current) {
        VectorDenseSteps.values((VectorWeights) weights, bias, x, current);
    }

    @Override
    public void denseValues(
            StepWeights weights,
            float @Nullable [] bias,
            float[] x0,
            float[] x1,
            float[] x2,
            float[] x3,
            float[] current0,
            float[] current1,
            float[] current2,
            float[] current3) {
        if (weights.outputs() < LENGTH) {
            StepKernels.super.denseValues(weights, bias, x0, x1, x2, x3, current0, current1, current2, current3);
        } else {
            VectorDenseSteps.values(
                    (VectorWeights) weights, bias, x0, x1, x2, x3, current0, current1, current2, current3);
        }
    }

    @Override
    public void diagonal(int neurons, float[] x, float[] weight, float[] current) {
        int n = 0;
        for (; n + LENGTH <= neurons; n += LENGTH) {
            diagonal1(n, x, weight, current);
        }
        if (n < neurons && neurons >= LENGTH) {
            diagonal1(neurons - LENGTH, x, weight, current);
        } else if (n < neurons) {
            ScalarSynapses.diagonal(1, neurons, x, weight, current);
        }
    }

    private static void diagonal1(int n, float[] x, float[] weight, float[] current) {
        FloatVector.fromArray(SPECIES, x, n)
                .fma(FloatVector.fromArray(SPECIES, weight, n), FloatVector.zero(SPECIES))
                .intoArray(current, n);
    }

    /** The arithmetic of {@link VectorLif}, written out for the reason that {@link #leakyMembranes} gives. */
    @Override
    public int lif(
            LifParameters parameters, float[] current, float[] memory, int at, long[] spikes, int word, int[] fired) {
        float[] decay = parameters.decay();
        float[] threshold = parameters.threshold();
        float floor = parameters.membraneFloor();
        boolean subtract = parameters.reset() == Reset.SUBTRACT;
        boolean zero = parameters.reset() == Reset.ZERO;
        int whole = Lanes.whole(decay.length);
        int count = 0;
        long bits = 0;
        for (int n = 0; n < whole; n += LENGTH) {
            FloatVector theta = FloatVector.fromArray(SPECIES, threshold, n);
            FloatVector p = FloatVector.fromArray(SPECIES, decay, n)
                    .mul(FloatVector.fromArray(SPECIES, memory, at + n))
                    .add(FloatVector.fromArray(SPECIES, current, n));
            VectorMask<Float> fires = p.compare(GT, theta);
            FloatVector u = subtract ? p.sub(theta, fires) : zero ? p.blend(0f, fires) : p;
            u.blend(floor, u.compare(LE, floor)).intoArray(memory, at + n);
            long here = fires.toLong();
            bits |= here << n;
            if ((n + LENGTH) % Long.SIZE == 0) {
                spikes[word + n / Long.SIZE] = bits;
                bits = 0;
            }
            if (COMPRESSES) {
                // There is room: of the n before, at most n have fired.
                IntVector.fromArray(INTS, INDICES, 0)
                        .add(n)
                        .compress(fires.cast(INTS))
                        .intoArray(fired, count);
                // Not so below, where it takes 1 % of a frame longer.
                count += Long.bitCount(here);
            } else {
                count = FiringLists.singly(here, n, 1, fired, count);
            }
        }
        if (whole % Long.SIZE != 0) {
            spikes[word + whole / Long.SIZE] = bits;
        }
        return ScalarSteps.lif(whole, parameters, current, memory, at, spikes, word, fired, count);
    }

    /** The arithmetic of {@link VectorAdaptiveLif}, written out likewise. */
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
            return ScalarSteps.symplecticLif(parameters, current, memory, at, spikes, word, fired);
        }
        float[] as = parameters.membraneDecay();
        float[] bs = parameters.adaptationDecay();
        float[] ps = parameters.membraneCoupling();
        float[] qs = parameters.spikeCoupling();
        float[] thresholds = parameters.threshold();
        FloatVector one = FloatVector.broadcast(SPECIES, 1f);
        int whole = Lanes.whole(as.length);
        int slow = at + as.length;
        int count = 0;
        long before = 0;
        long bits = 0;
        for (int n = 0; n < whole; n += LENGTH) {
            if (n % Long.SIZE == 0) {
                before = spikes[word + n / Long.SIZE];
                bits = 0;
            }
            FloatVector u = FloatVector.fromArray(SPECIES, memory, at + n);
            FloatVector s = FloatVector.zero(SPECIES).blend(1f, VectorMask.fromLong(SPECIES, before >>> n));
            FloatVector w = FloatVector.fromArray(SPECIES, memory, slow + n).mul(FloatVector.fromArray(SPECIES, bs, n));
            w = w.add(u.mul(FloatVector.fromArray(SPECIES, ps, n)));
            w = w.add(s.mul(FloatVector.fromArray(SPECIES, qs, n)));
            FloatVector theta = FloatVector.fromArray(SPECIES, thresholds, n);
            FloatVector a = FloatVector.fromArray(SPECIES, as, n);
            u = u.sub(theta.mul(s)).mul(a).add(FloatVector.fromArray(SPECIES, current, n));
            u = u.sub(one.sub(a).mul(w));
            VectorMask<Float> fires = u.compare(GE, theta);
            u.intoArray(memory, at + n);
            w.intoArray(memory, slow + n);
            long here = fires.toLong();
            bits |= here << n;
            if ((n + LENGTH) % Long.SIZE == 0) {
                spikes[word + n / Long.SIZE] = bits;
            }
            if (COMPRESSES) {
                // There is room: of the n before, at most n have fired.
                IntVector.fromArray(INTS, INDICES, 0)
                        .add(n)
                        .compress(fires.cast(INTS))
                        .intoArray(fired, count);
                count += fires.trueCount();
            } else {
                count = FiringLists.singly(here, n, 1, fired, count);
            }
        }
        if (whole % Long.SIZE != 0) {
            // Those after the last vector's read their bits of before.
            spikes[word + whole / Long.SIZE] = bits | (before & (-1L << whole));
        }
        return ScalarSteps.adaptiveLif(whole, parameters, current, memory, at, spikes, word, fired, count);
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
        float[] alphas = parameters.synapseDecay();
        int reset = parameters.resetCode(recurrent);
        int whole = Lanes.whole(parameters.decay().length);
        int slow = at + parameters.decay().length;
        if (alphas != null) {
            for (int n = 0; n < whole; n += LENGTH) {
                FloatVector.fromArray(SPECIES, alphas, n)
                        .mul(FloatVector.fromArray(SPECIES, memory, slow + n))
                        .add(FloatVector.fromArray(SPECIES, current, n))
                        .intoArray(memory, slow + n);
            }
        }
        int count = alphas == null
                ? leakyMembranes(whole, parameters, reset, current, 0, memory, at, spikes, word, fired)
                : leakyMembranes(whole, parameters, reset, memory, slow, memory, at, spikes, word, fired);
        return ScalarSteps.leaky(whole, parameters, reset, current, memory, at, spikes, word, fired, count);
    }

    /**
     * The arithmetic of {@link VectorLeaky}, written out: a vector that goes into a method or comes out of one is kept in an
     * object where the compiler does not inline that method, which it decides afresh in each JVM.
     *
     * @param first where the input begins
     */
    private static int leakyMembranes(
            int whole,
            LeakyParameters parameters,
            int reset,
            float[] input,
            int first,
            float[] memory,
            int at,
            long[] spikes,
            int word,
            int[] fired) {
        float[] betas = parameters.decay();
        float[] thresholds = parameters.threshold();
        float subtract = NeuronArithmetic.is(reset, NeuronArithmetic.SUBTRACT);
        float zero = NeuronArithmetic.is(reset, NeuronArithmetic.ZERO);
        float zeroWithInput = NeuronArithmetic.is(reset, NeuronArithmetic.ZERO_WITH_INPUT);
        float subtractAtOnce = NeuronArithmetic.subtractAtOnce(reset, parameters.resetDelayed());
        float zeroAtOnce = NeuronArithmetic.zeroAtOnce(reset, parameters.resetDelayed());
        FloatVector one = FloatVector.broadcast(SPECIES, 1f);
        FloatVector none = FloatVector.zero(SPECIES);
        int count = 0;
        long bits = 0;
        for (int n = 0; n < whole; n += LENGTH) {
            FloatVector theta = FloatVector.fromArray(SPECIES, thresholds, n);
            FloatVector m = FloatVector.fromArray(SPECIES, memory, at + n);
            FloatVector r = none.blend(1f, m.compare(GT, theta));
            FloatVector q = FloatVector.fromArray(SPECIES, betas, n)
                    .mul(m.mul(one.sub(r.mul(zero))))
                    .add(FloatVector.fromArray(SPECIES, input, first + n))
                    .sub(r.mul(theta.mul(subtract)))
                    .mul(one.sub(r.mul(zeroWithInput)));
            VectorMask<Float> fires = q.compare(GT, theta);
            FloatVector k = none.blend(1f, fires).sub(r);
            q.sub(k.mul(theta.mul(subtractAtOnce)))
                    .mul(one.sub(k.mul(zeroAtOnce)))
                    .intoArray(memory, at + n);
            long here = fires.toLong();
            bits |= here << n;
            if ((n + LENGTH) % Long.SIZE == 0) {
                spikes[word + n / Long.SIZE] = bits;
                bits = 0;
            }
            if (COMPRESSES) {
                // There is room: of the n before, at most n have fired.
                IntVector.fromArray(INTS, INDICES, 0)
                        .add(n)
                        .compress(fires.cast(INTS))
                        .intoArray(fired, count);
                count += fires.trueCount();
            } else {
                count = FiringLists.singly(here, n, 1, fired, count);
            }
        }
        if (whole % Long.SIZE != 0) {
            spikes[word + whole / Long.SIZE] = bits;
        }
        return count;
    }

    @Override
    public void leakyIntegrator(int neurons, float[] decay, float[] current, float[] memory, int at) {
        FloatVector one = FloatVector.broadcast(SPECIES, 1f);
        int whole = Lanes.whole(neurons);
        for (int n = 0; n < whole; n += LENGTH) {
            FloatVector c = FloatVector.fromArray(SPECIES, decay, n);
            c.mul(FloatVector.fromArray(SPECIES, memory, at + n))
                    .add(one.sub(c).mul(FloatVector.fromArray(SPECIES, current, n)))
                    .intoArray(memory, at + n);
        }
        ScalarSteps.leakyIntegrator(whole, neurons, decay, current, memory, at);
    }

    @Override
    public int currentLif(
            CurrentLifParameters parameters, float[] input, float[] memory, int at, int[] fired, int[] counts) {
        return VectorCurrentSteps.currentLif(parameters, input, memory, at, fired, counts);
    }
}

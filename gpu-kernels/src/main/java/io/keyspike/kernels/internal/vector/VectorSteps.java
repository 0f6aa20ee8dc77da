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
    public void denseEvents(
            int outputs, int[] fired, int firedCount, float[] weight, float @Nullable [] bias, float[] current) {
        int j = 0;
        for (; j + 4 * LENGTH <= outputs; j += 4 * LENGTH) {
            events4(j, outputs, fired, firedCount, weight, bias, current);
        }
        for (; j + LENGTH <= outputs; j += LENGTH) {
            events1(j, outputs, fired, firedCount, weight, bias, current);
        }
        if (j < outputs && outputs >= LENGTH) {
            events1(outputs - LENGTH, outputs, fired, firedCount, weight, bias, current);
        } else if (j < outputs) {
            ScalarSteps.events(outputs, fired, firedCount, weight, bias, current);
        }
    }

    private static void events1(
            int j, int outputs, int[] fired, int firedCount, float[] weight, float @Nullable [] bias, float[] current) {
        FloatVector sum = start(bias, j);
        for (int k = 0; k < firedCount; k++) {
            sum = sum.add(FloatVector.fromArray(SPECIES, weight, fired[k] * outputs + j));
        }
        sum.add(0f).intoArray(current, j);
    }

    private static void events4(
            int j, int outputs, int[] fired, int firedCount, float[] weight, float @Nullable [] bias, float[] current) {
        FloatVector s0 = start(bias, j);
        FloatVector s1 = start(bias, j + LENGTH);
        FloatVector s2 = start(bias, j + 2 * LENGTH);
        FloatVector s3 = start(bias, j + 3 * LENGTH);
        for (int k = 0; k < firedCount; k++) {
            int at = fired[k] * outputs + j;
            s0 = s0.add(FloatVector.fromArray(SPECIES, weight, at));
            s1 = s1.add(FloatVector.fromArray(SPECIES, weight, at + LENGTH));
            s2 = s2.add(FloatVector.fromArray(SPECIES, weight, at + 2 * LENGTH));
            s3 = s3.add(FloatVector.fromArray(SPECIES, weight, at + 3 * LENGTH));
        }
        s0.add(0f).intoArray(current, j);
        s1.add(0f).intoArray(current, j + LENGTH);
        s2.add(0f).intoArray(current, j + 2 * LENGTH);
        s3.add(0f).intoArray(current, j + 3 * LENGTH);
    }

    @Override
    public void denseValues(
            int inputs, int outputs, float[] x, float[] weight, float @Nullable [] bias, float[] current) {
        int j = 0;
        for (; j + 4 * LENGTH <= outputs; j += 4 * LENGTH) {
            values4(j, inputs, outputs, x, weight, bias, current);
        }
        for (; j + LENGTH <= outputs; j += LENGTH) {
            values1(j, inputs, outputs, x, weight, bias, current);
        }
        if (j < outputs && outputs >= LENGTH) {
            values1(outputs - LENGTH, inputs, outputs, x, weight, bias, current);
        } else if (j < outputs) {
            ScalarSynapses.dense(1, inputs, outputs, x, weight, bias, current);
        }
    }

    private static void values1(
            int j, int inputs, int outputs, float[] x, float[] weight, float @Nullable [] bias, float[] current) {
        FloatVector sum = start(bias, j);
        for (int i = 0; i < inputs; i++) {
            FloatVector w = FloatVector.fromArray(SPECIES, weight, i * outputs + j);
            sum = FloatVector.broadcast(SPECIES, x[i]).fma(w, sum);
        }
        sum.add(0f).intoArray(current, j);
    }

    private static void values4(
            int j, int inputs, int outputs, float[] x, float[] weight, float @Nullable [] bias, float[] current) {
        FloatVector s0 = start(bias, j);
        FloatVector s1 = start(bias, j + LENGTH);
        FloatVector s2 = start(bias, j + 2 * LENGTH);
        FloatVector s3 = start(bias, j + 3 * LENGTH);
        for (int i = 0; i < inputs; i++) {
            int at = i * outputs + j;
            FloatVector v = FloatVector.broadcast(SPECIES, x[i]);
            s0 = v.fma(FloatVector.fromArray(SPECIES, weight, at), s0);
            s1 = v.fma(FloatVector.fromArray(SPECIES, weight, at + LENGTH), s1);
            s2 = v.fma(FloatVector.fromArray(SPECIES, weight, at + 2 * LENGTH), s2);
            s3 = v.fma(FloatVector.fromArray(SPECIES, weight, at + 3 * LENGTH), s3);
        }
        s0.add(0f).intoArray(current, j);
        s1.add(0f).intoArray(current, j + LENGTH);
        s2.add(0f).intoArray(current, j + 2 * LENGTH);
        s3.add(0f).intoArray(current, j + 3 * LENGTH);
    }

    @Override
    public void denseValues(
            int inputs,
            int outputs,
            float[] x0,
            float[] x1,
            float[] x2,
            float[] x3,
            float[] weight,
            float @Nullable [] bias,
            float[] current0,
            float[] current1,
            float[] current2,
            float[] current3) {
        int j = 0;
        for (; j + 4 * LENGTH <= outputs; j += 4 * LENGTH) {
            values4Of4(j, inputs, outputs, x0, x1, x2, x3, weight, bias, current0, current1, current2, current3);
        }
        if (j == outputs) {
            return;
        }
        if (j + LENGTH > outputs) {
            StepKernels.super.denseValues(
                    inputs, outputs, x0, x1, x2, x3, weight, bias, current0, current1, current2, current3);
            return;
        }
        for (; j < outputs; j += LENGTH) {
            int at = Math.min(j, outputs - LENGTH);
            values1Of4(at, inputs, outputs, x0, x1, x2, x3, weight, bias, current0, current1, current2, current3);
        }
    }

    private static void values1Of4(
            int j,
            int inputs,
            int outputs,
            float[] x0,
            float[] x1,
            float[] x2,
            float[] x3,
            float[] weight,
            float @Nullable [] bias,
            float[] current0,
            float[] current1,
            float[] current2,
            float[] current3) {
        FloatVector s0 = start(bias, j);
        FloatVector s1 = s0;
        FloatVector s2 = s0;
        FloatVector s3 = s0;
        for (int i = 0; i < inputs; i++) {
            FloatVector w = FloatVector.fromArray(SPECIES, weight, i * outputs + j);
            s0 = FloatVector.broadcast(SPECIES, x0[i]).fma(w, s0);
            s1 = FloatVector.broadcast(SPECIES, x1[i]).fma(w, s1);
            s2 = FloatVector.broadcast(SPECIES, x2[i]).fma(w, s2);
            s3 = FloatVector.broadcast(SPECIES, x3[i]).fma(w, s3);
        }
        s0.add(0f).intoArray(current0, j);
        s1.add(0f).intoArray(current1, j);
        s2.add(0f).intoArray(current2, j);
        s3.add(0f).intoArray(current3, j);
    }

    /** Sixteen sums and four weights in registers. */
    private static void values4Of4(
            int j,
            int inputs,
            int outputs,
            float[] x0,
            float[] x1,
            float[] x2,
            float[] x3,
            float[] weight,
            float @Nullable [] bias,
            float[] current0,
            float[] current1,
            float[] current2,
            float[] current3) {
        FloatVector a0 = start(bias, j);
        FloatVector a1 = start(bias, j + LENGTH);
        FloatVector a2 = start(bias, j + 2 * LENGTH);
        FloatVector a3 = start(bias, j + 3 * LENGTH);
        FloatVector b0 = a0;
        FloatVector b1 = a1;
        FloatVector b2 = a2;
        FloatVector b3 = a3;
        FloatVector c0 = a0;
        FloatVector c1 = a1;
        FloatVector c2 = a2;
        FloatVector c3 = a3;
        FloatVector d0 = a0;
        FloatVector d1 = a1;
        FloatVector d2 = a2;
        FloatVector d3 = a3;
        for (int i = 0; i < inputs; i++) {
            int at = i * outputs + j;
            FloatVector w0 = FloatVector.fromArray(SPECIES, weight, at);
            FloatVector w1 = FloatVector.fromArray(SPECIES, weight, at + LENGTH);
            FloatVector w2 = FloatVector.fromArray(SPECIES, weight, at + 2 * LENGTH);
            FloatVector w3 = FloatVector.fromArray(SPECIES, weight, at + 3 * LENGTH);
            FloatVector v0 = FloatVector.broadcast(SPECIES, x0[i]);
            a0 = v0.fma(w0, a0);
            a1 = v0.fma(w1, a1);
            a2 = v0.fma(w2, a2);
            a3 = v0.fma(w3, a3);
            FloatVector v1 = FloatVector.broadcast(SPECIES, x1[i]);
            b0 = v1.fma(w0, b0);
            b1 = v1.fma(w1, b1);
            b2 = v1.fma(w2, b2);
            b3 = v1.fma(w3, b3);
            FloatVector v2 = FloatVector.broadcast(SPECIES, x2[i]);
            c0 = v2.fma(w0, c0);
            c1 = v2.fma(w1, c1);
            c2 = v2.fma(w2, c2);
            c3 = v2.fma(w3, c3);
            FloatVector v3 = FloatVector.broadcast(SPECIES, x3[i]);
            d0 = v3.fma(w0, d0);
            d1 = v3.fma(w1, d1);
            d2 = v3.fma(w2, d2);
            d3 = v3.fma(w3, d3);
        }
        a0.add(0f).intoArray(current0, j);
        a1.add(0f).intoArray(current0, j + LENGTH);
        a2.add(0f).intoArray(current0, j + 2 * LENGTH);
        a3.add(0f).intoArray(current0, j + 3 * LENGTH);
        b0.add(0f).intoArray(current1, j);
        b1.add(0f).intoArray(current1, j + LENGTH);
        b2.add(0f).intoArray(current1, j + 2 * LENGTH);
        b3.add(0f).intoArray(current1, j + 3 * LENGTH);
        c0.add(0f).intoArray(current2, j);
        c1.add(0f).intoArray(current2, j + LENGTH);
        c2.add(0f).intoArray(current2, j + 2 * LENGTH);
        c3.add(0f).intoArray(current2, j + 3 * LENGTH);
        d0.add(0f).intoArray(current3, j);
        d1.add(0f).intoArray(current3, j + LENGTH);
        d2.add(0f).intoArray(current3, j + 2 * LENGTH);
        d3.add(0f).intoArray(current3, j + 3 * LENGTH);
    }

    private static FloatVector start(float @Nullable [] bias, int j) {
        return bias == null ? FloatVector.zero(SPECIES) : FloatVector.fromArray(SPECIES, bias, j);
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
    public int lif(LifParameters parameters, float[] current, float[] membrane, int[] fired) {
        float[] decay = parameters.decay();
        float[] threshold = parameters.threshold();
        float floor = parameters.membraneFloor();
        boolean subtract = parameters.reset() == Reset.SUBTRACT;
        boolean zero = parameters.reset() == Reset.ZERO;
        int whole = Lanes.whole(decay.length);
        int count = 0;
        for (int n = 0; n < whole; n += LENGTH) {
            FloatVector theta = FloatVector.fromArray(SPECIES, threshold, n);
            FloatVector p = FloatVector.fromArray(SPECIES, decay, n)
                    .mul(FloatVector.fromArray(SPECIES, membrane, n))
                    .add(FloatVector.fromArray(SPECIES, current, n));
            VectorMask<Float> fires = p.compare(GT, theta);
            FloatVector u = subtract ? p.sub(theta, fires) : zero ? p.blend(0f, fires) : p;
            u.blend(floor, u.compare(LE, floor)).intoArray(membrane, n);
            if (COMPRESSES) {
                // There is room: of the n before, at most n have fired.
                IntVector.fromArray(INTS, INDICES, 0)
                        .add(n)
                        .compress(fires.cast(INTS))
                        .intoArray(fired, count);
                count += fires.trueCount();
            } else {
                count = FiringLists.singly(fires.toLong(), n, 1, fired, count);
            }
        }
        return ScalarSteps.lif(whole, parameters, current, membrane, fired, count);
    }

    /** The arithmetic of {@link VectorAdaptiveLif}, written out likewise. */
    @Override
    public int adaptiveLif(
            AdaptiveLifParameters parameters,
            float[] current,
            float[] membrane,
            float[] adaptation,
            float[] spikes,
            int[] fired) {
        if (parameters.symplectic()) {
            return ScalarSteps.symplecticLif(parameters, current, membrane, adaptation, spikes, fired);
        }
        float[] as = parameters.membraneDecay();
        float[] bs = parameters.adaptationDecay();
        float[] ps = parameters.membraneCoupling();
        float[] qs = parameters.spikeCoupling();
        float[] thresholds = parameters.threshold();
        FloatVector one = FloatVector.broadcast(SPECIES, 1f);
        int whole = Lanes.whole(as.length);
        int count = 0;
        for (int n = 0; n < whole; n += LENGTH) {
            FloatVector u = FloatVector.fromArray(SPECIES, membrane, n);
            FloatVector s = FloatVector.fromArray(SPECIES, spikes, n);
            FloatVector w = FloatVector.fromArray(SPECIES, adaptation, n).mul(FloatVector.fromArray(SPECIES, bs, n));
            w = w.add(u.mul(FloatVector.fromArray(SPECIES, ps, n)));
            w = w.add(s.mul(FloatVector.fromArray(SPECIES, qs, n)));
            FloatVector theta = FloatVector.fromArray(SPECIES, thresholds, n);
            FloatVector a = FloatVector.fromArray(SPECIES, as, n);
            u = u.sub(theta.mul(s)).mul(a).add(FloatVector.fromArray(SPECIES, current, n));
            u = u.sub(one.sub(a).mul(w));
            VectorMask<Float> fires = u.compare(GE, theta);
            u.intoArray(membrane, n);
            w.intoArray(adaptation, n);
            FloatVector.zero(SPECIES).blend(1f, fires).intoArray(spikes, n);
            if (COMPRESSES) {
                // There is room: of the n before, at most n have fired.
                IntVector.fromArray(INTS, INDICES, 0)
                        .add(n)
                        .compress(fires.cast(INTS))
                        .intoArray(fired, count);
                count += fires.trueCount();
            } else {
                count = FiringLists.singly(fires.toLong(), n, 1, fired, count);
            }
        }
        return ScalarSteps.adaptiveLif(whole, parameters, current, membrane, adaptation, spikes, fired, count);
    }

    @Override
    public int leaky(
            LeakyParameters parameters,
            boolean recurrent,
            float[] current,
            float[] membrane,
            float[] synapse,
            int[] fired) {
        float[] alphas = parameters.synapseDecay();
        int reset = parameters.resetCode(recurrent);
        int whole = Lanes.whole(parameters.decay().length);
        if (alphas != null) {
            for (int n = 0; n < whole; n += LENGTH) {
                FloatVector.fromArray(SPECIES, alphas, n)
                        .mul(FloatVector.fromArray(SPECIES, synapse, n))
                        .add(FloatVector.fromArray(SPECIES, current, n))
                        .intoArray(synapse, n);
            }
        }
        float[] input = alphas == null ? current : synapse;
        int count = leakyMembranes(whole, parameters, reset, input, membrane, fired);
        return ScalarSteps.leaky(whole, parameters, reset, current, membrane, synapse, fired, count);
    }

    /**
     * The arithmetic of {@link VectorLeaky}, written out: a vector that goes into a method or comes out of one is kept in an
     * object where the compiler does not inline that method, which it decides afresh in each JVM.
     */
    private static int leakyMembranes(
            int whole, LeakyParameters parameters, int reset, float[] input, float[] membrane, int[] fired) {
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
        for (int n = 0; n < whole; n += LENGTH) {
            FloatVector theta = FloatVector.fromArray(SPECIES, thresholds, n);
            FloatVector m = FloatVector.fromArray(SPECIES, membrane, n);
            FloatVector r = none.blend(1f, m.compare(GT, theta));
            FloatVector q = FloatVector.fromArray(SPECIES, betas, n)
                    .mul(m.mul(one.sub(r.mul(zero))))
                    .add(FloatVector.fromArray(SPECIES, input, n))
                    .sub(r.mul(theta.mul(subtract)))
                    .mul(one.sub(r.mul(zeroWithInput)));
            VectorMask<Float> fires = q.compare(GT, theta);
            FloatVector k = none.blend(1f, fires).sub(r);
            q.sub(k.mul(theta.mul(subtractAtOnce)))
                    .mul(one.sub(k.mul(zeroAtOnce)))
                    .intoArray(membrane, n);
            if (COMPRESSES) {
                // There is room: of the n before, at most n have fired.
                IntVector.fromArray(INTS, INDICES, 0)
                        .add(n)
                        .compress(fires.cast(INTS))
                        .intoArray(fired, count);
                count += fires.trueCount();
            } else {
                count = FiringLists.singly(fires.toLong(), n, 1, fired, count);
            }
        }
        return count;
    }

    /** Appends the indices of the neurons that fire, ascending. */
    @Override
    public void leakyIntegrator(int neurons, float[] decay, float[] current, float[] output) {
        FloatVector one = FloatVector.broadcast(SPECIES, 1f);
        int whole = Lanes.whole(neurons);
        for (int n = 0; n < whole; n += LENGTH) {
            FloatVector c = FloatVector.fromArray(SPECIES, decay, n);
            c.mul(FloatVector.fromArray(SPECIES, output, n))
                    .add(one.sub(c).mul(FloatVector.fromArray(SPECIES, current, n)))
                    .intoArray(output, n);
        }
        ScalarSteps.leakyIntegrator(whole, neurons, decay, current, output);
    }

    @Override
    public void denseEvents(
            int outputs,
            int[] fired,
            int[] counts,
            int firedCount,
            float[] weight,
            float @Nullable [] bias,
            float[] current) {
        VectorCurrentSteps.denseEvents(outputs, fired, counts, firedCount, weight, bias, current);
    }

    @Override
    public int currentLif(
            CurrentLifParameters parameters,
            float[] input,
            float[] membrane,
            float[] synapse,
            int[] fired,
            int[] counts) {
        return VectorCurrentSteps.currentLif(parameters, input, membrane, synapse, fired, counts);
    }
}

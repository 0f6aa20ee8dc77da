package io.keyspike.kernels.internal.vector;

import static io.keyspike.kernels.internal.vector.Lanes.LENGTH;
import static io.keyspike.kernels.internal.vector.Lanes.SPECIES;
import static io.keyspike.kernels.internal.vector.VectorWeights.VECTOR_BYTES;
import static jdk.incubator.vector.VectorOperators.GE;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LE;

import io.keyspike.kernels.CurrentLifParameters;
import io.keyspike.kernels.Reset;
import io.keyspike.kernels.internal.scalar.ScalarCurrentSteps;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import org.jspecify.annotations.Nullable;

/**
 * One step of LIF neurons driven by synaptic currents, and of what their spike counts drive, on vectors; laid out like {@link
 * VectorSteps}.
 */
final class VectorCurrentSteps {

    /** A float of at least 0 and below 2²² plus this is rounded to a whole number, which lies in the low bits of the sum. */
    static final float WHOLE = 0x1p23f;

    private static final int WHOLE_BITS = Float.floatToRawIntBits(WHOLE);

    private VectorCurrentSteps() {}

    static void denseEvents(
            VectorWeights weights,
            float @Nullable [] bias,
            int[] fired,
            int[] counts,
            int firedCount,
            float[] current) {
        int outputs = weights.outputs;
        int j = 0;
        for (; j + 2 * LENGTH <= outputs; j += 2 * LENGTH) {
            events2(j, weights, bias, fired, counts, firedCount, current);
        }
        for (; j + LENGTH <= outputs; j += LENGTH) {
            events1(j, weights, bias, fired, counts, firedCount, current);
        }
        if (j < outputs && outputs >= LENGTH) {
            events1(outputs - LENGTH, weights, bias, fired, counts, firedCount, current);
        } else if (j < outputs) {
            ScalarCurrentSteps.denseEvents(weights.plain, bias, fired, counts, firedCount, current);
        }
    }

    private static void events1(
            int j,
            VectorWeights weights,
            float @Nullable [] bias,
            int[] fired,
            int[] counts,
            int firedCount,
            float[] current) {
        MemorySegment rows = weights.rows;
        long rowBytes = weights.rowBytes;
        long column = (long) j * Float.BYTES;
        FloatVector sum = VectorDenseSteps.start(bias, j);
        for (int k = 0; k < firedCount; k++) {
            FloatVector count = FloatVector.broadcast(SPECIES, (float) counts[k]);
            sum = count.fma(VectorWeights.at(rows, fired[k] * rowBytes + column), sum);
        }
        sum.add(0f).intoArray(current, j);
    }

    private static void events2(
            int j,
            VectorWeights weights,
            float @Nullable [] bias,
            int[] fired,
            int[] counts,
            int firedCount,
            float[] current) {
        MemorySegment rows = weights.rows;
        long rowBytes = weights.rowBytes;
        long column = (long) j * Float.BYTES;
        FloatVector s0 = VectorDenseSteps.start(bias, j);
        FloatVector s1 = VectorDenseSteps.start(bias, j + LENGTH);
        for (int k = 0; k < firedCount; k++) {
            long at = fired[k] * rowBytes + column;
            FloatVector count = FloatVector.broadcast(SPECIES, (float) counts[k]);
            s0 = count.fma(VectorWeights.at(rows, at), s0);
            s1 = count.fma(VectorWeights.at(rows, at + VECTOR_BYTES), s1);
        }
        s0.add(0f).intoArray(current, j);
        s1.add(0f).intoArray(current, j + LENGTH);
    }

    static int currentLif(
            CurrentLifParameters parameters, float[] input, float[] memory, int at, int[] fired, int[] counts) {
        float[] alphas = parameters.synapseDecay();
        int neurons = parameters.neurons();
        int synapses = parameters.synapses();
        int whole = Lanes.whole(neurons);
        int slow = at + neurons;
        for (int s = 0; s < synapses; s++) {
            for (int n = s * neurons; n < s * neurons + whole; n += LENGTH) {
                FloatVector.fromArray(SPECIES, memory, slow + n)
                        .add(FloatVector.fromArray(SPECIES, input, n))
                        .mul(FloatVector.fromArray(SPECIES, alphas, n))
                        .intoArray(memory, slow + n);
            }
        }
        int count = synapses == 0
                ? membranes(whole, parameters, input, 0, memory, at, fired, counts)
                : membranes(whole, parameters, memory, slow, memory, at, fired, counts);
        return ScalarCurrentSteps.currentLif(whole, parameters, input, memory, at, fired, counts, count);
    }

    /** @param slow where the currents begin */
    private static int membranes(
            int whole,
            CurrentLifParameters parameters,
            float[] currents,
            int slow,
            float[] memory,
            int at,
            int[] fired,
            int[] counts) {
        float[] decay = parameters.decay();
        float[] threshold = parameters.threshold();
        float floor = parameters.floor();
        boolean subtract = parameters.reset() == Reset.SUBTRACT;
        boolean zero = parameters.reset() == Reset.ZERO;
        float maximum = parameters.maximumSpikes();
        boolean counted = parameters.maximumSpikes() > 1;
        float share = parameters.rule().gainShare();
        float level = parameters.rule().resetLevel();
        float offset = parameters.rule().stepOffset();
        FloatVector one = FloatVector.broadcast(SPECIES, 1f);
        int end = parameters.synapses() * decay.length;
        int count = 0;
        for (int n = 0; n < whole; n += LENGTH) {
            FloatVector current = FloatVector.fromArray(SPECIES, currents, slow + n);
            for (int row = n + decay.length; row < end; row += decay.length) {
                current = current.add(FloatVector.fromArray(SPECIES, currents, slow + row));
            }
            FloatVector theta = FloatVector.fromArray(SPECIES, threshold, n);
            FloatVector beta = FloatVector.fromArray(SPECIES, decay, n);
            FloatVector p =
                    beta.mul(FloatVector.fromArray(SPECIES, memory, at + n)).add(current.mul(one.sub(beta.mul(share))));
            VectorMask<Float> fires = p.compare(GE, theta);
            FloatVector quotient = p.div(theta).min(maximum);
            FloatVector k = quotient.add(WHOLE).sub(WHOLE);
            k = FloatVector.zero(SPECIES).blend(k.sub(1f, k.compare(GT, quotient)), fires);
            FloatVector v =
                    subtract ? p.sub(k.mul(theta)) : zero ? p.add(offset).blend(level, fires) : p;
            v.blend(floor, v.compare(LE, floor)).intoArray(memory, at + n);
            if (counted) {
                // There is room: of the n neurons before, at most n have fired, and what they left lies below.
                k.add(WHOLE).reinterpretAsInts().sub(WHOLE_BITS).intoArray(counts, n);
            }
            for (long bits = fires.toLong(); bits != 0; bits &= bits - 1) {
                int neuron = n + Long.numberOfTrailingZeros(bits);
                if (counted) {
                    counts[count] = counts[neuron];
                }
                fired[count++] = neuron;
            }
        }
        return count;
    }
}

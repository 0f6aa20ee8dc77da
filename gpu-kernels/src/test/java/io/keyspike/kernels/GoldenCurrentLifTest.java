package io.keyspike.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyspike.kernels.backends.Backends;
import io.keyspike.kernels.internal.arithmetic.NeuronArithmetic;
import io.keyspike.testing.GoldenFile;
import java.util.Arrays;
import org.assertj.core.data.Offset;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** LIF driven by synaptic currents against Sinabs, Rockpool and Norse: every spike, states but for rounding, gradients within 1e-4. */
class GoldenCurrentLifTest {

    private static final float TOLERANCE = 1e-4f;
    private static final int UNLIMITED = CurrentLifParameters.MAXIMUM_SPIKES;
    private static final float NO_FLOOR = Float.NEGATIVE_INFINITY;

    /**
     * Every case of the file: membranes after the reset, and gradients of Σ c·spikes and Σ c·membranes. The level is that of
     * Sinabs's MembraneReset, NaN for its MembraneSubtract.
     */
    @ParameterizedTest
    @CsvSource({
        "iaf_multi, 0, 0, 1, 65536, NaN, -Infinity, false, SINGLE_EXPONENTIAL",
        "iaf_single, 0, 0, 1, 1, NaN, -Infinity, false, SINGLE_EXPONENTIAL",
        "iaf_multi_min, 0, 0, 1, 65536, NaN, -0.4, false, SINGLE_EXPONENTIAL",
        "iaf_single_min, 0, 0, 1, 1, NaN, -0.4, false, SINGLE_EXPONENTIAL",
        "iaf_multi_reset0, 0, 0, 1, 65536, 0, -Infinity, false, SINGLE_EXPONENTIAL",
        "iaf_single_reset, 0, 0, 1, 1, -0.1, -0.5, false, SINGLE_EXPONENTIAL",
        "iaf_multi_th, 0, 0, 0.7, 65536, NaN, -Infinity, false, PERIODIC_EXPONENTIAL",
        "iaf_single_mg, 0, 0, 1, 1, NaN, -Infinity, false, MULTI_GAUSSIAN",
        "iaf_multi_pe, 0, 0, 1, 65536, NaN, -Infinity, false, PERIODIC_EXPONENTIAL",
        "iaf_multi_syn, 0, 4, 1, 65536, NaN, -Infinity, false, SINGLE_EXPONENTIAL",
        "iaf_max3, 0, 0, 1, 3, NaN, -Infinity, false, SINGLE_EXPONENTIAL",
        "lif_norm, 8, 0, 1, 65536, NaN, -Infinity, true, SINGLE_EXPONENTIAL",
        "lif_raw, 8, 0, 1, 65536, NaN, -Infinity, false, SINGLE_EXPONENTIAL",
        "lif_syn, 8, 5, 1, 65536, NaN, -Infinity, true, SINGLE_EXPONENTIAL",
        "lif_syn_raw, 8, 5, 1, 65536, NaN, -Infinity, false, SINGLE_EXPONENTIAL",
        "lif_min_single, 8, 0, 1, 1, NaN, -0.3, true, MULTI_GAUSSIAN",
        "lif_pe, 8, 0, 0.8, 65536, NaN, -Infinity, true, PERIODIC_EXPONENTIAL"
    })
    void shouldSpikeAndLearnAsSinabs(
            String key,
            double tauMembrane,
            double tauSynapse,
            float threshold,
            int maximum,
            float level,
            float floor,
            boolean normalised,
            Surrogate.Kind surrogate) {
        GoldenFile golden = GoldenFile.open("sinabs_iaf");
        int[] size = golden.shape(key + ".x");
        var shape = new SequenceShape(size[1], size[0], size[2]);
        boolean subtract = Float.isNaN(level);
        int synapses = tauSynapse == 0 ? 0 : 1;
        var parameters = new CurrentLifParameters(
                synapses,
                all(synapses * shape.neurons(), (float) Math.exp(-1 / tauSynapse)),
                all(shape.neurons(), tauMembrane == 0 ? 1f : (float) Math.exp(-1 / tauMembrane)),
                all(shape.neurons(), threshold),
                subtract ? Reset.SUBTRACT : Reset.ZERO,
                floor,
                maximum,
                new CurrentLifRule(normalised, subtract ? 0 : level, subtract ? 0 : level));
        float[] x = timeMajor(golden.floats(key + ".x"), size);
        float[] c = timeMajor(golden.floats("c"), size);
        for (String backend : new String[] {"scalar", "vector"}) {
            CurrentLifSequence found = run(backend, shape, parameters, x);
            assertSpikes(found, timeMajor(golden.floats(key + ".out"), size));
            float[] after = after(shape, parameters, found);
            assertClose(after, timeMajor(golden.floats(key + ".v"), size));
            if (synapses > 0) {
                assertClose(found.synapse(), timeMajor(golden.floats(key + ".i_syn"), size));
            }
            // MembraneReset takes its spikes without a gradient, MembraneSubtract with it
            var learnt = new Learnt(backend, shape, parameters, x, found, Surrogate.of(surrogate), !subtract);
            assertGradient(learnt.ofSpikes(c), timeMajor(golden.floats(key + ".dout.gx"), size));
            assertGradient(learnt.ofMembranes(c, after), timeMajor(golden.floats(key + ".dv.gx"), size));
        }
    }

    /** Integrators: a threshold that is never reached; what they give is the membrane before the floor. */
    @ParameterizedTest
    @CsvSource({"expleak, -Infinity, false", "expleak_norm, -Infinity, true", "expleak_min, -0.5, false"})
    void shouldLeakAsSinabs(String key, float floor, boolean normalised) {
        GoldenFile golden = GoldenFile.open("sinabs_iaf");
        int[] size = golden.shape(key + ".x");
        var shape = new SequenceShape(size[1], size[0], size[2]);
        CurrentLifParameters parameters = integrators(shape.neurons(), (float) Math.exp(-1 / 8.0), floor, normalised);
        float[] x = timeMajor(golden.floats(key + ".x"), size);
        float[] c = timeMajor(golden.floats("c"), size);
        for (String backend : new String[] {"scalar", "vector"}) {
            CurrentLifSequence found = run(backend, shape, parameters, x);
            assertClose(found.membrane(), timeMajor(golden.floats(key + ".out"), size));
            float[] after = after(shape, parameters, found);
            assertClose(after, timeMajor(golden.floats(key + ".v"), size));
            Surrogate any = Surrogate.of(Surrogate.Kind.STRAIGHT_THROUGH);
            var learnt = new Learnt(backend, shape, parameters, x, found, any, true);
            assertGradient(learnt.of(new float[c.length], c), timeMajor(golden.floats(key + ".dout.gx"), size));
            assertGradient(learnt.ofMembranes(c, after), timeMajor(golden.floats(key + ".dv.gx"), size));
        }
    }

    /**
     * Membranes are counted from the rest; the threshold is the next number above Norse's, which a membrane has to exceed. Of the
     * LIF cell, whose membrane takes the current before it decays, the input is divided by the current's decay.
     */
    @ParameterizedTest
    @CsvSource({
        "lifbox, 0.1, 0, 0, 1, 0",
        "lifbox_reset, 0.12, 0, 0.1, 0.7, -0.2",
        "lif, 0.1, 0.8, 0, 1, 0",
        "lif_reset, 0.12, 0.7, 0.1, 0.7, -0.2"
    })
    void shouldSpikeAndLearnAsNorse(
            String key, double share, float synapseDecay, float rest, float threshold, float level) {
        GoldenFile golden = GoldenFile.open("norse_lif");
        int[] size = golden.shape(key + ".x"); // [T, B, N]
        var shape = new SequenceShape(size[0], size[1], size[2]);
        int synapses = synapseDecay == 0 ? 0 : 1;
        var parameters = new CurrentLifParameters(
                synapses,
                all(synapses * size[2], synapseDecay),
                all(size[2], (float) (1 - share)),
                all(size[2], Math.nextUp(threshold - rest)),
                Reset.ZERO,
                NO_FLOOR,
                1,
                new CurrentLifRule(true, level - rest, 0));
        float[] x = golden.floats(key + ".x");
        float scale = synapses == 0 ? 1 : synapseDecay;
        for (int i = 0; i < x.length; i++) {
            x[i] /= scale;
        }
        float[] c = golden.floats("c");
        for (String backend : new String[] {"scalar", "vector"}) {
            CurrentLifSequence found = run(backend, shape, parameters, x);
            assertSpikes(found, golden.floats(key + ".z"));
            float[] after = after(shape, parameters, found);
            float[] absolute = after.clone();
            for (int i = 0; i < absolute.length; i++) {
                absolute[i] += rest;
            }
            assertClose(absolute, golden.floats(key + ".v"));
            var learnt = new Learnt(backend, shape, parameters, x, found, Surrogate.fastSigmoid(1), false);
            assertGradient(scaled(learnt.ofSpikes(c), 1 / scale), golden.floats(key + ".dz.gx"));
            assertGradient(scaled(learnt.ofMembranes(c, after), 1 / scale), golden.floats(key + ".dv.gx"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"scalar", "vector"})
    void shouldLeakAsNorse(String backend) {
        GoldenFile golden = GoldenFile.open("norse_lif");
        int[] size = golden.shape("libox.x");
        var shape = new SequenceShape(size[0], size[1], size[2]);
        CurrentLifParameters parameters = integrators(size[2], 0.9f, NO_FLOOR, true);
        float[] x = golden.floats("libox.x");
        CurrentLifSequence found = run(backend, shape, parameters, x);
        assertClose(found.membrane(), golden.floats("libox.v"));
        float[] c = golden.floats("c");
        var learnt =
                new Learnt(backend, shape, parameters, x, found, Surrogate.of(Surrogate.Kind.STRAIGHT_THROUGH), true);
        assertGradient(learnt.of(new float[c.length], c), golden.floats("libox.dz.gx"));
    }

    private static CurrentLifParameters integrators(int n, float decay, float floor, boolean normalised) {
        return new CurrentLifParameters(
                0,
                new float[0],
                all(n, decay),
                all(n, Float.POSITIVE_INFINITY),
                Reset.NONE,
                floor,
                1,
                new CurrentLifRule(normalised, 0, 0));
    }

    /** Gradients of the input. */
    @SuppressWarnings("ArrayRecordComponent") // a bundle, never compared
    private record Learnt(
            String backend,
            SequenceShape shape,
            CurrentLifParameters parameters,
            float[] x,
            CurrentLifSequence sequence,
            Surrogate surrogate,
            boolean detached) {

        float[] of(float[] spikes, float[] membranes) {
            float[] gx = new float[x.length];
            Backends.named(backend, 2)
                    .currentLifBackward(
                            shape,
                            parameters,
                            x,
                            sequence,
                            new CurrentLifAdjoint(
                                    surrogate, detached, spikes, membranes, gx, CurrentLifGradients.UNWANTED));
            return gx;
        }

        float[] ofSpikes(float[] c) {
            return of(c, new float[c.length]);
        }

        /** Of Σ c·v with v after reset and floor, by what reset and floor make of p and k. */
        float[] ofMembranes(float[] c, float[] after) {
            float[] spikes = new float[c.length];
            float[] membranes = new float[c.length];
            for (int i = 0; i < c.length; i++) {
                if (after[i] > parameters.floor()) {
                    boolean zeroed = parameters.reset() == Reset.ZERO && sequence.spikes()[i] > 0;
                    membranes[i] = zeroed ? 0 : c[i];
                    spikes[i] = detached
                            ? 0
                            : parameters.reset() == Reset.SUBTRACT
                                    ? -parameters.threshold()[i % shape.neurons()] * c[i]
                                    : (parameters.rule().resetLevel() - sequence.membrane()[i]) * c[i];
                }
            }
            return of(spikes, membranes);
        }
    }

    private static float[] scaled(float[] values, float factor) {
        for (int i = 0; i < values.length; i++) {
            values[i] *= factor;
        }
        return values;
    }

    /** Within 1e-4 of the largest. */
    private static void assertGradient(float[] found, float[] expected) {
        float largest = 0;
        for (float value : expected) {
            largest = Math.max(largest, Math.abs(value));
        }
        assertThat(largest).isPositive();
        assertThat(found).containsExactly(expected, Offset.offset(1e-4f * largest));
    }

    @ParameterizedTest
    @ValueSource(strings = {"scalar", "vector"})
    void shouldRunTwoLayersOfSinabs(String backend) {
        GoldenFile golden = GoldenFile.open("sinabs_net");
        float[] spikes = timeMajor(golden.floats("x"), golden.shape("x"));
        for (int layer = 1; layer <= 2; layer++) {
            int[] size = golden.shape("s" + layer);
            int[] weights = golden.shape("W" + layer);
            var shape = new SequenceShape(size[1], size[0], size[2]);
            float[] weight = new float[weights[0] * weights[1]];
            float[] given = golden.floats("W" + layer); // [out, in]
            for (int i = 0; i < weight.length; i++) {
                weight[i % weights[1] * weights[0] + i / weights[1]] = given[i];
            }
            float[] current = new float[shape.size()];
            Backends.named(backend, 2).dense(shape.rows(), weights[1], weights[0], spikes, weight, null, current);
            var parameters = new CurrentLifParameters(
                    0, new float[0], all(size[2], 1f), all(size[2], 1f), Reset.SUBTRACT, -1f, UNLIMITED);
            CurrentLifSequence found = run(backend, shape, parameters, current);
            assertSpikes(found, timeMajor(golden.floats("s" + layer), size));
            assertClose(after(shape, parameters, found), timeMajor(golden.floats("v" + layer), size));
            spikes = found.spikes();
        }
    }

    /**
     * Rockpool's input is neuron-major, and it has a bias: one more synapse here, of decay 1/2, whose input is the bias in each
     * step and twice that in the first, so that its current is the bias, exactly.
     */
    @ParameterizedTest
    @CsvSource({"syn1, 65536", "syn2, 65536", "syn2_max1, 1", "decays, 65536", "bitshift, 65536"})
    void shouldSpikeAndLearnAsRockpool(String key, int maximum) {
        GoldenFile golden = GoldenFile.open("rockpool_lif");
        int[] size = golden.shape(key + ".vmem");
        int n = size[2];
        int given = golden.shape(key + ".x")[2] / n;
        int synapses = given + 1;
        var shape = new SequenceShape(size[1], size[0], n);
        float[] x = timeMajor(golden.floats(key + ".x"), golden.shape(key + ".x"));
        float[] bias = golden.floats(key + ".bias");
        float[] input = new float[shape.size() * synapses];
        float[] synapseDecay = all(synapses * n, 0.5f);
        float[] givenDecay = decays(golden, key, true);
        for (int j = 0; j < n; j++) {
            for (int s = 0; s < given; s++) {
                synapseDecay[s * n + j] = givenDecay[j * given + s];
            }
            for (int r = 0; r < shape.rows(); r++) {
                for (int s = 0; s < given; s++) {
                    input[(r * synapses + s) * n + j] = x[(r * n + j) * given + s];
                }
                input[(r * synapses + given) * n + j] = r < shape.batch() ? 2 * bias[j] : bias[j];
            }
        }
        var parameters = new CurrentLifParameters(
                synapses,
                synapseDecay,
                decays(golden, key, false),
                golden.floats(key + ".threshold"),
                Reset.SUBTRACT,
                NO_FLOOR,
                maximum);
        for (String backend : new String[] {"scalar", "vector"}) {
            CurrentLifSequence found = run(backend, shape, parameters, input);
            assertSpikes(found, timeMajor(golden.floats(key + ".spikes"), size));
            float[] after = after(shape, parameters, found);
            assertClose(after, timeMajor(golden.floats(key + ".vmem"), size));
            float[] c = timeMajor(golden.floats("c"), size);
            var learnt = new Learnt(backend, shape, parameters, input, found, Surrogate.of(Surrogate.Kind.STEP), false);
            assertGradient(neuronMajor(learnt.ofSpikes(c), n, given), rows(golden, key + ".dspikes.gx"));
            assertGradient(neuronMajor(learnt.ofMembranes(c, after), n, given), rows(golden, key + ".dvmem.gx"));
        }
    }

    private static float[] rows(GoldenFile golden, String name) {
        return timeMajor(golden.floats(name), golden.shape(name));
    }

    /** The gradient of Rockpool's input out of ours, which has a synapse more. */
    private static float[] neuronMajor(float[] gradient, int n, int given) {
        float[] result = new float[gradient.length / (given + 1) * given];
        for (int i = 0; i < result.length; i++) {
            int row = i / (n * given);
            result[i] = gradient[(row * (given + 1) + i % given) * n + i / given % n];
        }
        return result;
    }

    private static float[] decays(GoldenFile golden, String key, boolean synapse) {
        if (golden.has(key + ".alpha")) {
            return golden.floats(key + (synapse ? ".beta" : ".alpha"));
        }
        boolean shifts = golden.has(key + ".dash_mem");
        float[] values = golden.floats(key + (shifts ? ".dash_" : ".tau_") + (synapse ? "syn" : "mem"));
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (shifts ? 1 - Math.pow(2, -values[i]) : Math.exp(-1e-3 / values[i]));
        }
        return values;
    }

    private static CurrentLifSequence run(
            String backend, SequenceShape shape, CurrentLifParameters parameters, float[] input) {
        CurrentLifSequence sequence = CurrentLifSequence.of(shape, parameters);
        Backends.named(backend, 2).currentLif(shape, parameters, input, sequence);
        return sequence;
    }

    private static float[] after(SequenceShape shape, CurrentLifParameters parameters, CurrentLifSequence sequence) {
        float[] v = new float[shape.size()];
        for (int i = 0; i < v.length; i++) {
            v[i] = NeuronArithmetic.countedAfter(
                    parameters.reset().code,
                    sequence.membrane()[i],
                    sequence.spikes()[i],
                    parameters.threshold()[i % shape.neurons()],
                    parameters.floor(),
                    parameters.rule().resetLevel(),
                    parameters.rule().stepOffset());
        }
        return v;
    }

    private static void assertSpikes(CurrentLifSequence found, float[] expected) {
        for (int i = 0; i < expected.length; i++) {
            expected[i] += 0f; // Sinabs has −0 for none
        }
        assertThat(found.spikes()).containsExactly(expected);
        assertThat(found.spikes()).contains(1f);
    }

    private static void assertClose(float[] found, float[] expected) {
        assertThat(found).containsExactly(expected, Offset.offset(TOLERANCE));
    }

    private static float[] all(int length, float value) {
        float[] values = new float[length];
        Arrays.fill(values, value);
        return values;
    }

    /** {@code [B, T, N]} as {@code [T, B, N]}. */
    private static float[] timeMajor(float[] values, int[] size) {
        float[] result = new float[values.length];
        for (int row = 0; row < size[0] * size[1]; row++) {
            int to = row % size[1] * size[0] + row / size[1];
            System.arraycopy(values, row * size[2], result, to * size[2], size[2]);
        }
        return result;
    }
}

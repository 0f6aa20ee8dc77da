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

/** LIF driven by synaptic currents against Sinabs and Rockpool: every spike, states but for rounding. */
class GoldenCurrentLifTest {

    private static final float TOLERANCE = 1e-4f;
    private static final int UNLIMITED = CurrentLifParameters.MAXIMUM_SPIKES;
    private static final float NO_FLOOR = Float.NEGATIVE_INFINITY;

    /** Those of the file's cases that neither normalise their input nor reset to another value than 0. */
    @ParameterizedTest
    @CsvSource({
        "iaf_multi, 0, 0, 1, 65536, SUBTRACT, -Infinity",
        "iaf_single, 0, 0, 1, 1, SUBTRACT, -Infinity",
        "iaf_multi_min, 0, 0, 1, 65536, SUBTRACT, -0.4",
        "iaf_single_min, 0, 0, 1, 1, SUBTRACT, -0.4",
        "iaf_multi_reset0, 0, 0, 1, 65536, ZERO, -Infinity",
        "iaf_multi_th, 0, 0, 0.7, 65536, SUBTRACT, -Infinity",
        "iaf_multi_syn, 0, 4, 1, 65536, SUBTRACT, -Infinity",
        "iaf_max3, 0, 0, 1, 3, SUBTRACT, -Infinity",
        "lif_raw, 8, 0, 1, 65536, SUBTRACT, -Infinity",
        "lif_syn_raw, 8, 5, 1, 65536, SUBTRACT, -Infinity"
    })
    void shouldSpikeAsSinabs(
            String key, double tauMembrane, double tauSynapse, float threshold, int maximum, Reset reset, float floor) {
        GoldenFile golden = GoldenFile.open("sinabs_iaf");
        int[] size = golden.shape(key + ".x");
        var shape = new SequenceShape(size[1], size[0], size[2]);
        int synapses = tauSynapse == 0 ? 0 : 1;
        var parameters = new CurrentLifParameters(
                synapses,
                all(synapses * shape.neurons(), (float) Math.exp(-1 / tauSynapse)),
                all(shape.neurons(), tauMembrane == 0 ? 1f : (float) Math.exp(-1 / tauMembrane)),
                all(shape.neurons(), threshold),
                reset,
                floor,
                maximum);
        for (String backend : new String[] {"scalar", "vector"}) {
            CurrentLifSequence found = run(backend, shape, parameters, timeMajor(golden.floats(key + ".x"), size));
            assertSpikes(found, timeMajor(golden.floats(key + ".out"), size));
            assertClose(after(shape, parameters, found), timeMajor(golden.floats(key + ".v"), size));
            if (synapses > 0) {
                assertClose(found.synapse(), timeMajor(golden.floats(key + ".i_syn"), size));
            }
        }
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
    void shouldSpikeAsRockpool(String key, int maximum) {
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
            assertClose(after(shape, parameters, found), timeMajor(golden.floats(key + ".vmem"), size));
        }
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
                    parameters.floor());
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

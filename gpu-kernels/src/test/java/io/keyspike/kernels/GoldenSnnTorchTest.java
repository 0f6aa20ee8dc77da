package io.keyspike.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyspike.kernels.backends.Backends;
import io.keyspike.testing.GoldenFile;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Leaky, RLeaky, Synaptic and RSynaptic against snnTorch: every spike, membranes and gradients but for rounding. */
class GoldenSnnTorchTest {

    /** Divided by the largest membrane, or 1: snnTorch rounds in float32 too, in another order. */
    private static final double MEMBRANE_TOLERANCE = 5e-6;

    /** Divided by the largest value of the gradient. */
    private static final double GRADIENT_TOLERANCE = 5e-4;

    private static Stream<Arguments> cases() {
        return Stream.of("scalar", "vector")
                .flatMap(backend -> Stream.of(Reset.values())
                        .flatMap(
                                reset -> Stream.of(true, false).map(delayed -> Arguments.of(backend, reset, delayed))));
    }

    static Stream<Arguments> leakyCases() {
        return cases();
    }

    @ParameterizedTest
    @MethodSource("leakyCases")
    void shouldRunAndLearnAsLeaky(String backend, Reset reset, boolean delayed) {
        GoldenFile golden = GoldenFile.open("snntorch_leaky");
        SequenceShape shape = shape(golden);
        LeakyParameters parameters = parameters(golden, shape, false, reset, delayed);
        String key = key(reset, delayed);
        KernelBackend kernels = Backends.named(backend, 2);
        LeakySequence sequence = LeakySequence.of(parameters, shape.size());

        kernels.leaky(shape, parameters, null, golden.floats("x"), sequence);

        assertThat(sequence.spikes()).containsExactly(golden.floats(key + ".spk"));
        assertMembrane(sequence.membrane(), golden.floats(key + ".mem"));
        for (String surrogate : new String[] {"default", "fast_sigmoid", "atan", "sigmoid", "straight_through"}) {
            for (String loss : new String[] {"dspk", "dmem"}) {
                String gradient = key + "." + surrogate + "." + loss;
                Gradients g = gradients(kernels, shape, parameters, null, surrogate(surrogate), sequence, loss, golden);
                assertGradient(gradient + ".gx", g.current, golden.floats(gradient + ".gx"));
                assertGradient(gradient + ".gbeta", sum(g.decay), golden.floats(gradient + ".gbeta"));
                assertGradient(gradient + ".gthreshold", sum(g.threshold), golden.floats(gradient + ".gthreshold"));
            }
        }
    }

    static Stream<Arguments> recurrentCases() {
        return cases().flatMap(c -> Stream.of(RecurrentWiring.ALL_TO_ALL, RecurrentWiring.ONE_TO_ONE)
                .map(wiring -> Arguments.of(c.get()[0], c.get()[1], c.get()[2], wiring)));
    }

    @ParameterizedTest
    @MethodSource("recurrentCases")
    void shouldRunAndLearnAsRecurrentLeaky(String backend, Reset reset, boolean delayed, RecurrentWiring wiring) {
        GoldenFile golden = GoldenFile.open("snntorch_rleaky");
        SequenceShape shape = shape(golden);
        int n = shape.neurons();
        LeakyParameters parameters = parameters(golden, shape, false, reset, delayed);
        boolean allToAll = wiring == RecurrentWiring.ALL_TO_ALL;
        float[] weight = allToAll ? transposed(golden.floats("W"), n) : golden.floats("V");
        var recurrent = new RecurrentSynapses(wiring, weight);
        float[] x = golden.floats("x");
        if (allToAll) { // a bias of the recurrent synapses is one of the currents
            addBias(x, golden.floats("b"));
        }
        KernelBackend kernels = Backends.named(backend, 2);
        LeakySequence sequence = LeakySequence.of(parameters, shape.size());

        kernels.leaky(shape, parameters, recurrent, x, sequence);

        String key = (allToAll ? "all_to_all." : "one_to_one.") + key(reset, delayed);
        assertThat(sequence.spikes()).containsExactly(golden.floats(key + ".spk"));
        assertMembrane(sequence.membrane(), golden.floats(key + ".mem"));
        for (String loss : new String[] {"dspk", "dmem"}) {
            String gradient = key + "." + loss;
            Gradients g = gradients(kernels, shape, parameters, recurrent, Surrogate.DEFAULT, sequence, loss, golden);
            assertGradient(gradient + ".gx", g.current, golden.floats(gradient + ".gx"));
            if (allToAll) {
                assertGradient(gradient + ".gW", transposed(g.recurrent, n), golden.floats(gradient + ".gW"));
                assertGradient(gradient + ".gb", columnSums(g.current, n), golden.floats(gradient + ".gb"));
            } else {
                assertGradient(gradient + ".gV", g.recurrent, golden.floats(gradient + ".gV"));
            }
        }
    }

    static Stream<Arguments> synapticCases() {
        return cases();
    }

    @ParameterizedTest
    @MethodSource("synapticCases")
    void shouldRunAndLearnAsSynaptic(String backend, Reset reset, boolean delayed) {
        GoldenFile golden = GoldenFile.open("snntorch_synaptic");
        SequenceShape shape = shape(golden);
        LeakyParameters parameters = parameters(golden, shape, true, reset, delayed);
        String key = key(reset, delayed);
        KernelBackend kernels = Backends.named(backend, 2);
        LeakySequence sequence = LeakySequence.of(parameters, shape.size());

        kernels.leaky(shape, parameters, null, golden.floats("x"), sequence);

        assertThat(sequence.spikes()).containsExactly(golden.floats(key + ".spk"));
        assertMembrane(sequence.membrane(), golden.floats(key + ".mem"));
        assertMembrane(java.util.Objects.requireNonNull(sequence.synapse()), golden.floats(key + ".syn"));
        for (String loss : new String[] {"dspk", "dmem", "dsyn"}) {
            String gradient = key + "." + loss;
            Gradients g = gradients(kernels, shape, parameters, null, Surrogate.DEFAULT, sequence, loss, golden);
            assertGradient(gradient + ".gx", g.current, golden.floats(gradient + ".gx"));
            assertGradient(gradient + ".galpha", sum(g.synapseDecay), golden.floats(gradient + ".galpha"));
            assertGradient(gradient + ".gbeta", sum(g.decay), golden.floats(gradient + ".gbeta"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"scalar", "vector"})
    void shouldRunTwoLayersOfRecurrentSynaptic(String backend) {
        GoldenFile golden = GoldenFile.open("nir_snntorch_rsynaptic");
        KernelBackend kernels = Backends.named(backend, 2);
        int[] size = golden.shape("x");
        float[] first = recurrentSynaptic(kernels, golden, golden.floats("x"), size, "0", "1", 1);
        recurrentSynaptic(kernels, golden, first, new int[] {size[0], size[1], 8}, "2", "3", 2);
    }

    private static float[] recurrentSynaptic(
            KernelBackend kernels, GoldenFile golden, float[] x, int[] size, String synapse, String layer, int index) {
        float[] threshold = golden.floats("snntorch." + layer + ".threshold");
        int n = threshold.length;
        var shape = new SequenceShape(size[0], size[1], n);
        var parameters = new LeakyParameters(
                golden.floats("snntorch." + layer + ".alpha"),
                golden.floats("snntorch." + layer + ".beta"),
                threshold,
                Reset.SUBTRACT,
                true);
        float[] bias = golden.floats("node." + layer + ".w_rec.bias");
        if (golden.has("node." + synapse + ".bias")) {
            float[] own = golden.floats("node." + synapse + ".bias");
            for (int i = 0; i < n; i++) {
                bias[i] += own[i];
            }
        }
        float[] current = new float[shape.size()];
        float[] weight = transposed(golden.floats("node." + synapse + ".weight"), n, size[2]);
        kernels.dense(shape.rows(), size[2], n, x, weight, bias, current);
        LeakySequence sequence = LeakySequence.of(parameters, shape.size());
        var recurrent = new RecurrentSynapses(
                RecurrentWiring.ALL_TO_ALL, transposed(golden.floats("node." + layer + ".w_rec.weight"), n));

        kernels.leaky(shape, parameters, recurrent, current, sequence);

        assertThat(sequence.spikes()).containsExactly(golden.floats("spk" + index));
        assertMembrane(sequence.membrane(), golden.floats("mem" + index));
        return sequence.spikes();
    }

    @ParameterizedTest
    @ValueSource(strings = {"scalar", "vector"})
    void shouldRunTheNetworkForImages(String backend) {
        GoldenFile golden = GoldenFile.open("snntorch_mnist_net");
        KernelBackend kernels = Backends.named(backend, 2);
        int[] size = golden.shape("mem1");
        float[] image = golden.floats("x");
        float[] x = new float[size[0] * image.length];
        for (int t = 0; t < size[0]; t++) {
            System.arraycopy(image, 0, x, t * image.length, image.length);
        }
        float beta = (float) golden.params().get("beta").asDouble();
        float[] spikes = x;
        int inputs = image.length / size[1];
        for (int layer = 1; layer <= 2; layer++) {
            int n = golden.shape("mem" + layer)[2];
            var shape = new SequenceShape(size[0], size[1], n);
            var parameters = new LeakyParameters(null, filled(n, beta), filled(n, 1f), Reset.SUBTRACT, true);
            LeakySequence sequence = LeakySequence.of(parameters, shape.size());
            float[] current = new float[shape.size()];
            float[] weight = transposed(golden.floats("fc" + layer + ".weight"), n, inputs);
            kernels.dense(shape.rows(), inputs, n, spikes, weight, golden.floats("fc" + layer + ".bias"), current);
            kernels.leaky(shape, parameters, null, current, sequence);

            assertThat(sequence.spikes()).containsExactly(golden.floats("spk" + layer));
            assertThat(sequence.spikes()).contains(1f).contains(0f);
            assertMembrane(sequence.membrane(), golden.floats("mem" + layer));
            spikes = sequence.spikes();
            inputs = n;
        }
    }

    @SuppressWarnings("ArrayRecordComponent") // results of one backward pass
    private record Gradients(
            float[] current, float[] synapseDecay, float[] decay, float[] threshold, float[] recurrent) {}

    /** Of the loss {@code Σ c·spk}, {@code Σ c·mem} or {@code Σ c·syn}. */
    private static Gradients gradients(
            KernelBackend kernels,
            SequenceShape shape,
            LeakyParameters parameters,
            @Nullable RecurrentSynapses recurrent,
            Surrogate surrogate,
            LeakySequence sequence,
            String loss,
            GoldenFile golden) {
        float[] c = golden.floats("c");
        int n = shape.neurons();
        int weights = recurrent == null ? 0 : recurrent.weight().length;
        var g = new Gradients(new float[shape.size()], new float[n], new float[n], new float[n], new float[weights]);
        kernels.leakyBackward(new LeakyBackward(
                shape,
                parameters,
                recurrent,
                surrogate,
                sequence,
                new LeakyBackward.Given(
                        loss.equals("dspk") ? c : new float[shape.size()],
                        loss.equals("dmem") ? c : null,
                        loss.equals("dsyn") ? c : null),
                g.current,
                new LeakyGradients(g.synapseDecay, g.decay, g.threshold, recurrent == null ? null : g.recurrent)));
        return g;
    }

    private static SequenceShape shape(GoldenFile golden) {
        int[] size = golden.shape("x");
        return new SequenceShape(size[0], size[1], size[2]);
    }

    private static LeakyParameters parameters(
            GoldenFile golden, SequenceShape shape, boolean synaptic, Reset reset, boolean delayed) {
        int n = shape.neurons();
        return new LeakyParameters(
                synaptic ? filled(n, (float) golden.params().get("alpha").asDouble()) : null,
                filled(n, (float) golden.params().get("beta").asDouble()),
                filled(n, (float) golden.params().get("threshold").asDouble()),
                reset,
                delayed);
    }

    /** snnTorch's default is the arc tangent with α = 2. */
    private static Surrogate surrogate(String name) {
        return switch (name) {
            case "default" -> Surrogate.of(Surrogate.Kind.ATAN);
            default -> Surrogate.of(Surrogate.Kind.valueOf(name.toUpperCase(Locale.ROOT)));
        };
    }

    private static String key(Reset reset, boolean delayed) {
        return reset.name().toLowerCase(Locale.ROOT) + ".delay" + (delayed ? 1 : 0);
    }

    private static float[] filled(int length, float value) {
        float[] values = new float[length];
        Arrays.fill(values, value);
        return values;
    }

    private static float[] transposed(float[] w, int n) {
        return transposed(w, n, n);
    }

    /** PyTorch's {@code [out, in]} as {@code [in, out]}. */
    private static float[] transposed(float[] w, int out, int in) {
        float[] result = new float[w.length];
        for (int o = 0; o < out; o++) {
            for (int i = 0; i < in; i++) {
                result[i * out + o] = w[o * in + i];
            }
        }
        return result;
    }

    private static void addBias(float[] x, float[] bias) {
        for (int i = 0; i < x.length; i++) {
            x[i] += bias[i % bias.length];
        }
    }

    private static float[] sum(float[] values) {
        float sum = 0;
        for (float v : values) {
            sum += v;
        }
        return new float[] {sum};
    }

    private static float[] columnSums(float[] values, int columns) {
        float[] sums = new float[columns];
        for (int i = 0; i < values.length; i++) {
            sums[i % columns] += values[i];
        }
        return sums;
    }

    private static void assertMembrane(float[] actual, float[] expected) {
        double largest = 1;
        for (float e : expected) {
            largest = Math.max(largest, Math.abs(e));
        }
        for (int i = 0; i < expected.length; i++) {
            assertThat((double) actual[i])
                    .as("membrane at %d", i)
                    .isCloseTo(expected[i], Offset.offset(MEMBRANE_TOLERANCE * largest));
        }
    }

    private static void assertGradient(String what, float[] actual, float[] expected) {
        double largest = 0;
        for (float e : expected) {
            largest = Math.max(largest, Math.abs(e));
        }
        for (int i = 0; i < expected.length; i++) {
            assertThat((double) actual[i])
                    .as("%s[%d], largest %g", what, i, largest)
                    .isCloseTo(expected[i], Offset.offset(GRADIENT_TOLERANCE * largest));
        }
    }
}

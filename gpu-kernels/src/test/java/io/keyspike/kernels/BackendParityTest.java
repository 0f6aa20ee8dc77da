package io.keyspike.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.keyspike.kernels.backends.Backends;
import io.keyspike.kernels.internal.check.CheckedBackend;
import io.keyspike.kernels.internal.device.PlainDeviceBackend;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Law: the vector backend gives the reference's bits, at every size and with every number of threads, and so do the kernels
 * for devices.
 */
public class BackendParityTest {

    private static final KernelBackend REFERENCE = Backends.named("scalar", 1);

    /** System property: the one backend to compare with the reference. */
    public static final String CANDIDATE_PROPERTY = "keyspike.test.candidate";

    private static final List<KernelBackend> CANDIDATES = candidates();

    static Stream<Arguments> sequences() {
        return IntStream.of(1, 2, 3, 13, 16, 17, 31, 64, 100)
                .boxed()
                .flatMap(n -> Stream.of(1, 3, 8)
                        .flatMap(b -> Stream.of(1, 2, 50).map(t -> Arguments.of(new SequenceShape(t, b, n)))));
    }

    static Stream<Arguments> matrices() {
        return Stream.of(1, 7, 64, 403)
                .flatMap(rows -> Stream.of(1, 13, 32, 65)
                        .flatMap(inputs -> Stream.of(1, 2, 12, 16, 31, 64, 100)
                                .map(outputs -> Arguments.of(rows, inputs, outputs))));
    }

    /** One kernel call: takes a backend and the same fresh random numbers each time, and returns all that it wrote. */
    private interface Call {
        float[][] run(KernelBackend backend, Numbers numbers);
    }

    private static void assertSameBits(Call call) {
        assertSameBits(call, candidate -> true);
    }

    /** As above; devices have some of the surrogates only. */
    private static void assertSameBits(Surrogate.Kind kind, Call call) {
        assertSameBits(call, candidate -> kind.onDevices() || candidate.name().equals("vector"));
    }

    private static void assertSameBits(Call call, Predicate<KernelBackend> tried) {
        float[][] expected = call.run(REFERENCE, new Numbers());
        for (KernelBackend candidate : CANDIDATES) {
            if (!tried.test(candidate)) {
                continue;
            }
            float[][] found = call.run(candidate, new Numbers());
            for (int i = 0; i < expected.length; i++) {
                int at = Arrays.mismatch(expected[i], found[i]); // compares bits: +0 and −0 differ
                if (at >= 0) {
                    fail(
                            "%s (candidate %d), output %d at %d: expected %s, found %s",
                            candidate.name(), CANDIDATES.indexOf(candidate), i, at, expected[i][at], found[i][at]);
                }
            }
        }
    }

    /** The vector kernels with 1, 2, 4 and 8 threads, and the kernels for devices as plain Java; or what a property names. */
    private static List<KernelBackend> candidates() {
        String named = System.getProperty(CANDIDATE_PROPERTY);
        if (named != null) {
            return List.of(Backends.named(named, 1));
        }
        var candidates = new ArrayList<KernelBackend>();
        for (int threads : new int[] {1, 2, 4, 8}) {
            candidates.add(Backends.named("vector", threads));
        }
        candidates.add(new CheckedBackend(new PlainDeviceBackend()));
        return candidates;
    }

    @ParameterizedTest
    @MethodSource("matrices")
    public void shouldMultiplyRealInputs(int rows, int inputs, int outputs) {
        assertSameBits((kernels, numbers) -> {
            float[] y = new float[rows * outputs];
            kernels.dense(
                    rows,
                    inputs,
                    outputs,
                    numbers.real(rows * inputs),
                    numbers.real(inputs * outputs),
                    rows % 2 == 0 ? numbers.real(outputs) : null,
                    y);
            return new float[][] {y};
        });
    }

    @ParameterizedTest
    @MethodSource("matrices")
    public void shouldMultiplySparseSpikes(int rows, int inputs, int outputs) {
        assertSameBits((kernels, numbers) -> {
            float[] y = new float[rows * outputs];
            float[] x = numbers.spikes(rows * inputs, 0.08f);
            float[] weight = numbers.real(inputs * outputs);
            float[] bias = new float[outputs];
            Arrays.fill(bias, -0f);
            kernels.dense(rows, inputs, outputs, x, weight, bias, y);
            float[] dw = numbers.real(inputs * outputs);
            kernels.denseParameterGradient(rows, inputs, outputs, x, numbers.real(rows * outputs), dw, null);
            return new float[][] {y, dw};
        });
    }

    @ParameterizedTest
    @MethodSource("matrices")
    public void shouldTakeGradientsOfSynapses(int rows, int inputs, int outputs) {
        assertSameBits((kernels, numbers) -> {
            float[] x = numbers.real(rows * inputs);
            float[] dy = numbers.real(rows * outputs);
            float[] weight = numbers.real(inputs * outputs);
            float[] dw = numbers.real(inputs * outputs);
            float[] db = numbers.real(outputs);
            float[] dx = new float[rows * inputs];
            kernels.denseParameterGradient(rows, inputs, outputs, x, dy, dw, db);
            kernels.denseInputGradient(rows, inputs, outputs, dy, weight, dx);
            return new float[][] {dw, db, dx};
        });
    }

    @ParameterizedTest
    @MethodSource("sequences")
    public void shouldWireTheFrontEnd(SequenceShape shape) {
        assertSameBits((kernels, numbers) -> {
            float[] x = numbers.real(shape.size());
            float[] dy = numbers.real(shape.size());
            float[] weight = numbers.real(shape.neurons());
            float[] y = new float[shape.size()];
            float[] dx = new float[shape.size()];
            float[] dw = numbers.real(shape.neurons());
            kernels.diagonal(shape.rows(), shape.neurons(), x, weight, y);
            kernels.diagonalInputGradient(shape.rows(), shape.neurons(), dy, weight, dx);
            kernels.diagonalParameterGradient(shape.rows(), shape.neurons(), x, dy, dw);
            return new float[][] {y, dx, dw};
        });
    }

    @ParameterizedTest
    @MethodSource("sequences")
    public void shouldRunLif(SequenceShape shape) {
        forEachLif(
                shape,
                parameters -> assertSameBits((kernels, numbers) -> {
                    float[] membrane = new float[shape.size()];
                    float[] spikes = new float[shape.size()];
                    kernels.lif(shape, parameters, numbers.real(shape.size()), membrane, spikes);
                    return new float[][] {membrane, spikes};
                }));
    }

    @ParameterizedTest
    @MethodSource("sequences")
    public void shouldTakeGradientsOfLif(SequenceShape shape) {
        forEachLif(shape, parameters -> {
            for (Surrogate.Kind kind : Surrogate.Kind.values()) {
                boolean detached = kind == Surrogate.Kind.FAST_SIGMOID || kind == Surrogate.Kind.SIGMOID;
                assertSameBits(
                        kind,
                        (kernels, numbers) ->
                                lifGradients(kernels, numbers, shape, parameters, new Surrogate(kind, 10f), detached));
                assertSameBits(
                        kind,
                        (kernels, numbers) ->
                                lifGradients(kernels, numbers, shape, parameters, new Surrogate(kind, 10f), !detached));
            }
        });
    }

    private static float[][] lifGradients(
            KernelBackend kernels,
            Numbers numbers,
            SequenceShape shape,
            LifParameters parameters,
            Surrogate surrogate,
            boolean detached) {
        float[] membrane = new float[shape.size()];
        REFERENCE.lif(shape, parameters, numbers.real(shape.size()), membrane, new float[shape.size()]);
        float[] gI = new float[shape.size()];
        float[] gBeta = numbers.real(shape.neurons());
        float[] gTheta = numbers.real(shape.neurons());
        kernels.lifBackward(new LifBackward(
                shape,
                parameters,
                surrogate,
                detached,
                Membranes.around(membrane),
                new LifBackward.Given(
                        numbers.real(shape.size()),
                        false,
                        detached ? null : numbers.real(shape.size()),
                        detached ? numbers.real(shape.size()) : null),
                new LifBackward.Wanted(gI, gBeta, shape.batch() == 3 ? null : gTheta)));
        return new float[][] {gI, gBeta, gTheta};
    }

    private static void forEachLif(SequenceShape shape, Consumer<LifParameters> body) {
        Numbers numbers = new Numbers();
        float[] decay = numbers.between(shape.neurons(), 0.5f, 1f);
        float[] threshold = numbers.between(shape.neurons(), 0.1f, 1f);
        for (Reset reset : Reset.values()) {
            body.accept(new LifParameters(decay, threshold, reset, Float.NEGATIVE_INFINITY));
            body.accept(new LifParameters(decay, threshold, reset, 0f));
        }
    }

    @ParameterizedTest
    @MethodSource("sequences")
    public void shouldRunAdaptiveLif(SequenceShape shape) {
        assertSameBits((kernels, numbers) -> {
            AdaptiveLifParameters parameters = numbers.adaptive(shape.neurons());
            float[] membrane = new float[shape.size()];
            float[] adaptation = new float[shape.size()];
            float[] spikes = new float[shape.size()];
            float[] current = numbers.real(shape.size());
            kernels.adaptiveLif(shape, parameters, current, membrane, adaptation, spikes);
            float[] membraneOfBits = new float[shape.size()];
            float[] adaptationOfBits = new float[shape.size()];
            long[] bits = new long[SpikeBits.words(shape)];
            Arrays.fill(bits, -1); // is overwritten
            kernels.adaptiveLifBits(shape, parameters, current, membraneOfBits, adaptationOfBits, bits);
            long[] expected = new long[bits.length];
            SpikeBits.pack(shape, spikes, expected);
            assertThat(bits).isEqualTo(expected);
            assertThat(membraneOfBits).isEqualTo(membrane);
            assertThat(adaptationOfBits).isEqualTo(adaptation);
            return new float[][] {membrane, adaptation, spikes};
        });
    }

    @ParameterizedTest
    @MethodSource("sequences")
    public void shouldTakeGradientsOfAdaptiveLif(SequenceShape shape) {
        for (Surrogate.Kind kind : Surrogate.Kind.values()) {
            assertSameBits(kind, (kernels, numbers) -> adaptiveGradients(kernels, numbers, shape, kind, false));
        }
        assertSameBits(
                (kernels, numbers) -> adaptiveGradients(kernels, numbers, shape, Surrogate.Kind.FAST_SIGMOID, true));
    }

    private static float[][] adaptiveGradients(
            KernelBackend kernels, Numbers numbers, SequenceShape shape, Surrogate.Kind kind, boolean detached) {
        AdaptiveLifParameters parameters = numbers.adaptive(shape.neurons());
        float[] membrane = new float[shape.size()];
        float[] adaptation = new float[shape.size()];
        REFERENCE.adaptiveLif(
                shape, parameters, numbers.real(shape.size()), membrane, adaptation, new float[shape.size()]);
        float[] gS = numbers.real(shape.size());
        float[] gI = detached ? gS : new float[shape.size()]; // in place, too
        AdaptiveLifParameters gradient = numbers.adaptive(shape.neurons());
        kernels.adaptiveLifBackward(new AdaptiveLifBackward(
                shape,
                parameters,
                new Surrogate(kind, 2f),
                detached,
                membrane,
                adaptation,
                gS,
                gI,
                shape.batch() == 3 ? null : gradient));
        return new float[][] {
            gI,
            gradient.membraneDecay(),
            gradient.adaptationDecay(),
            gradient.membraneCoupling(),
            gradient.spikeCoupling(),
            gradient.threshold()
        };
    }

    @ParameterizedTest
    @MethodSource("sequences")
    public void shouldRunTheLeakyIntegratorAndItsGradients(SequenceShape shape) {
        assertSameBits((kernels, numbers) -> {
            float[] decay = numbers.between(shape.neurons(), 0.5f, 1f);
            float[] current = numbers.real(shape.size());
            float[] output = new float[shape.size()];
            float[] gI = new float[shape.size()];
            float[] gDecay = numbers.real(shape.neurons());
            kernels.leakyIntegrator(shape, decay, current, output);
            kernels.leakyIntegratorBackward(
                    shape, decay, output, current, numbers.real(shape.size()), gI, shape.batch() == 3 ? null : gDecay);
            return new float[][] {output, gI, gDecay};
        });
    }

    @ParameterizedTest
    @MethodSource("sequences")
    public void shouldNormaliseAndTakeItsGradients(SequenceShape shape) {
        assertSameBits((kernels, numbers) -> {
            int rows = shape.rows();
            int neurons = shape.neurons();
            float[] x = numbers.real(shape.size());
            float[] gain = numbers.between(neurons, 0.5f, 1.5f);
            float[] mean = new float[neurons];
            float[] variance = new float[neurons];
            float[] y = new float[shape.size()];
            kernels.batchNorm(new BatchNorm(rows, neurons, gain, 1e-5f, mean, variance), x, numbers.real(neurons), y);
            float[] dy = numbers.real(shape.size());
            float[] gGain = numbers.real(neurons);
            float[] gShift = numbers.real(neurons);
            kernels.batchNormBackward(
                    new BatchNorm(rows, neurons, gain, 1e-5f, mean, variance), x, dy, dy, gGain, gShift);
            return new float[][] {mean, variance, y, dy, gGain, gShift};
        });
    }

    @ParameterizedTest
    @MethodSource("sequences")
    void shouldRunLifAsTrainingWantsIt(SequenceShape shape) {
        for (boolean constant : new boolean[] {false, true}) {
            for (Membranes.Precision precision : Membranes.Precision.values()) {
                for (boolean plain : new boolean[] {false, true}) {
                    forEachLif(
                            shape,
                            parameters -> assertSameBits((kernels, numbers) ->
                                    runTraining(kernels, numbers, shape, parameters, constant, precision, plain)));
                }
            }
        }
    }

    /** @param plain whether no gradient of membranes is given and no decay is learnt, as in most networks */
    private static float[][] runTraining(
            KernelBackend kernels,
            Numbers numbers,
            SequenceShape shape,
            LifParameters parameters,
            boolean constant,
            Membranes.Precision precision,
            boolean plain) {
        float[] current = numbers.real(constant ? shape.lanes() : shape.size());
        Membranes membranes = Membranes.of(precision, shape.size());
        float[] spikes = new float[shape.size()];
        long[] bits = new long[SpikeBits.words(shape)];
        kernels.lifTraining(new LifTraining(shape, parameters, current, constant, membranes, spikes, bits));
        float[] unpacked = new float[shape.size()];
        SpikeBits.unpack(shape, bits, unpacked);
        float[] kept = new float[shape.size()];
        for (int i = 0; i < kept.length; i++) {
            kept[i] = membranes.get(i);
        }
        float[] dI = new float[constant ? shape.lanes() : shape.size()];
        float[] dDecay = numbers.real(shape.neurons());
        float[] dThreshold = numbers.real(shape.neurons());
        boolean detached = plain && shape.batch() > 1;
        kernels.lifBackward(new LifBackward(
                shape,
                parameters,
                Surrogate.DEFAULT,
                detached,
                membranes,
                new LifBackward.Given(
                        numbers.real(constant ? shape.lanes() : shape.size()),
                        constant,
                        constant || plain ? null : numbers.real(shape.size()),
                        null),
                new LifBackward.Wanted(dI, constant, plain && constant ? null : dDecay, dThreshold)));
        return new float[][] {spikes, unpacked, kept, dI, dDecay, dThreshold};
    }

    static Stream<Arguments> spikeProducts() {
        return Stream.of(
                        new SequenceShape(1, 1, 1),
                        new SequenceShape(3, 2, 40),
                        new SequenceShape(20, 3, 64),
                        new SequenceShape(9, 4, 100),
                        new SequenceShape(37, 5, 72),
                        new SequenceShape(59, 5, 66),
                        new SequenceShape(5, 2, 1000))
                .flatMap(shape -> Stream.of(1, 2, 7, 10, 16, 35, 128, 200)
                        .flatMap(outputs -> Stream.of(0f, 0.1f, 0.3f, 0.9f)
                                .flatMap(rate -> Stream.of(1f, 1 / 0.9f)
                                        .map(height -> Arguments.of(shape, outputs, rate, height)))));
    }

    @ParameterizedTest
    @MethodSource("spikeProducts")
    void shouldMultiplySpikesGivenAsBits(SequenceShape shape, int outputs, float rate, float height) {
        assertSameBits((kernels, numbers) -> {
            float[] x = numbers.spikes(shape.size(), rate);
            long[] bits = new long[SpikeBits.words(shape)];
            SpikeBits.pack(shape, x, bits);
            for (int i = 0; i < x.length; i++) {
                x[i] *= height;
            }
            float[] weight = numbers.real(shape.neurons() * outputs);
            float[] dy = numbers.real(shape.rows() * outputs);
            DenseProducts products = kernels.products(shape.neurons(), outputs);
            float[] bias = numbers.real(outputs);
            products.lay(weight, bias, DenseProducts.Use.values());
            float[][] found = new float[7][];
            found[0] = new float[dy.length];
            found[1] = new float[dy.length];
            found[2] = new float[shape.size()];
            products.forward(shape.rows(), x, found[0]);
            products.forwardSpikes(shape, bits, height, found[1]);
            products.inputGradient(shape.rows(), dy, found[2]);
            found[3] = numbers.real(weight.length);
            found[4] = numbers.real(outputs);
            found[5] = found[3].clone();
            found[6] = found[4].clone();
            products.parameterGradient(shape.rows(), x, dy, found[3], found[4]);
            products.parameterGradientSpikes(shape, bits, height, dy, found[5], found[6]);
            assertThat(found[1]).isEqualTo(found[0]);
            assertThat(found[5]).isEqualTo(found[3]);
            assertThat(found[6]).isEqualTo(found[4]);
            products.lay(weight, bias, DenseProducts.Use.values()); // after an input that was spikes given as numbers
            float[] again = new float[dy.length];
            products.forward(shape.rows(), x, again);
            assertThat(again).isEqualTo(found[0]);
            return found;
        });
    }

    /** What reads spikes in place of numbers must not take other numbers for spikes. */
    @Test
    void shouldMultiplyNumbersBetweenSpikes() {
        int inputs = 70;
        for (int odd = 0; odd < 3 * inputs; odd += 23) {
            int at = odd;
            assertSameBits((kernels, numbers) -> {
                float[] x = numbers.spikes(3 * inputs, 0.1f);
                x[at] = 2;
                float[] weight = numbers.real(inputs * 40);
                DenseProducts products = kernels.products(inputs, 40);
                float[][] found = {new float[120], new float[inputs * 40]};
                for (int time = 0; time < 2; time++) {
                    products.lay(weight, null, DenseProducts.Use.VALUES);
                    products.forward(3, x, found[0]);
                }
                products.parameterGradient(3, x, numbers.real(120), found[1], null);
                return found;
            });
        }
    }

    /** Seeded numbers of the kinds that kernels meet. */
    private static final class Numbers {

        private final Random random = new Random(20_260_801);

        float[] between(int length, float low, float high) {
            float[] values = new float[length];
            for (int i = 0; i < length; i++) {
                values[i] = low + (high - low) * random.nextFloat();
            }
            return values;
        }

        /** Of both signs, some of them zeros of either sign. */
        float[] real(int length) {
            float[] values = between(length, -1.5f, 1.5f);
            for (int i = 0; i < length; i++) {
                if (random.nextInt(8) == 0) {
                    values[i] = random.nextBoolean() ? 0f : -0f;
                }
            }
            return values;
        }

        float[] spikes(int length, float rate) {
            float[] values = new float[length];
            for (int i = 0; i < length; i++) {
                values[i] = random.nextFloat() < rate ? 1f : 0f;
            }
            return values;
        }

        AdaptiveLifParameters adaptive(int neurons) {
            return new AdaptiveLifParameters(
                    between(neurons, 0.1f, 0.9f),
                    between(neurons, 0.8f, 0.98f),
                    between(neurons, -0.2f, 0.2f),
                    between(neurons, -0.1f, 0.5f),
                    between(neurons, 0.5f, 1f));
        }
    }
}

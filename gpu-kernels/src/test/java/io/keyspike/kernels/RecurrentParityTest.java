package io.keyspike.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.keyspike.kernels.backends.Backends;
import io.keyspike.kernels.internal.arithmetic.NeuronArithmetic;
import java.util.Arrays;
import java.util.Objects;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Laws of neurons with recurrent synapses and of snnTorch's: the vector backend gives the reference's bits with every number
 * of threads, and so does a stream, step by step.
 */
class RecurrentParityTest {

    private static final KernelBackend REFERENCE = Backends.named("scalar", 1);
    private static final int[] THREADS = {1, 2, 8};

    static Stream<Arguments> sizes() {
        return Stream.of(1, 3, 13, 16, 31, 64)
                .flatMap(n -> Stream.of(1, 3, 9)
                        .flatMap(b -> Stream.of(1, 2, 20)
                                .flatMap(t -> Stream.of(RecurrentWiring.ALL_TO_ALL, RecurrentWiring.ONE_TO_ONE)
                                        .map(wiring -> Arguments.of(new SequenceShape(t, b, n), wiring)))));
    }

    @ParameterizedTest
    @MethodSource("sizes")
    void shouldRunAndLearnLif(SequenceShape shape, RecurrentWiring wiring) {
        for (Reset reset : Reset.values()) {
            boolean detached = reset == Reset.ZERO;
            assertSameBits(() -> {
                var numbers = new Numbers(shape);
                return new Lif(numbers, numbers.lif(reset), numbers.recurrent(wiring), detached);
            });
        }
    }

    @ParameterizedTest
    @MethodSource("sizes")
    void shouldRunAndLearnAdaptiveLif(SequenceShape shape, RecurrentWiring wiring) {
        assertSameBits(() -> {
            var numbers = new Numbers(shape);
            return new Adaptive(numbers, numbers.adaptive(), numbers.recurrent(wiring), shape.batch() == 3);
        });
    }

    @ParameterizedTest
    @MethodSource("sizes")
    void shouldRunAndLearnSnnTorchsNeurons(SequenceShape shape, RecurrentWiring wiring) {
        for (Reset reset : Reset.values()) {
            for (boolean delayed : new boolean[] {true, false}) {
                for (boolean synaptic : new boolean[] {true, false}) {
                    assertSameBits(() -> {
                        var numbers = new Numbers(shape);
                        return new Leaky(numbers, numbers.leaky(reset, delayed, synaptic), numbers.recurrent(wiring));
                    });
                    assertSameBits(() -> {
                        var numbers = new Numbers(shape);
                        return new Leaky(numbers, numbers.leaky(reset, delayed, synaptic), null);
                    });
                }
            }
        }
    }

    /** A layer with its input: runs on any backend, and as a stream. */
    private interface Layer {

        /** All that forward and backward pass write; {@code [0]} the spikes, {@code [1]} what a step leaves as membrane. */
        float[][] run(KernelBackend kernels);

        /** One step of the batch's first sequence, from current to the spikes' indices; memory and bits are updated. */
        int step(StepKernels kernels, float[] current, float[] memory, long[] bits, int[] fired);

        Numbers numbers();

        @Nullable
        RecurrentSynapses recurrent();
    }

    private static void assertSameBits(Supplier<Layer> fresh) {
        float[][] expected = fresh.get().run(REFERENCE);
        for (int threads : THREADS) {
            float[][] found = fresh.get().run(Backends.named("vector", threads));
            for (int i = 0; i < expected.length; i++) {
                int at = Arrays.mismatch(expected[i], found[i]); // compares bits: +0 and −0 differ
                if (at >= 0) {
                    fail(
                            "output %d at %d with %d threads: expected %s, found %s",
                            i, at, threads, expected[i][at], found[i][at]);
                }
            }
        }
        assertStream(fresh.get(), Backends.stepsNamed("scalar"), expected[0], expected[1]);
        assertStream(fresh.get(), Backends.stepsNamed("vector"), expected[0], expected[1]);
    }

    private static void assertStream(Layer layer, StepKernels kernels, float[] spikes, float[] membrane) {
        SequenceShape shape = layer.numbers().shape;
        int n = shape.neurons();
        float[] in = layer.numbers().current();
        float[] memory = new float[2 * n];
        long[] bits = new long[SpikeBits.wordsPerStep(n)];
        float[] total = new float[n];
        int[] fired = new int[n];
        int count = 0;
        for (int t = 0; t < shape.steps(); t++) {
            float[] current = row(in, t, shape);
            RecurrentSynapses recurrent = layer.recurrent();
            if (recurrent != null) {
                kernels.recurrent(StepRecurrence.of(kernels, recurrent, n), fired, count, current, total);
                current = total;
            }
            count = layer.step(kernels, current, memory, bits, fired);
            float[] expected = row(spikes, t, shape);
            float[] found = new float[n];
            for (int k = 0; k < count; k++) {
                found[fired[k]] = 1f;
                assertThat(SpikeBits.get(bits, 0, fired[k])).isTrue();
            }
            assertThat(Arrays.stream(bits).map(Long::bitCount).sum()).isEqualTo(count);
            assertThat(found).as("spikes of step %d", t).containsExactly(expected);
            assertThat(Arrays.copyOf(memory, n)).as("membrane of step %d", t).containsExactly(row(membrane, t, shape));
        }
    }

    private static float[] row(float[] values, int t, SequenceShape shape) {
        int from = t * shape.lanes();
        return Arrays.copyOfRange(values, from, from + shape.neurons());
    }

    private record Lif(Numbers numbers, LifParameters parameters, RecurrentSynapses recurrent, boolean detached)
            implements Layer {

        @Override
        public float[][] run(KernelBackend kernels) {
            SequenceShape shape = numbers.shape;
            float[] current = numbers.current();
            float[] membrane = new float[shape.size()];
            float[] spikes = new float[shape.size()];
            kernels.recurrentLif(shape, parameters, recurrent, current, membrane, spikes);
            float[] gs = numbers.real(shape.size());
            float[] gI = new float[shape.size()];
            float[] gBeta = numbers.real(shape.neurons());
            float[] gTheta = numbers.real(shape.neurons());
            float[] gW = numbers.real(recurrent.weight().length);
            kernels.recurrentLifBackward(
                    new LifBackward(
                            shape,
                            parameters,
                            numbers.surrogate(),
                            detached,
                            Membranes.around(membrane),
                            new LifBackward.Given(gs),
                            new LifBackward.Wanted(gI, shape.batch() == 9 ? null : gBeta, gTheta)),
                    new RecurrentBackward(recurrent, spikes, gW));
            float[] after = new float[shape.size()];
            for (int i = 0; i < after.length; i++) {
                after[i] = NeuronArithmetic.lifAfter(
                        parameters.reset().code,
                        membrane[i],
                        parameters.threshold()[i % shape.neurons()],
                        parameters.membraneFloor());
            }
            return new float[][] {spikes, after, current, membrane, gs, gI, gBeta, gTheta, gW};
        }

        @Override
        public int step(StepKernels kernels, float[] current, float[] memory, long[] bits, int[] fired) {
            return kernels.lif(parameters, current, memory, 0, bits, 0, fired);
        }
    }

    private record Adaptive(
            Numbers numbers, AdaptiveLifParameters parameters, RecurrentSynapses recurrent, boolean detached)
            implements Layer {

        @Override
        public float[][] run(KernelBackend kernels) {
            SequenceShape shape = numbers.shape;
            float[] current = numbers.current();
            float[] membrane = new float[shape.size()];
            float[] adaptation = new float[shape.size()];
            float[] spikes = new float[shape.size()];
            kernels.recurrentAdaptiveLif(shape, parameters, recurrent, current, membrane, adaptation, spikes);
            float[] gs = numbers.real(shape.size());
            float[] gI = new float[shape.size()];
            AdaptiveLifParameters g = numbers.adaptive();
            float[] gW = numbers.real(recurrent.weight().length);
            kernels.recurrentAdaptiveLifBackward(
                    new AdaptiveLifBackward(
                            shape, parameters, numbers.surrogate(), detached, membrane, adaptation, gs, gI, g),
                    new RecurrentBackward(recurrent, spikes, gW));
            return new float[][] {
                spikes,
                membrane,
                current,
                adaptation,
                gs,
                gI,
                gW,
                g.membraneDecay(),
                g.adaptationDecay(),
                g.membraneCoupling(),
                g.spikeCoupling()
            };
        }

        @Override
        public int step(StepKernels kernels, float[] current, float[] memory, long[] bits, int[] fired) {
            return kernels.adaptiveLif(parameters, current, memory, 0, bits, 0, fired);
        }
    }

    private record Leaky(
            Numbers numbers,
            LeakyParameters parameters,
            @Nullable RecurrentSynapses recurrent) implements Layer {

        @Override
        public float[][] run(KernelBackend kernels) {
            SequenceShape shape = numbers.shape;
            int n = shape.neurons();
            float[] current = numbers.current();
            LeakySequence sequence = LeakySequence.of(parameters, shape.size());
            kernels.leaky(shape, parameters, recurrent, current, sequence);
            float[] gs = numbers.real(shape.size());
            float[] gI = new float[shape.size()];
            float[] gAlpha = numbers.real(n);
            float[] gBeta = numbers.real(n);
            float[] gTheta = numbers.real(n);
            float[] gW = recurrent == null ? null : numbers.real(recurrent.weight().length);
            kernels.leakyBackward(new LeakyBackward(
                    shape,
                    parameters,
                    recurrent,
                    numbers.surrogate(),
                    sequence,
                    new LeakyBackward.Given(
                            gs,
                            shape.batch() == 3 ? null : numbers.real(shape.size()),
                            shape.batch() == 9 ? null : numbers.real(shape.size())),
                    gI,
                    new LeakyGradients(gAlpha, gBeta, gTheta, gW)));
            return new float[][] {
                sequence.spikes(),
                sequence.membrane(),
                sequence.potential(),
                Objects.requireNonNullElse(sequence.synapse(), gI),
                current,
                gs,
                gI,
                gAlpha,
                gBeta,
                gTheta,
                Objects.requireNonNullElse(gW, gI)
            };
        }

        @Override
        public int step(StepKernels kernels, float[] current, float[] memory, long[] bits, int[] fired) {
            return kernels.leaky(parameters, recurrent != null, current, memory, 0, bits, 0, fired);
        }
    }

    /** Seeded numbers for a layer. */
    private static final class Numbers {

        private final SequenceShape shape;
        private final Random random = new Random(20_261_121);

        Numbers(SequenceShape shape) {
            this.shape = shape;
        }

        /** The same at every call. */
        float[] current() {
            var same = new Random(7);
            float[] values = new float[shape.size()];
            for (int i = 0; i < values.length; i++) {
                values[i] = same.nextInt(8) == 0 ? -0f : 1.8f * same.nextFloat() - 0.6f;
            }
            return values;
        }

        float[] between(int length, float low, float high) {
            float[] values = new float[length];
            for (int i = 0; i < length; i++) {
                values[i] = low + (high - low) * random.nextFloat();
            }
            return values;
        }

        float[] real(int length) {
            return between(length, -1f, 1f);
        }

        Surrogate surrogate() {
            Surrogate.Kind[] kinds = Surrogate.Kind.values();
            return new Surrogate(kinds[shape.neurons() % kinds.length], 5f);
        }

        RecurrentSynapses recurrent(RecurrentWiring wiring) {
            float size = wiring == RecurrentWiring.ONE_TO_ONE ? 0.5f : (float) (1 / Math.sqrt(shape.neurons()));
            float[] weight = between(wiring.weights(shape.neurons()), -size, size);
            weight[0] = -0f;
            return new RecurrentSynapses(wiring, weight);
        }

        LifParameters lif(Reset reset) {
            return new LifParameters(
                    between(shape.neurons(), 0.5f, 1f),
                    between(shape.neurons(), 0.4f, 1f),
                    reset,
                    reset == Reset.ZERO ? 0f : Float.NEGATIVE_INFINITY);
        }

        AdaptiveLifParameters adaptive() {
            int n = shape.neurons();
            return new AdaptiveLifParameters(
                    between(n, 0.1f, 0.9f),
                    between(n, 0.8f, 0.98f),
                    between(n, -0.2f, 0.2f),
                    between(n, -0.1f, 0.5f),
                    between(n, 0.5f, 1f));
        }

        LeakyParameters leaky(Reset reset, boolean delayed, boolean synaptic) {
            int n = shape.neurons();
            return new LeakyParameters(
                    synaptic ? between(n, 0.2f, 0.8f) : null,
                    between(n, 0.5f, 1f),
                    between(n, 0.4f, 1f),
                    reset,
                    delayed);
        }
    }
}

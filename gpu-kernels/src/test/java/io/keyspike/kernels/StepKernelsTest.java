package io.keyspike.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.keyspike.kernels.backends.Backends;
import io.keyspike.kernels.internal.arithmetic.NeuronArithmetic;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Law: step by step, driven by events, gives the bits of the whole sequence. */
class StepKernelsTest {

    private static final int STEPS = 60;

    /** Numbers and words of other layers, before a layer's own and after them. */
    private static final int BEFORE = 3;

    private static final float OTHERS = 7f;

    private final Random random = new Random(5);

    static Stream<Arguments> sizes() {
        return Stream.of("scalar", "vector")
                .flatMap(name -> Stream.of(1, 2, 3, 12, 13, 16, 17, 31, 64, 100, 128, 192)
                        .map(neurons -> Arguments.of(name, neurons)));
    }

    @ParameterizedTest
    @MethodSource("sizes")
    void shouldRunALayerOfLifAsTheSequenceDoes(String name, int neurons) {
        int inputs = 40;
        SequenceShape shape = new SequenceShape(STEPS, 1, neurons);
        float[] spikesIn = spikes(STEPS * inputs);
        float[] weight = between(inputs * neurons, -0.6f, 0.9f);
        float[] bias = between(neurons, -0.1f, 0.1f);
        bias[0] = -0f;
        for (Reset reset : Reset.values()) {
            var parameters = new LifParameters(
                    between(neurons, 0.5f, 1f), between(neurons, 0.5f, 1f), reset, neurons % 2 == 0 ? 0f : -0.3f);
            float[] current = new float[shape.size()];
            float[] membrane = new float[shape.size()];
            float[] spikes = new float[shape.size()];
            KernelBackend whole = Backends.named("vector", 2);
            whole.dense(STEPS, inputs, neurons, spikesIn, weight, bias, current);
            whole.lif(shape, parameters, current, membrane, spikes);

            StepKernels steps = Backends.stepsNamed(name);
            StepWeights weights = steps.weights(inputs, neurons, weight);
            float[] memory = around(neurons);
            long[] bits = bitsAround(neurons);
            float[] stepCurrent = new float[neurons];
            int[] firedIn = new int[inputs];
            int[] fired = new int[neurons];
            for (int t = 0; t < STEPS; t++) {
                int count = fired(spikesIn, t * inputs, inputs, firedIn);
                steps.denseEvents(weights, bias, firedIn, count, stepCurrent);
                assertThat(stepCurrent).containsExactly(row(current, t, neurons));
                int firedCount = steps.lif(parameters, stepCurrent, memory, BEFORE, bits, BEFORE, fired);
                assertFired(fired, firedCount, row(spikes, t, neurons));
                assertBits(bits, row(spikes, t, neurons));
                assertAround(memory, neurons);
                float[] u = inner(memory, 0, neurons);
                float[] p = row(membrane, t, neurons);
                for (int n = 0; n < neurons; n++) {
                    float after = NeuronArithmetic.lifAfter(
                            reset.code, p[n], parameters.threshold()[n], parameters.membraneFloor());
                    assertThat(Float.floatToRawIntBits(u[n])).isEqualTo(Float.floatToRawIntBits(after));
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("sizes")
    void shouldRunALayerOfAdaptiveLifAsTheSequenceDoes(String name, int neurons) {
        int inputs = 33;
        SequenceShape shape = new SequenceShape(STEPS, 1, neurons);
        float[] x = between(STEPS * inputs, -1f, 1.4f);
        float[] weight = between(inputs * neurons, -0.3f, 0.4f);
        var parameters = new AdaptiveLifParameters(
                between(neurons, 0.1f, 0.9f),
                between(neurons, 0.8f, 0.98f),
                between(neurons, -0.2f, 0.2f),
                between(neurons, -0.1f, 0.5f),
                between(neurons, 0.5f, 1f));
        float[] current = new float[shape.size()];
        float[] membrane = new float[shape.size()];
        float[] adaptation = new float[shape.size()];
        float[] spikes = new float[shape.size()];
        KernelBackend whole = Backends.named("vector", 2);
        whole.dense(STEPS, inputs, neurons, x, weight, null, current);
        whole.adaptiveLif(shape, parameters, current, membrane, adaptation, spikes);

        StepKernels steps = Backends.stepsNamed(name);
        StepWeights weights = steps.weights(inputs, neurons, weight);
        float[] memory = around(2 * neurons);
        long[] bits = bitsAround(neurons);
        float[] stepCurrent = new float[neurons];
        int[] fired = new int[neurons];
        for (int t = 0; t < STEPS; t++) {
            steps.denseValues(weights, null, row(x, t, inputs), stepCurrent);
            assertThat(stepCurrent).containsExactly(row(current, t, neurons));
            int count = steps.adaptiveLif(parameters, stepCurrent, memory, BEFORE, bits, BEFORE, fired);
            assertFired(fired, count, row(spikes, t, neurons));
            assertBits(bits, row(spikes, t, neurons));
            assertThat(inner(memory, 0, neurons)).containsExactly(row(membrane, t, neurons));
            assertThat(inner(memory, 1, neurons)).containsExactly(row(adaptation, t, neurons));
            assertAround(memory, 2 * neurons);
        }
    }

    @ParameterizedTest
    @MethodSource("sizes")
    void shouldGiveFourStreamsWhatEachGetsAlone(String name, int outputs) {
        int inputs = 37;
        StepKernels steps = Backends.stepsNamed(name);
        StepWeights weights = steps.weights(inputs, outputs, between(inputs * outputs, -1f, 1f));
        for (float[] bias : new float[][] {null, between(outputs, -1f, 1f)}) {
            float[][] x = new float[4][];
            float[][] found = new float[4][outputs];
            float[][] expected = new float[4][outputs];
            for (int k = 0; k < 4; k++) {
                x[k] = between(inputs, -1f, 1f);
                steps.denseValues(weights, bias, x[k], expected[k]);
            }
            steps.denseValues(weights, bias, x[0], x[1], x[2], x[3], found[0], found[1], found[2], found[3]);
            assertThat(found).isDeepEqualTo(expected);
        }
    }

    @ParameterizedTest
    @MethodSource("sizes")
    void shouldRunFrontEndAndReadoutAsTheSequenceDoes(String name, int neurons) {
        SequenceShape shape = new SequenceShape(STEPS, 1, neurons);
        float[] x = between(shape.size(), -1f, 1f);
        float[] weight = between(neurons, -1f, 1f);
        float[] decay = between(neurons, 0.5f, 1f);
        float[] current = new float[shape.size()];
        float[] output = new float[shape.size()];
        KernelBackend whole = Backends.named("vector", 2);
        whole.diagonal(STEPS, neurons, x, weight, current);
        whole.leakyIntegrator(shape, decay, current, output);

        StepKernels steps = Backends.stepsNamed(name);
        float[] stepCurrent = new float[neurons];
        float[] memory = around(neurons);
        for (int t = 0; t < STEPS; t++) {
            steps.diagonal(neurons, row(x, t, neurons), weight, stepCurrent);
            steps.leakyIntegrator(neurons, decay, stepCurrent, memory, BEFORE);
            assertThat(stepCurrent).containsExactly(row(current, t, neurons));
            assertThat(inner(memory, 0, neurons)).containsExactly(row(output, t, neurons));
            assertAround(memory, neurons);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"scalar", "vector"})
    void shouldAllocateNothingInAStep(String name) {
        var layer = new AllocationProbe(Backends.stepsNamed(name));
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        // vectors stay out of objects only in compiled code, and a busy machine compiles late: stop at the first clean
        // round
        long allocated = Long.MAX_VALUE;
        for (int round = 0; round < 2_000 && allocated > 0; round++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < 10_000; i++) {
                layer.step(i);
            }
            allocated = threads.getCurrentThreadAllocatedBytes() - before;
        }
        assertThat(allocated).as("bytes in 10,000 steps").isZero();
    }

    private interface Layer {

        void step();
    }

    /**
     * A network of every kind of layer, in widths that fill vectors and widths that do not. Layers are called through an
     * interface, as a streaming network calls its stages: where one method calls every kernel, the compiler inlines until it has
     * too many nodes, and what it leaves out in the midst of a kernel puts vectors into objects.
     */
    private final class AllocationProbe {

        private final StepKernels kernels;
        private final float[] x = between(13, 0f, 1f);
        private final float[] front = between(13, 0.2f, 1f);
        private final StepWeights hidden;
        private final StepWeights adaptive;
        private final StepWeights out;
        private final float[] current = new float[100];
        private final float[] memory = new float[13 + 64 + 2 * 100 + 12 + 2 * 40];
        private final long[] spikes = new long[1 + 1 + 2 + 1];
        private final int[] fired = new int[100];
        private final LifParameters frontNeurons = neurons(13);
        private final LifParameters hiddenNeurons = neurons(64);
        private final AdaptiveLifParameters adaptiveNeurons = new AdaptiveLifParameters(
                between(100, 0.1f, 0.9f),
                between(100, 0.8f, 0.98f),
                between(100, 0f, 0.2f),
                between(100, 0f, 0.5f),
                between(100, 0.5f, 1f));
        private final float[] readoutDecay = between(12, 0.8f, 0.9f);

        private final float[] total = new float[40];
        private final int[] recurrentFired = new int[40];
        private int recurrentCount;
        private int count;
        private final LeakyParameters synaptic = new LeakyParameters(
                between(40, 0.5f, 0.9f), between(40, 0.5f, 0.9f), between(40, 0.5f, 1f), Reset.SUBTRACT, false);
        private final StepRecurrence allToAll;
        private final StepRecurrence oneToOne;
        private final Layer[] layers;

        AllocationProbe(StepKernels kernels) {
            this.kernels = kernels;
            hidden = kernels.weights(13, 64, between(13 * 64, -0.5f, 0.9f));
            adaptive = kernels.weights(64, 100, between(64 * 100, -0.3f, 0.4f));
            out = kernels.weights(100, 12, between(100 * 12, -0.3f, 0.4f));
            allToAll = recurrence(RecurrentWiring.ALL_TO_ALL, between(40 * 40, -0.1f, 0.1f));
            oneToOne = recurrence(RecurrentWiring.ONE_TO_ONE, between(40, -0.3f, 0.3f));
            layers = new Layer[] {
                () -> kernels.diagonal(13, x, front, current),
                () -> count = kernels.lif(frontNeurons, current, memory, 0, spikes, 0, fired),
                () -> kernels.denseEvents(hidden, null, fired, count, current),
                () -> count = kernels.lif(hiddenNeurons, current, memory, 13, spikes, 1, fired),
                () -> kernels.denseEvents(adaptive, null, fired, count, current),
                () -> count = kernels.adaptiveLif(adaptiveNeurons, current, memory, 77, spikes, 2, fired),
                () -> kernels.denseEvents(out, null, fired, count, current),
                () -> kernels.leakyIntegrator(12, readoutDecay, current, memory, 277),
                () -> recurrentCount = recurrentStep(allToAll),
                () -> recurrentCount = recurrentStep(oneToOne),
                () -> kernels.denseValues(hidden, null, x, current)
            };
        }

        private StepRecurrence recurrence(RecurrentWiring wiring, float[] weight) {
            return StepRecurrence.of(kernels, new RecurrentSynapses(wiring, weight), 40);
        }

        void step(int i) {
            x[i % 13] = (i % 7) * 0.2f;
            for (Layer layer : layers) {
                layer.step();
            }
        }

        private int recurrentStep(StepRecurrence recurrent) {
            kernels.recurrent(recurrent, recurrentFired, recurrentCount, current, total);
            return kernels.leaky(synaptic, true, total, memory, 289, spikes, 4, recurrentFired);
        }

        private LifParameters neurons(int count) {
            return new LifParameters(between(count, 0.5f, 0.9f), between(count, 0.3f, 0.6f), Reset.ZERO, 0f);
        }
    }

    private static int fired(float[] spikes, int from, int count, int[] fired) {
        int found = 0;
        for (int i = 0; i < count; i++) {
            if (spikes[from + i] != 0) {
                fired[found++] = i;
            }
        }
        return found;
    }

    private static void assertFired(int[] fired, int count, float[] spikes) {
        int[] expected = new int[spikes.length];
        int expectedCount = fired(spikes, 0, spikes.length, expected);
        assertThat(Arrays.copyOf(fired, count)).containsExactly(Arrays.copyOf(expected, expectedCount));
    }

    private static float[] around(int length) {
        float[] memory = new float[BEFORE + length + BEFORE];
        Arrays.fill(memory, OTHERS);
        Arrays.fill(memory, BEFORE, BEFORE + length, 0f);
        return memory;
    }

    private static long[] bitsAround(int neurons) {
        long[] bits = new long[BEFORE + SpikeBits.wordsPerStep(neurons) + BEFORE];
        Arrays.fill(bits, -1);
        Arrays.fill(bits, BEFORE, bits.length - BEFORE, 0);
        return bits;
    }

    private static float[] inner(float[] memory, int row, int width) {
        int from = BEFORE + row * width;
        return Arrays.copyOfRange(memory, from, from + width);
    }

    /** No layer's step writes what another remembers. */
    private static void assertAround(float[] memory, int length) {
        assertThat(Arrays.copyOf(memory, BEFORE)).containsOnly(OTHERS);
        assertThat(Arrays.copyOfRange(memory, BEFORE + length, memory.length)).containsOnly(OTHERS);
    }

    private static void assertBits(long[] bits, float[] spikes) {
        long[] expected = bitsAround(spikes.length);
        for (int n = 0; n < spikes.length; n++) {
            SpikeBits.set(expected, BEFORE, n, spikes[n] != 0);
        }
        assertThat(bits).containsExactly(expected);
    }

    private static float[] row(float[] values, int row, int width) {
        return Arrays.copyOfRange(values, row * width, (row + 1) * width);
    }

    private float[] spikes(int length) {
        float[] values = new float[length];
        for (int i = 0; i < length; i++) {
            values[i] = random.nextFloat() < 0.15f ? 1f : 0f;
        }
        return values;
    }

    private float[] between(int length, float low, float high) {
        float[] values = new float[length];
        for (int i = 0; i < length; i++) {
            values[i] = low + (high - low) * random.nextFloat();
        }
        return values;
    }
}

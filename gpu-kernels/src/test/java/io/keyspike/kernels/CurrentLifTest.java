package io.keyspike.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.keyspike.kernels.backends.Backends;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** LIF driven by synaptic currents: the vector kernels and the steps give the reference's bits. */
class CurrentLifTest {

    private static final Surrogate.Kind[] KINDS = Surrogate.Kind.values();

    private final Random random = new Random(17);

    static Stream<Arguments> cases() {
        return Stream.of(1, 13, 16, 31, 403)
                .flatMap(n -> Stream.of(1, 3)
                        .flatMap(b -> Stream.of(1, 13)
                                .flatMap(t ->
                                        Stream.of(0, 1, 2, 3).map(s -> Arguments.of(new SequenceShape(t, b, n), s)))));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void shouldGiveTheReferencesBitsWithAnyNumberOfThreads(SequenceShape shape, int synapses) {
        for (int maximum : new int[] {1, 8}) {
            for (Reset reset : Reset.values()) {
                CurrentLifParameters parameters = parameters(shape.neurons(), synapses, reset, -0.4f, maximum);
                float[] input = between(shape.rows() * parameters.inputs(), -0.9f, 1.6f);
                float[] cS = between(shape.size(), -1f, 1f);
                float[] cP = maximum == 1 ? null : between(shape.size(), -1f, 1f);
                for (boolean detached : new boolean[] {true, false}) {
                    float[][] expected = run(Backends.named("scalar", 1), shape, parameters, input, cS, cP, detached);
                    for (int threads : new int[] {1, 2, 4}) {
                        float[][] found =
                                run(Backends.named("vector", threads), shape, parameters, input, cS, cP, detached);
                        for (int i = 0; i < expected.length; i++) {
                            assertThat(Arrays.mismatch(found[i], expected[i]))
                                    .as("output %d, %s, at most %d", i, reset, maximum)
                                    .isEqualTo(-1);
                        }
                    }
                }
            }
        }
    }

    private static float[][] run(
            KernelBackend kernels,
            SequenceShape shape,
            CurrentLifParameters parameters,
            float[] input,
            float[] cS,
            float @org.jspecify.annotations.Nullable [] cP,
            boolean detached) {
        CurrentLifSequence sequence = CurrentLifSequence.of(shape, parameters);
        float[] synapseDecay = new float[parameters.synapses() * shape.neurons()];
        float[] decay = new float[shape.neurons()];
        float[] threshold = new float[shape.neurons()];
        float[] gx = input.clone();
        kernels.currentLif(shape, parameters, input, sequence);
        kernels.currentLifBackward(
                shape,
                parameters,
                gx,
                sequence,
                new CurrentLifAdjoint(
                        Surrogate.of(KINDS[Math.floorMod(input.length + parameters.synapses(), KINDS.length)]),
                        detached,
                        cS,
                        cP,
                        gx,
                        new CurrentLifGradients(synapseDecay, decay, threshold)));
        return new float[][] {
            sequence.synapse(), sequence.membrane(), sequence.spikes(), gx, synapseDecay, decay, threshold
        };
    }

    @ParameterizedTest
    @ValueSource(strings = {"scalar", "vector"})
    void shouldRunStepByStepAsTheSequenceDoes(String name) {
        StepKernels steps = Backends.stepsNamed(name);
        for (int neurons : new int[] {1, 13, 16, 31, 403}) {
            for (int synapses = 0; synapses <= 3; synapses++) {
                for (int maximum : new int[] {1, 8}) {
                    for (Reset reset : Reset.values()) {
                        assertSteps(steps, parameters(neurons, synapses, reset, -0.4f, maximum));
                    }
                }
            }
        }
    }

    private void assertSteps(StepKernels steps, CurrentLifParameters parameters) {
        int neurons = parameters.neurons();
        int outputs = 21;
        SequenceShape shape = new SequenceShape(20, 1, neurons);
        float[] input = between(20 * parameters.inputs(), -0.9f, 1.6f);
        float[] weight = between(neurons * outputs, -1f, 1f);
        float[] bias = between(outputs, -1f, 1f);
        CurrentLifSequence sequence = CurrentLifSequence.of(shape, parameters);
        float[] currents = new float[20 * outputs];
        KernelBackend whole = Backends.named("vector", 2);
        whole.currentLif(shape, parameters, input, sequence);
        whole.dense(20, neurons, outputs, sequence.spikes(), weight, bias, currents);
        int synapses = parameters.synapses() * neurons;
        float[] memory = new float[3 + neurons + synapses];
        int[] fired = new int[neurons];
        int[] counts = new int[parameters.maximumSpikes() == 1 ? 0 : neurons];
        float[] current = new float[outputs];
        StepWeights weights = steps.weights(neurons, outputs, weight);
        for (int t = 0; t < 20; t++) {
            int count = steps.currentLif(parameters, row(input, t, parameters.inputs()), memory, 3, fired, counts);
            float[] spikes = new float[neurons];
            for (int k = 0; k < count; k++) {
                spikes[fired[k]] = counts.length == 0 ? 1f : counts[k];
                assertThat(k == 0 || fired[k] > fired[k - 1]).isTrue();
            }
            assertThat(Arrays.mismatch(spikes, row(sequence.spikes(), t, neurons)))
                    .isEqualTo(-1);
            float[] synapse = Arrays.copyOfRange(memory, 3 + neurons, memory.length);
            assertThat(Arrays.mismatch(synapse, row(sequence.synapse(), t, synapses)))
                    .isEqualTo(-1);
            assertThat(Arrays.copyOf(memory, 3)).containsOnly(0f);
            if (counts.length > 0) {
                steps.denseEvents(weights, bias, fired, counts, count, current);
            } else {
                steps.denseEvents(weights, bias, fired, count, current);
            }
            assertThat(Arrays.mismatch(current, row(currents, t, outputs))).isEqualTo(-1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"scalar", "vector"})
    void shouldNotAllocateInAStep(String name) {
        StepKernels steps = Backends.stepsNamed(name);
        CurrentLifParameters parameters = parameters(61, 2, Reset.SUBTRACT, -0.4f, 8);
        float[] input = between(parameters.inputs(), -0.9f, 1.6f);
        StepWeights weights = steps.weights(61, 35, between(61 * 35, -1f, 1f));
        float[] memory = new float[61 + 122];
        float[] current = new float[35];
        int[] fired = new int[61];
        int[] counts = new int[61];
        var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long allocated = 0;
        for (int round = 0; round < 20; round++) { // until compiled
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < 20_000; i++) {
                int count = steps.currentLif(parameters, input, memory, 0, fired, counts);
                steps.denseEvents(weights, null, fired, counts, count, current);
            }
            allocated = threads.getCurrentThreadAllocatedBytes() - before;
        }
        assertThat(allocated).isLessThan(20_000);
    }

    private CurrentLifParameters parameters(int neurons, int synapses, Reset reset, float floor, int maximum) {
        return new CurrentLifParameters(
                synapses,
                between(synapses * neurons, 0.3f, 0.8f),
                between(neurons, 0.5f, 1f),
                between(neurons, 0.2f, 0.8f),
                reset,
                floor,
                maximum,
                // with as many combinations as there are calls
                new CurrentLifRule(
                        random.nextBoolean(), random.nextBoolean() ? -0.1f : 0f, random.nextBoolean() ? 0.05f : 0f));
    }

    private static float[] row(float[] values, int row, int width) {
        return Arrays.copyOfRange(values, row * width, (row + 1) * width);
    }

    private float[] between(int length, float low, float high) {
        float[] values = new float[length];
        for (int i = 0; i < length; i++) {
            values[i] = low + (high - low) * random.nextFloat();
        }
        return values;
    }
}

package io.keyspike.models.network;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyspike.kernels.CurrentLifRule;
import io.keyspike.kernels.Reset;
import io.keyspike.kernels.StepKernels;
import io.keyspike.kernels.backends.Backends;
import io.keyspike.models.TestModels;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The first law: every way of running a network gives the same spikes, and the same membranes to the last bit. */
class ParityTest {

    private static final int STEPS = 60;

    static Stream<Arguments> networks() {
        return Arrays.stream(TestModels.Kind.values())
                .flatMap(kind -> Stream.of(1L, 2L, 3L, 4L).map(seed -> Arguments.of(kind, seed)));
    }

    @ParameterizedTest
    @MethodSource("networks")
    void shouldGiveTheSameStepByStepAsInSequence(TestModels.Kind kind, long seed) {
        Network network = TestModels.network(kind, seed);
        var r = new Random(seed);
        int batch = 3;
        int inputs = network.graph().plan().input().inputs();
        float[] input = TestModels.input(STEPS * batch * inputs, r);

        SequenceNetwork.Result scalar =
                new SequenceNetwork(network, Backends.named("scalar", 1)).forward(STEPS, batch, input);
        SequenceNetwork.Result vector =
                new SequenceNetwork(network, Backends.named("vector", 2)).forward(STEPS, batch, input);

        assertSameBits(vector.output(), scalar.output());
        for (int layer = 0; layer < scalar.layers().size(); layer++) {
            assertSameBits(
                    vector.layers().get(layer).spikes(),
                    scalar.layers().get(layer).spikes());
            assertSameBits(
                    vector.layers().get(layer).membrane(),
                    scalar.layers().get(layer).membrane());
        }
        for (int b = 0; b < batch; b++) {
            assertStreamEquals(network, Backends.stepsNamed("scalar"), input, batch, b, scalar);
            assertStreamEquals(network, Backends.stepsNamed("vector"), input, batch, b, scalar);
        }
    }

    @Test
    void shouldTryNetworksThatFire() {
        for (TestModels.Kind kind : TestModels.Kind.values()) {
            Network network = TestModels.network(kind, 1);
            int inputs = network.graph().plan().input().inputs();
            var result = new SequenceNetwork(network, Backends.named("scalar", 1))
                    .forward(STEPS, 3, TestModels.input(STEPS * 3 * inputs, new Random(1)));
            for (SequenceNetwork.Layer layer : result.layers()) {
                assertThat(layer.spikes())
                        .as(kind + " " + layer.name())
                        .contains(1f)
                        .contains(0f);
                int most = network.graph()
                        .plan()
                        .node(network.graph().plan().position(layer.name()))
                        .maximumSpikes();
                assertThat(sum(layer.spikes()) > indicesOfSpikes(layer.spikes()).length)
                        .as("repeated spikes of " + kind + " " + layer.name())
                        .isEqualTo(most > 1);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("networks")
    void shouldContinueAfterRestoreAsIfNeverStopped(TestModels.Kind kind, long seed) {
        Network network = TestModels.network(kind, seed);
        var r = new Random(seed);
        var streaming = new StreamingNetwork(network, TestModels.kernels());
        NetworkState straight = streaming.newState();
        NetworkState stopped = streaming.newState();
        float[] a = new float[streaming.outputs()];
        float[] b = new float[streaming.outputs()];
        for (int t = 0; t < STEPS; t++) {
            float[] input = TestModels.input(streaming.inputs(), r);
            if (r.nextInt(5) == 0) {
                ByteBuffer saved = ByteBuffer.allocate(stopped.byteSize() + 3).position(3);
                stopped.save(saved);
                assertThat(saved.remaining()).isZero();
                stopped = streaming.newState();
                streaming.step(stopped, TestModels.input(streaming.inputs(), r), b); // something to be overwritten
                stopped.restore(saved.position(3));
                assertSameState(streaming, stopped, straight);
            }
            streaming.step(straight, input, a);
            streaming.step(stopped, input, b);
            assertSameBits(b, a);
            assertSameState(streaming, stopped, straight);
        }
    }

    @ParameterizedTest
    @MethodSource("networks")
    void shouldBeginAgainAfterReset(TestModels.Kind kind, long seed) {
        var streaming = new StreamingNetwork(TestModels.network(kind, seed), TestModels.kernels());
        NetworkState used = streaming.newState();
        float[] a = new float[streaming.outputs()];
        float[] b = new float[streaming.outputs()];
        var r = new Random(seed);
        for (int t = 0; t < 20; t++) {
            streaming.step(used, TestModels.input(streaming.inputs(), r), a);
        }
        used.reset();
        NetworkState fresh = streaming.newState();
        for (int t = 0; t < 20; t++) {
            float[] input = TestModels.input(streaming.inputs(), r);
            streaming.step(used, input, a);
            streaming.step(fresh, input, b);
            assertSameBits(a, b);
        }
    }

    private static void assertStreamEquals(
            Network network, StepKernels kernels, float[] input, int batch, int b, SequenceNetwork.Result expected) {
        var streaming = new StreamingNetwork(network, kernels);
        NetworkState state = streaming.newState();
        float[] output = new float[streaming.outputs()];
        List<Node> spiking = network.graph().plan().spiking();
        for (int t = 0; t < STEPS; t++) {
            int row = t * batch + b;
            streaming.step(state, row(input, row, streaming.inputs()), output);
            assertSameBits(output, row(expected.output(), row, streaming.outputs()));
            for (int layer = 0; layer < streaming.spikingLayers(); layer++) {
                int n = streaming.layerWidth(layer);
                float[] spikes = row(expected.layers().get(layer).spikes(), row, n);
                assertThat(firedOf(state, layer)).isEqualTo(indicesOfSpikes(spikes));
                assertSameBits(spikesOf(state, layer, n), spikes);
                assertThat(state.lastSpikeTotal(layer)).isEqualTo(sum(spikes));
                float[] membrane = row(expected.layers().get(layer).membrane(), row, n);
                assertSameBits(state.membrane(layer), afterReset(network, spiking.get(layer), membrane, spikes));
            }
        }
    }

    /** What a step leaves of the membrane that a sequence reports (before the reset, for LIF). */
    private static float[] afterReset(Network network, Node node, float[] membrane, float[] spikes) {
        Reset reset;
        CurrentLifRule rule = CurrentLifRule.PLAIN;
        switch (node) {
            case Node.Lif lif -> reset = lif.reset();
            case Node.CurrentLif lif -> {
                reset = lif.reset();
                rule = lif.rule();
            }
            default -> {
                return membrane;
            }
        }
        float[] threshold = network.tensor(node, "threshold").values();
        float[] after = membrane.clone();
        for (int n = 0; n < after.length; n++) {
            if (spikes[n] > 0f && reset != Reset.NONE) {
                after[n] = reset == Reset.ZERO ? rule.resetLevel() : after[n] - spikes[n] * threshold[n];
            } else if (rule.stepOffset() != 0f) {
                after[n] += rule.stepOffset();
            }
            Float floor = node.membraneFloor();
            if (floor != null) {
                after[n] = Math.max(after[n], floor);
            }
        }
        return after;
    }

    private static void assertSameState(StreamingNetwork network, NetworkState actual, NetworkState expected) {
        for (int layer = 0; layer < network.spikingLayers(); layer++) {
            assertThat(firedOf(actual, layer)).isEqualTo(firedOf(expected, layer));
            assertSameBits(actual.membrane(layer), expected.membrane(layer));
        }
    }

    private static int[] firedOf(NetworkState state, int layer) {
        return Arrays.copyOf(state.lastFired(layer), state.lastSpikes(layer));
    }

    private static int[] indicesOfSpikes(float[] spikes) {
        return IntStream.range(0, spikes.length).filter(i -> spikes[i] > 0f).toArray();
    }

    private static float[] spikesOf(NetworkState state, int layer, int neurons) {
        float[] spikes = new float[neurons];
        int[] counts = state.lastCounts(layer);
        for (int i = 0; i < state.lastSpikes(layer); i++) {
            spikes[state.lastFired(layer)[i]] = counts.length == 0 ? 1f : counts[i];
        }
        return spikes;
    }

    private static int sum(float[] spikes) {
        return (int)
                IntStream.range(0, spikes.length).mapToDouble(i -> spikes[i]).sum();
    }

    private static float[] row(float[] values, int row, int width) {
        return Arrays.copyOfRange(values, row * width, (row + 1) * width);
    }

    private static void assertSameBits(float[] actual, float[] expected) {
        // Arrays.equals on floats tells 0 from -0, unlike ==.
        assertThat(Arrays.equals(actual, expected))
                .as(() -> "expected " + Arrays.toString(expected) + ", found " + Arrays.toString(actual))
                .isTrue();
    }
}

package io.keyspike.models.spotter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.ThreadMXBean;
import io.keyspike.kernels.backends.Backends;
import io.keyspike.models.KeywordModel;
import io.keyspike.models.TestModels;
import io.keyspike.models.decision.DecisionRule;
import io.keyspike.models.decision.DecisionSettings;
import io.keyspike.models.decision.DetectionSink;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Nothing is allocated in the frame path. */
class AllocationTest {

    private static final int FRAMES = 10_000;
    private static final int FRAME_SAMPLES = 320;
    /** How long the JVM may take to compile everything; a machine that is busy compiles late. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    static Stream<Arguments> models() {
        return Stream.of("scalar", "vector")
                .flatMap(kernels -> Stream.of(
                                TestModels.hardwareModel("hardware", 1, 1f),
                                TestModels.adaptiveModel("adaptive", 2, 32, 1f),
                                TestModels.recurrentModel("recurrent", 3, 1f),
                                TestModels.graphModel("graph", 4, 1f),
                                TestModels.stagesModel("stages", 5, 1f))
                        .flatMap(model ->
                                Stream.of(model.withDecision(TestModels.decision(List.of(), 1f)), eachLabel(model)))
                        .map(model -> Arguments.of(Named.of(model.name(), model), kernels)));
    }

    /** Every label is judged by its score in every step; at this scale all scores are far below the thresholds. */
    private static KeywordModel eachLabel(KeywordModel model) {
        DecisionSettings d = TestModels.decision(model.labels(), 1f);
        return model.withDecision(new DecisionSettings(
                d.smoothingSeconds(),
                1e-6f,
                d.thresholds(),
                d.confirmSeconds(),
                d.refractorySeconds(),
                d.warmUpSeconds(),
                d.gate(),
                d.clip(),
                DecisionRule.EACH,
                0.01f,
                Map.of()));
    }

    @ParameterizedTest
    @MethodSource("models")
    void shouldAllocateNothingInTenThousandFrames(KeywordModel model, String kernels) {
        var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        assumeTrue(threads.isThreadAllocatedMemorySupported(), "skipped: this JVM does not count allocations");
        var spotter = new KeywordSpotter(model, Backends.stepsNamed(kernels));
        SpotterState state = spotter.newState();
        DetectionSink sink = d -> {
            throw new AssertionError("a model without thresholds reported " + d);
        };
        short[] sound = TestModels.sound(50 * FRAME_SAMPLES, 1);
        // What allocates does so in every round. Until the Vector API's code is compiled by the last compiler, the JVM
        // itself
        // does too: so the first round without any allocation counts.
        long allocated = Long.MAX_VALUE;
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (allocated != 0 && System.nanoTime() < deadline) {
            long before = threads.getCurrentThreadAllocatedBytes();
            run(spotter, state, sound, sink, FRAMES);
            allocated = threads.getCurrentThreadAllocatedBytes() - before;
        }

        assertThat(allocated).as("bytes in %d frames", FRAMES).isZero();
        assertThat(state.spikes(1)).isPositive();
    }

    static List<KeywordModel> grouped() {
        return List.of(
                TestModels.hardwareModel("hardware", 1, 1f).withDecision(TestModels.decision(List.of(), 1f)),
                TestModels.adaptiveModel("adaptive", 1, 32, 1f).withDecision(TestModels.decision(List.of(), 1f)),
                TestModels.stagesModel("stages", 1, 1f).withDecision(TestModels.decision(List.of(), 1f)));
    }

    @ParameterizedTest
    @MethodSource("grouped")
    void shouldAllocateNothingForStreamsInGroups(KeywordModel model) {
        var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        assumeTrue(threads.isThreadAllocatedMemorySupported(), "skipped: this JVM does not count allocations");
        var spotter = new KeywordSpotter(model, Backends.preferredSteps());
        SpotterState[] states = new SpotterState[11];
        short[][] frames = new short[states.length][];
        for (int i = 0; i < states.length; i++) {
            states[i] = spotter.newState();
            frames[i] = TestModels.sound(4 * FRAME_SAMPLES, i);
        }
        SpotterGroup group = spotter.newGroup();
        SpotterGroup.Sink sink = (stream, heard) -> {
            throw new AssertionError("a model without thresholds reported " + heard);
        };
        long allocated = Long.MAX_VALUE;
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (allocated != 0 && System.nanoTime() < deadline) {
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < FRAMES / states.length; i++) {
                group.process(states, frames, states.length, sink);
            }
            allocated = threads.getCurrentThreadAllocatedBytes() - before;
        }

        assertThat(allocated).as("bytes in %d frames", FRAMES).isZero();
    }

    private static void run(KeywordSpotter spotter, SpotterState state, short[] sound, DetectionSink sink, int frames) {
        for (int i = 0; i < frames; i++) {
            int from = i * FRAME_SAMPLES % sound.length;
            spotter.process(state, sound, from, from + FRAME_SAMPLES, sink);
        }
    }
}

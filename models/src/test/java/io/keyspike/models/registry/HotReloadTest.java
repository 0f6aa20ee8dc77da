package io.keyspike.models.registry;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyspike.models.KeywordModel;
import io.keyspike.models.TestModels;
import io.keyspike.models.decision.Detection;
import io.keyspike.models.file.ModelFiles;
import io.keyspike.models.spotter.KeywordSpotter;
import io.keyspike.models.spotter.SpotterState;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Models change while streams run, each stream swapping between two of its frames. Every stream's result is then replayed
 * from its own record of which model each frame met: a frame lost, doubled, or heard by another model than recorded would
 * give other detections.
 */
class HotReloadTest {

    private static final int STREAMS = 50;
    private static final int THREADS = 4;
    private static final int SWAPS = 20;
    private static final int FRAME_SAMPLES = 320;

    private final KeywordModel a = TestModels.hardwareModel("a", 1, 0.55f);
    private final KeywordModel b = TestModels.hardwareModel("b", 2, 0.55f);

    /** As a but of another shape, so that state cannot carry over. */
    private final KeywordModel other = TestModels.adaptiveModel("other", 3, 16, 0.2f);

    @TempDir
    Path folder;

    /** A detection and the version of the model that was asked. */
    private record Heard(String version, Detection detection) {}

    /** One device's stream, run by one thread at a time. */
    private static final class Stream {
        final short[] sound;
        KeywordSpotter spotter;
        SpotterState state;
        final List<Heard> heard = new ArrayList<>();
        final List<KeywordSpotter> asked = new ArrayList<>();
        long longestFrameNanos;

        Stream(KeywordSpotter spotter, long seed) {
            this.spotter = spotter;
            this.state = spotter.newState();
            this.sound = TestModels.sound(50 * FRAME_SAMPLES, seed);
        }

        /** What a service does with a frame: look for a new model, take over, process. */
        void frame(KeywordSpotter current) {
            if (current != spotter) {
                state = current.takeOver(spotter, state);
                spotter = current;
            }
            int from = asked.size() * FRAME_SAMPLES % sound.length;
            String version = current.model().version();
            spotter.process(state, sound, from, from + FRAME_SAMPLES, d -> heard.add(new Heard(version, d)));
            asked.add(current);
        }
    }

    @Test
    void shouldLoseAndDoubleNoFrameWhileModelsAreSwapped() throws Exception {
        for (KeywordModel model : List.of(a, b, other)) {
            ModelFiles.write(folder.resolve(model.name() + ".safetensors"), model);
        }
        try (var registry = ModelRegistry.open(folder, TestModels.kernels(), true, e -> {});
                ExecutorService threads = Executors.newFixedThreadPool(THREADS)) {
            registry.use("a");
            var streams = new ArrayList<Stream>();
            for (int i = 0; i < STREAMS; i++) {
                streams.add(new Stream(registry.current(), i));
            }
            var swapping = new AtomicBoolean(true);
            List<Future<Void>> running = new ArrayList<>();
            for (int t = 0; t < THREADS; t++) {
                int first = t;
                running.add(threads.submit((Callable<Void>) () -> {
                    do {
                        for (int i = first; i < STREAMS; i += THREADS) {
                            timed(streams.get(i), registry);
                        }
                        Thread.sleep(1);
                    } while (swapping.get());
                    return null;
                }));
            }
            long longestSwapNanos = swap(registry);
            swapping.set(false);
            for (Future<Void> thread : running) {
                thread.get();
            }

            streams.forEach(HotReloadTest::assertReplayHearsTheSame);
            assertThat(streams).anyMatch(s -> s.asked.stream().distinct().count() > 3);
            assertThat(streams.stream()
                            .flatMap(s -> s.heard.stream())
                            .map(Heard::version)
                            .distinct())
                    .contains(a.version(), b.version());
            assertNoFrameWaitedForASwap(streams, longestSwapNanos);
        }
    }

    private static void timed(Stream stream, ModelRegistry registry) {
        long start = System.nanoTime();
        stream.frame(registry.current());
        stream.longestFrameNanos = Math.max(stream.longestFrameNanos, System.nanoTime() - start);
    }

    private static long swap(ModelRegistry registry) throws IOException, InterruptedException {
        long longest = 0;
        for (int i = 0; i < SWAPS; i++) {
            Thread.sleep(10);
            long start = System.nanoTime();
            registry.use(i % 5 == 4 ? "other" : i % 2 == 0 ? "b" : "a");
            longest = Math.max(longest, System.nanoTime() - start);
        }
        return longest;
    }

    /** Each frame once, in order, by the model it met, gives what was heard; and the position counts every sample. */
    private static void assertReplayHearsTheSame(Stream stream) {
        assertThat(stream.state.samplePosition()).isEqualTo((long) stream.asked.size() * FRAME_SAMPLES);
        var replayed = new ArrayList<Heard>();
        KeywordSpotter spotter = stream.asked.getFirst();
        SpotterState state = spotter.newState();
        for (int frame = 0; frame < stream.asked.size(); frame++) {
            KeywordSpotter asked = stream.asked.get(frame);
            if (asked != spotter) {
                state = asked.takeOver(spotter, state);
                spotter = asked;
            }
            String version = asked.model().version();
            int from = frame * FRAME_SAMPLES % stream.sound.length;
            spotter.process(state, stream.sound, from, from + FRAME_SAMPLES, d -> replayed.add(new Heard(version, d)));
        }
        assertThat(stream.heard).isEqualTo(replayed);
    }

    /**
     * A frame must not wait for a swap, and there were more swaps than any stream could dodge. On a busy machine any thread
     * can pause, but a pause hits the few streams that are just being run; so the median over the streams of their longest
     * frame is compared, with room, with what a frame lasts, or with the longest swap: one to another kind of model hears noise
     * for a second and a half.
     */
    private static void assertNoFrameWaitedForASwap(List<Stream> streams, long longestSwapNanos) {
        long frameNanos = 1_000_000_000L * FRAME_SAMPLES / 16_000;
        long median = streams.stream()
                .mapToLong(s -> s.longestFrameNanos)
                .sorted()
                .skip(STREAMS / 2)
                .findFirst()
                .orElseThrow();
        assertThat(median)
                .as("median over streams of the longest frame in ns; the longest swap took %d ns", longestSwapNanos)
                .isLessThan(Math.max(5 * frameNanos, longestSwapNanos / 3));
    }

    @Test
    void shouldOfferTheModelInUseWithoutWaitingForALoad() throws Exception {
        ModelFiles.write(folder.resolve("a.safetensors"), a);
        ModelFiles.write(folder.resolve("b.safetensors"), b);
        var offered = new ArrayList<KeywordSpotter>();
        // The listener runs while the registry holds its lock; another thread asks for the model meanwhile.
        ModelRegistry[] self = new ModelRegistry[1];
        try (var registry = ModelRegistry.open(folder, TestModels.kernels(), false, event -> {
            Thread asking = Thread.ofPlatform().start(() -> offered.add(self[0].current()));
            try {
                asking.join(30_000);
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        })) {
            self[0] = registry;
            registry.use("a");
            registry.use("b");
            assertThat(offered).hasSize(2).last().isSameAs(registry.current());
        }
    }
}

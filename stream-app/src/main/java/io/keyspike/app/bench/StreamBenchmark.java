package io.keyspike.app.bench;

import com.sun.management.ThreadMXBean;
import io.keyspike.kernels.StepKernels;
import io.keyspike.models.KeywordModel;
import io.keyspike.models.decision.DetectionSink;
import io.keyspike.models.spotter.KeywordSpotter;
import io.keyspike.models.spotter.SpotterGroup;
import io.keyspike.models.spotter.SpotterState;
import java.lang.management.CompilationMXBean;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/**
 * How many streams a core handles in real time, without Kafka: features, network and decision, each stream with its own
 * state. Each round is one frame of each stream. With a few streams the states stay in a core's cache; with as many as the
 * result claims they are in memory.
 */
public final class StreamBenchmark {

    /** What calls the engine. */
    public enum Way {
        /** Several streams at a time, by {@link SpotterGroup}: for callers that have frames of many streams at once. */
        GROUPS,
        /** One frame after the other, as records of a topic come. */
        ALONE
    }

    /** Where a frame lies when its turn comes. */
    public enum Place {
        /** In a cache, as after it has come in and been decoded: the streams hear a short recording that repeats. */
        CACHE,
        /** In memory, as of frames that were gathered before: each stream has a copy of its own. */
        MEMORY
    }

    /**
     * @param streamsPerCore that one core handles in real time, by wall-clock time
     * @param nanosPerFrame CPU time of the thread
     * @param bytesPerFrame allocated, not counting reported words
     * @param heard words that were reported in the measured time
     */
    public record Row(
            String model,
            Way way,
            int streams,
            Place sound,
            double frameSeconds,
            long frames,
            double streamsPerCore,
            double nanosPerFrame,
            double bytesPerFrame,
            long heard) {}

    /** At most; each takes the warm-up time. */
    private static final int WARM_UPS = 30;

    /** A compiler that does less has finished what matters. */
    private static final long COMPILED_MILLIS_PER_SECOND = 50;

    /** A warm-up that takes this share of the time of the one before, or less, is not the last. */
    private static final double STEADY = 0.9;

    private static final int ALLOCATION_STREAMS = 60;
    private static final int ALLOCATION_ROUNDS = 200;
    private static final int ALLOCATION_ATTEMPTS = 30;

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final KeywordModel model;
    private final StepKernels kernels;
    private final LoopedSound sound;

    public StreamBenchmark(KeywordModel model, StepKernels kernels, LoopedSound sound) {
        this.model = model;
        this.kernels = kernels;
        this.sound = sound;
    }

    /** Where this many streams may have their audio; no more streams than the recording has frames are all in cache. */
    public List<Place> places(int streams) {
        return streams > sound.frames().length ? List.of(Place.values()) : List.of(Place.CACHE);
    }

    /**
     * Measures on the calling thread.
     *
     * @param streams at once
     * @param place of the sound
     * @param seconds to warm up at least, and then to measure
     */
    public Row measure(Way way, int streams, Place place, double seconds) {
        var heard = new LongAdder();
        var round = new Round(new KeywordSpotter(model, kernels), way, streams, place, heard::increment);
        warmUp(round, seconds);
        heard.reset();
        long start = threads.getCurrentThreadCpuTime();
        long startWall = System.nanoTime();
        long frames = round.runFor(seconds);
        double wallPerFrame = (System.nanoTime() - startWall) / (double) frames;
        double nanosPerFrame = (threads.getCurrentThreadCpuTime() - start) / (double) frames;
        return new Row(
                model.name(),
                way,
                streams,
                place,
                sound.frameSeconds(),
                frames,
                sound.frameSeconds() * 1e9 / wallPerFrame,
                nanosPerFrame,
                bytesPerFrame(way),
                heard.sum());
    }

    /**
     * Until the code is compiled: on a machine that does other things too, the compiler may need far longer than the warm-up takes,
     * and interpreted vectors are a hundred times slower.
     */
    private void warmUp(Round round, double seconds) {
        double nanosPerFrame = Double.POSITIVE_INFINITY;
        boolean steady = false;
        for (int i = 0; i < WARM_UPS && !steady; i++) {
            long start = threads.getCurrentThreadCpuTime();
            long compiledBefore = compilationMillis();
            long frames = round.runFor(seconds);
            double now = (threads.getCurrentThreadCpuTime() - start) / (double) frames;
            long compiled = compilationMillis() - compiledBefore;
            steady = compiled <= COMPILED_MILLIS_PER_SECOND * seconds && now > STEADY * nanosPerFrame;
            nanosPerFrame = now;
        }
    }

    private static long compilationMillis() {
        CompilationMXBean compiler = ManagementFactory.getCompilationMXBean();
        return compiler == null ? 0 : compiler.getTotalCompilationTime(); // null with -Xint
    }

    /**
     * Without thresholds nothing is reported, so nothing may be allocated. Until the last compiler is done, the JVM itself
     * allocates; so the least of many attempts counts.
     */
    private double bytesPerFrame(Way way) {
        var silent = model.withDecision(model.decision().withThresholds(Map.of()));
        var round = new Round(new KeywordSpotter(silent, kernels), way, ALLOCATION_STREAMS, Place.CACHE, () -> {});
        long least = Long.MAX_VALUE;
        for (int i = 0; i < ALLOCATION_ATTEMPTS && least > 0; i++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int r = 0; r < ALLOCATION_ROUNDS; r++) {
                round.run();
            }
            least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
        }
        return least / (double) (ALLOCATION_ROUNDS * ALLOCATION_STREAMS);
    }

    /** One frame of each stream, again and again. */
    private final class Round {
        private final KeywordSpotter spotter;
        private final Way way;
        private final SpotterState[] states;
        private final short[][] frames;
        private final SpotterGroup group;
        private final SpotterGroup.Sink groupSink;
        private final LoopedSound sound;
        private final DetectionSink sink;
        private long sequence;

        Round(KeywordSpotter spotter, Way way, int streams, Place place, Runnable heard) {
            LoopedSound one = StreamBenchmark.this.sound;
            sound = place == Place.MEMORY ? one.spread(streams) : one;
            this.spotter = spotter;
            this.way = way;
            states = new SpotterState[streams];
            for (int i = 0; i < streams; i++) {
                states[i] = spotter.newState();
            }
            frames = new short[streams][];
            group = spotter.newGroup();
            groupSink = (stream, detection) -> heard.run();
            sink = detection -> heard.run();
        }

        /** @return frames taken */
        long runFor(double seconds) {
            long end = System.nanoTime() + (long) (seconds * 1e9);
            long taken = 0;
            do {
                run();
                taken += states.length;
            } while (System.nanoTime() < end);
            return taken;
        }

        void run() {
            for (int i = 0; i < frames.length; i++) {
                frames[i] = sound.frame(i, sequence);
            }
            sequence++;
            switch (way) {
                case GROUPS -> group.process(states, frames, states.length, groupSink);
                case ALONE -> {
                    for (int i = 0; i < frames.length; i++) {
                        spotter.process(states[i], frames[i], 0, frames[i].length, sink);
                    }
                }
            }
        }
    }
}

package io.keyspike.benchmarks;

import io.keyspike.models.spotter.KeywordSpotter;
import io.keyspike.models.spotter.SpotterState;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * One second of sound through the whole way of a stream (features, network, decision) on one core, in frames of 20 ms. The
 * result is operations per second, so it is the number of real-time streams that one core carries.
 */
@SuppressWarnings("NullAway.Init") // JMH calls prepare() before anything else
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class SpotterBenchmark {
    private static final int FRAME = 320;
    private static final int STREAMS = 64;

    /** A model of the model-zoo. */
    @Param({"yes-no-clips", "commands-12"})
    public String model;

    private KeywordSpotter spotter;
    private SpotterState[] streams;
    private short[] sound;
    private int turn;

    @Setup
    public void prepare() throws IOException {
        spotter = Streams.spotter(model);
        streams = Streams.states(spotter, STREAMS);
        int rateHz = spotter.model().features().sampleRateHz();
        sound = Streams.noise(rateHz, rateHz);
    }

    /** Streams take turns, so that their states come from the cache's depths as they would in a service. */
    @Benchmark
    public long secondOfSound() {
        SpotterState state = streams[turn];
        turn = (turn + 1) % STREAMS;
        for (int from = 0; from < sound.length; from += FRAME) {
            spotter.process(state, sound, from, Math.min(sound.length, from + FRAME), heard -> {});
        }
        return state.steps();
    }
}

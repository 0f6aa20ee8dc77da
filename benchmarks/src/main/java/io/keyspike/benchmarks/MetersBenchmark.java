package io.keyspike.benchmarks;

import io.keyspike.app.hearing.FrameMetrics;
import io.keyspike.models.spotter.KeywordSpotter;
import io.keyspike.models.spotter.SpotterState;
import io.keyspike.monitoring.KeyspikeMeters;
import io.micrometer.core.instrument.Clock;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
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
 * What the meters cost: a frame of 80 ms heard, and the same frame counted. Their ratio is the share of a frame's time that
 * counting takes; two runs with and without would not tell it, since they differ by more than that.
 */
@SuppressWarnings("NullAway.Init") // JMH calls prepare() before anything else
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class MetersBenchmark {
    private static final int FRAME = 1280;
    private static final double FRAME_SECONDS = 0.08;
    private static final int STREAMS = 64;

    /** A model of the model-zoo. */
    @Param({"yes-no-clips", "commands-12"})
    public String model;

    private KeywordSpotter spotter;
    private SpotterState[] streams;
    private short[] sound;
    private FrameMetrics counted;
    private int turn;
    private int from;

    @Setup
    public void prepare() throws IOException {
        spotter = Streams.spotter(model);
        streams = Streams.states(spotter, STREAMS);
        sound = Streams.noise(10 * FRAME, spotter.model().features().sampleRateHz());
        var meters = new KeyspikeMeters(new PrometheusMeterRegistry(PrometheusConfig.DEFAULT), Clock.SYSTEM);
        meters.model(FrameMetrics.facts(spotter));
        counted = new FrameMetrics(meters);
    }

    private SpotterState next() {
        turn = (turn + 1) % STREAMS;
        from = turn == 0 ? (from + FRAME) % sound.length : from;
        return streams[turn];
    }

    @Benchmark
    public long hear() {
        SpotterState state = next();
        spotter.process(state, sound, from, from + FRAME, heard -> {});
        return state.steps();
    }

    @Benchmark
    public void count() {
        counted.add(spotter, next(), FRAME_SECONDS, 10, 0.1);
    }
}

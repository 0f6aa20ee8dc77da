package io.keyspike.benchmarks;

import io.keyspike.kernels.Backends;
import io.keyspike.models.KeywordSpotter;
import io.keyspike.models.ModelFiles;
import io.keyspike.models.SpotterState;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Random;
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
 * result is operations per second, so it is the number of real-time streams that one core carries. The sound is noise whose
 * loudness comes and goes four times a second, as speech does, so that the neurons fire as they do in use.
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
    @Param({"yes-no", "commands-12"})
    public String model;

    private KeywordSpotter spotter;
    private SpotterState[] streams;
    private short[] sound;
    private int turn;

    @Setup
    public void prepare() throws IOException {
        Path home = Path.of(System.getProperty("keyspike.home", ".."));
        spotter = new KeywordSpotter(
                ModelFiles.read(home.resolve("model-zoo").resolve(model + ".safetensors")), Backends.preferredSteps());
        streams = new SpotterState[STREAMS];
        for (int i = 0; i < STREAMS; i++) {
            streams[i] = spotter.newState();
        }
        int rate = spotter.model().features().sampleRateHz();
        sound = new short[rate];
        var random = new Random(1);
        for (int i = 0; i < rate; i++) {
            double loudness = Math.max(0.01, Math.sin(2 * Math.PI * 4 * i / rate));
            sound[i] = (short) (4_000 * loudness * random.nextGaussian());
        }
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

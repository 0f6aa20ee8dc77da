package io.keyspike.benchmarks;

import io.keyspike.audio.features.FeatureExtractor;
import io.keyspike.audio.features.FeatureExtractors;
import io.keyspike.audio.features.FeatureSpec;
import io.keyspike.audio.features.FeatureState;
import io.keyspike.audio.features.FilterbankSpec;
import io.keyspike.audio.features.LogMelSpec;
import io.keyspike.audio.features.Pcen;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Nanoseconds per sample of one stream on one core, from samples to finished steps, in frames of 20 ms. A stream of
 * 16,000 samples per second at x ns per sample takes 16·x µs of each second, so one core carries 62,500 / x streams.
 *
 * <p>{@code scalar} and {@code vector} give the same bits; see the test of their equality in audio-ingest.
 */
@SuppressWarnings("NullAway.Init") // JMH calls prepare() before anything else
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 5, time = 1)
public class FilterbankBenchmark {
    private static final int SAMPLES = 16_000;
    private static final int FRAME = 320;

    /** What to run. */
    @Param({"filterbank", "filterbank-half", "log-mel", "log-mel-pcen"})
    public String features;

    private FeatureExtractor extractor;
    private FeatureState state;
    private float[] feature;
    private short[] sound;

    @Setup
    public void prepare() {
        FilterbankSpec standard = FilterbankSpec.standard();
        FeatureSpec spec = switch (features) {
            case "filterbank" -> standard;
            case "filterbank-half" ->
                new FilterbankSpec(
                        standard.sampleRateHz(),
                        standard.filters(),
                        standard.firstCentreHz(),
                        standard.lastCentreHz(),
                        standard.centreLimit(),
                        standard.design(),
                        standard.q(),
                        FilterbankSpec.Rectifier.HALF,
                        standard.integration(),
                        standard.binSamples(),
                        standard.compression(),
                        null,
                        null);
            case "log-mel-pcen" -> LogMelSpec.standard().withPcen(Pcen.standard());
            default -> LogMelSpec.standard();
        };
        extractor = FeatureExtractors.of(spec);
        state = extractor.newState();
        feature = new float[spec.width()];
        sound = new short[SAMPLES];
        var random = new Random(1);
        for (int i = 0; i < SAMPLES; i++) {
            sound[i] = (short) (3_000 * random.nextGaussian());
        }
    }

    @Benchmark
    @OperationsPerInvocation(SAMPLES)
    @Fork(value = 1, jvmArgsAppend = "-Dkeyspike.vector=true")
    public float[] vector() {
        return run();
    }

    @Benchmark
    @OperationsPerInvocation(SAMPLES)
    @Fork(value = 1, jvmArgsAppend = "-Dkeyspike.vector=false")
    public float[] scalar() {
        return run();
    }

    private float[] run() {
        for (int from = 0; from < SAMPLES; from += FRAME) {
            int at = from;
            while (at < from + FRAME) {
                at = extractor.consume(state, sound, at, from + FRAME, feature);
            }
        }
        return feature;
    }
}

package io.keyspike.audio.features;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyspike.audio.features.FilterbankSpec.Compression;
import io.keyspike.audio.features.FilterbankSpec.Design;
import io.keyspike.audio.features.FilterbankSpec.Integration;
import io.keyspike.audio.features.FilterbankSpec.Rectifier;
import io.keyspike.audio.features.LogMelSpec.MelScale;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Laws that every extractor keeps, whatever its spec: cuts do not show, and neither do saving and restoring. */
class FeatureExtractorLawsTest {
    private static final int SAMPLES = 12_345;

    /** One step and the level that came with it. */
    private record Step(List<Float> values, float level) {}

    static List<FeatureSpec> specs() {
        var specs = new ArrayList<FeatureSpec>();
        for (Design design : Design.values()) {
            for (Rectifier rectifier : Rectifier.values()) {
                specs.add(filterbank(16_000, design, rectifier, Compression.LINEAR, 128, null));
            }
        }
        specs.add(filterbank(32_000, Design.PEAK, Rectifier.FULL, Compression.SQUARE_ROOT, 256, null));
        specs.add(filterbank(8_000, Design.PEAK, Rectifier.HALF, Compression.CUBE_ROOT, 1, null));
        specs.add(filterbank(16_000, Design.PEAK, Rectifier.FULL, Compression.CUBE_ROOT, 77, gain("LEVEL")));
        specs.add(filterbank(16_000, Design.PEAK, Rectifier.FULL, Compression.SQUARE_ROOT, 128, gain("CHANNEL")));
        specs.add(LogMelSpec.standard());
        specs.add(LogMelSpec.standard().withNormaliser(normaliser(40)));
        specs.add(new LogMelSpec(16_000, 512, 512, 160, 32, 0, 8_000, MelScale.HTK, false, 1, 1, 1, null));
        specs.add(new LogMelSpec(16_000, 100, 128, 300, 8, 100, 4_000, MelScale.HTK, true, 1e-3, 3, 4, normaliser(8)));
        specs.add(LogMelSpec.standard().withPcen(Pcen.standard()).withNormaliser(normaliser(40)));
        specs.add(new LogMelSpec(
                16_000,
                100,
                128,
                300,
                8,
                100,
                4_000,
                MelScale.HTK,
                false,
                1e-3,
                new Pcen(0.05, 0.7, 0, 0.3, 1e-4),
                3,
                4,
                null));
        return specs;
    }

    static List<Arguments> specsAndSeeds() {
        return specs().stream()
                .flatMap(spec -> IntStream.range(0, 4).mapToObj(seed -> Arguments.of(spec, seed)))
                .toList();
    }

    private static AdaptiveGain gain(String kind) {
        return new AdaptiveGain(AdaptiveGain.Kind.valueOf(kind), 0.5, 0.1f, 30);
    }

    private static Normaliser normaliser(int channels) {
        return new Normaliser(
                Collections.nCopies(channels, 0.01f), Collections.nCopies(channels, 0.02f), 1.1f, 0.5f, true);
    }

    private static FilterbankSpec filterbank(
            int rate,
            Design design,
            Rectifier rectifier,
            Compression compression,
            int bin,
            @Nullable AdaptiveGain gain) {
        var spec = new FilterbankSpec(
                rate, 16, 97.6, 15_900, 0.5, design, 3, rectifier, Integration.MEAN, bin, compression, gain, null);
        return gain == null ? spec : spec.withNormaliser(normaliser(spec.width()));
    }

    /** Runs a stream in pieces; before each piece the state goes through {@code between}. */
    private static List<Step> run(
            FeatureExtractor extractor, short[] sound, IntUnaryOperator pieceAt, boolean savedAndRestored) {
        FeatureState state = extractor.newState();
        float[] feature = new float[extractor.spec().width()];
        var steps = new ArrayList<Step>();
        int end = 0;
        while (end < sound.length) {
            int from = end;
            end = Math.min(sound.length, from + pieceAt.applyAsInt(from));
            if (savedAndRestored) {
                state = moved(extractor, state);
            }
            short[] piece = Arrays.copyOfRange(sound, from, end);
            int at = 0;
            while (at < piece.length) {
                at = extractor.consume(state, piece, at, piece.length, feature);
                if (state.stepComplete()) {
                    steps.add(new Step(boxed(feature), state.stepLevel()));
                }
            }
        }
        return steps;
    }

    private static FeatureState moved(FeatureExtractor extractor, FeatureState state) {
        ByteBuffer bytes = ByteBuffer.allocate(state.byteSize());
        state.save(bytes);
        assertThat(bytes.remaining()).isZero();
        FeatureState other = extractor.newState();
        other.restore(bytes.flip());
        return other;
    }

    private static List<Float> boxed(float[] values) {
        var list = new ArrayList<Float>();
        for (float v : values) {
            list.add(v);
        }
        return list;
    }

    @ParameterizedTest
    @MethodSource("specsAndSeeds")
    void shouldNotDependOnHowTheSoundWasCut(FeatureSpec spec, int seed) {
        FeatureExtractor extractor = FeatureExtractors.of(spec);
        short[] sound = TestSound.random(seed, SAMPLES);
        List<Step> whole = run(extractor, sound, i -> SAMPLES, false);
        assertThat(whole).isNotEmpty();
        var random = new Random(seed);
        assertThat(run(extractor, sound, i -> 1, false)).isEqualTo(whole);
        assertThat(run(extractor, sound, i -> 160, false)).isEqualTo(whole);
        for (int round = 0; round < 5; round++) {
            assertThat(run(extractor, sound, i -> 1 + random.nextInt(4_096), false))
                    .isEqualTo(whole);
            assertThat(run(extractor, sound, i -> 1 + random.nextInt(200), false))
                    .isEqualTo(whole);
        }
    }

    @ParameterizedTest
    @MethodSource("specsAndSeeds")
    void shouldContinueFromASavedStateAsIfNeverStopped(FeatureSpec spec, int seed) {
        FeatureExtractor extractor = FeatureExtractors.of(spec);
        short[] sound = TestSound.random(seed, SAMPLES);
        List<Step> whole = run(extractor, sound, i -> SAMPLES, false);
        var random = new Random(seed);
        assertThat(run(extractor, sound, i -> 1 + random.nextInt(700), true)).isEqualTo(whole);
        assertThat(run(extractor, sound, i -> spec.stepSamples(), true)).isEqualTo(whole);
        assertThat(run(extractor, Arrays.copyOf(sound, 2_000), i -> 1, true))
                .isEqualTo(run(extractor, Arrays.copyOf(sound, 2_000), i -> 2_000, false));
    }

    @ParameterizedTest
    @MethodSource("specs")
    void shouldBeginAnewAfterReset(FeatureSpec spec) {
        FeatureExtractor extractor = FeatureExtractors.of(spec);
        float[] feature = new float[spec.width()];
        short[] sound = TestSound.random(7, SAMPLES);
        FeatureState used = extractor.newState();
        for (int at = 0; at < SAMPLES; ) {
            at = extractor.consume(used, sound, at, SAMPLES, feature);
        }
        used.reset();
        ByteBuffer fresh = ByteBuffer.allocate(used.byteSize());
        ByteBuffer after = ByteBuffer.allocate(used.byteSize());
        extractor.newState().save(fresh);
        used.save(after);
        assertThat(after.array()).isEqualTo(fresh.array());
    }
}

package io.keyspike.audio.features;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class LogMelGroupTest {
    private static final int LANES = LaneSpectrum.LANES;

    private static LogMelSpec spec(int window, int fft, int hop, int bands, int context, int stride) {
        return new LogMelSpec(
                16_000,
                window,
                fft,
                hop,
                bands,
                20,
                7_600,
                LogMelSpec.MelScale.SLANEY,
                true,
                1e-6,
                context,
                stride,
                null);
    }

    static List<LogMelSpec> specs() {
        LogMelSpec standard = LogMelSpec.standard();
        return List.of(
                standard,
                standard.withPcen(Pcen.standard()),
                standard.withPcen(new Pcen(0.1, 0.5, 0, 0.3, 1e-6)),
                standard.withPcen(new Pcen(0.1, 0, 1, 1, 1e-6)),
                spec(63, 64, 40, 9, 1, 1),
                spec(128, 128, 200, 13, 2, 3),
                spec(201, 256, 80, 20, 3, 1),
                spec(1_000, 1_024, 160, 32, 1, 1),
                spec(2_048, 2_048, 512, 40, 1, 1),
                spec(4_095, 4_096, 4_000, 40, 1, 1));
    }

    @ParameterizedTest
    @ValueSource(ints = {64, 128, 256, 512, 1_024, 2_048, 4_096})
    void shouldTransformToTheBitsOfTheScalarSpectrum(int fft) {
        LogMelSpec spec = spec(fft, fft, fft / 2, 24, 1, 1);
        var spectrum = new MelSpectrum(spec);
        var lanes = new LaneSpectrum(spec, spectrum);
        for (int round = 0; round < 20; round++) {
            var expected = new double[LANES][24];
            for (int k = 0; k < LANES; k++) {
                short[] frame = frame(new Random(31 * round + k), fft);
                lanes.put(frame, k);
                double[] scratch = new double[fft];
                for (int i = 0; i < fft; i++) {
                    scratch[i] = frame[i];
                }
                spectrum.mel(scratch, expected[k]);
            }
            lanes.run();
            for (int k = 0; k < LANES; k++) {
                double[] found = new double[24];
                lanes.take(k, found);
                assertThat(found).as("lane %d", k).isEqualTo(expected[k]);
            }
        }
    }

    /** Noise, a tone, silence, clipping, or a single sample. */
    private static short[] frame(Random random, int length) {
        short[] frame = new short[length];
        int kind = random.nextInt(5);
        double step = random.nextDouble(Math.PI);
        for (int i = 0; i < length; i++) {
            frame[i] = (short)
                    switch (kind) {
                        case 0 -> random.nextInt(-32_768, 32_768);
                        case 1 -> (int) (20_000 * Math.sin(i * step));
                        case 2 -> 0;
                        case 3 -> i % 7 < 3 ? -32_768 : 32_767;
                        default -> i == length / 3 ? 1 : 0;
                    };
        }
        return frame;
    }

    /** Streams that begin apart, so that frames of some fill where those of others do not. */
    @ParameterizedTest
    @MethodSource("specs")
    void shouldHearWhatEachStreamHearsAlone(LogMelSpec spec) {
        assumeTrue(LANES > 1, "no vectors of doubles here");
        for (boolean inStep : new boolean[] {true, false}) {
            FeatureExtractor extractor = FeatureExtractors.of(spec);
            FeatureGroup group = Objects.requireNonNull(extractor.newGroup());
            var random = new Random(7);
            int size = group.size();
            var streams = new FeatureState[size];
            var samples = new short[size][];
            var from = new int[size];
            var found = new ArrayList<List<float[]>>();
            for (int k = 0; k < size; k++) {
                samples[k] = TestSound.random(k, 12 * spec.fftSize() + 4_000);
                Arrays.fill(samples[k], 0, k * 100, (short) 0);
                streams[k] = extractor.newState();
                found.add(new ArrayList<>());
                from[k] = inStep ? 0 : k % 3 == 0 ? 0 : random.nextInt(2 * spec.hopSamples());
                int at = 0;
                while (at < from[k]) {
                    float[] feature = new float[spec.width()];
                    at = extractor.consume(streams[k], samples[k], at, from[k], feature);
                    if (streams[k].stepComplete()) {
                        found.get(k).add(feature);
                    }
                }
            }
            int left = samples[0].length - Arrays.stream(from).max().orElseThrow();
            while (left > 0) {
                var features = new float[size][spec.width()];
                int taken = group.consume(streams, samples, from, Math.min(left, random.nextInt(1, 700)), features);
                left -= taken;
                for (int k = 0; k < size; k++) {
                    from[k] += taken;
                    if (streams[k].stepComplete()) {
                        found.get(k).add(features[k]);
                    }
                }
            }
            for (int k = 0; k < size; k++) {
                assertThat(found.get(k).toArray(float[][]::new))
                        .as("stream %d", k)
                        .isDeepEqualTo(oneByOne(extractor, Arrays.copyOf(samples[k], from[k])));
            }
        }
    }

    /** A call that brings samples for several frames transforms them all; the next call may bring others than those it saw. */
    @ParameterizedTest
    @MethodSource("specs")
    void shouldHearTheSamplesOfEachCall(LogMelSpec spec) {
        FeatureExtractor extractor = FeatureExtractors.of(spec);
        var random = new Random(3);
        short[] heard = new short[0];
        FeatureState state = extractor.newState();
        var found = new ArrayList<float[]>();
        for (int call = 0; call < 40; call++) {
            short[] samples = TestSound.random(call, spec.fftSize() + 4 * spec.hopSamples());
            float[] feature = new float[spec.width()];
            int at = random.nextInt(spec.hopSamples());
            int taken = extractor.consume(state, samples, at, samples.length, feature) - at;
            if (state.stepComplete()) {
                found.add(feature);
            }
            heard = Arrays.copyOf(heard, heard.length + taken);
            System.arraycopy(samples, at, heard, heard.length - taken, taken);
        }
        assertThat(found.toArray(float[][]::new)).isDeepEqualTo(oneByOne(extractor, heard));
    }

    /** Sample by sample, so that no call can see ahead. */
    private static float[][] oneByOne(FeatureExtractor extractor, short[] samples) {
        FeatureState state = extractor.newState();
        var steps = new ArrayList<float[]>();
        for (int at = 0; at < samples.length; at++) {
            float[] feature = new float[extractor.spec().width()];
            extractor.consume(state, samples, at, at + 1, feature);
            if (state.stepComplete()) {
                steps.add(feature);
            }
        }
        return steps.toArray(float[][]::new);
    }

    @Test
    void shouldHaveNoGroupWhereTheTransformIsTooShortOrTooLong() {
        assertThat(FeatureExtractors.of(spec(32, 32, 16, 4, 1, 1)).newGroup()).isNull();
        assertThat(FeatureExtractors.of(spec(8_000, 8_192, 4_000, 40, 1, 1)).newGroup())
                .isNull();
    }
}

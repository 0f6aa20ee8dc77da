package io.keyspike.audio.features;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.keyspike.audio.features.ClipLogMel.Padding;
import io.keyspike.audio.features.LogMelSpec.MelScale;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class LogMelTest {

    private static LogMelSpec small(int window, int hop, int context, int stride) {
        return new LogMelSpec(
                16_000, window, 64, hop, 6, 100, 7_000, MelScale.SLANEY, true, 1e-6, context, stride, null);
    }

    /** The frame that begins at sample {@code from}, by the definition of the discrete Fourier transform. */
    private static double[] frameByDefinition(LogMelSpec spec, short[] sound, int from) {
        int n = spec.fftSize();
        int first = (n - spec.windowSamples()) / 2;
        double[] x = new double[n];
        for (int i = 0; i < spec.windowSamples(); i++) {
            double hann = 0.5 - 0.5 * Math.cos(2 * Math.PI * i / spec.windowSamples());
            x[first + i] = hann * sound[from + first + i] / 32_768;
        }
        MelBands bands = MelBands.of(spec);
        double[] mel = new double[spec.bands()];
        for (int k = 0; k <= n / 2; k++) {
            double re = 0;
            double im = 0;
            for (int i = 0; i < n; i++) {
                re += x[i] * Math.cos(2 * Math.PI * k * i / n);
                im -= x[i] * Math.sin(2 * Math.PI * k * i / n);
            }
            for (int b = 0; b < mel.length; b++) {
                mel[b] += bands.weight(b, k) * (re * re + im * im);
            }
        }
        return Arrays.stream(mel).map(m -> Math.log(m + spec.logFloor())).toArray();
    }

    @ParameterizedTest
    @CsvSource({"64, 16", "40, 20", "33, 64", "64, 100"})
    void shouldBeTheLogMelOfEachFrame(int window, int hop) {
        LogMelSpec spec = small(window, hop, 1, 1);
        short[] sound = TestSound.random(1, 1_000);
        float[][] steps = FeatureExtractors.extract(FeatureExtractors.of(spec), sound);
        assertThat(steps).hasNumberOfRows((1_000 - 64) / hop + 1);
        for (int t = 0; t < steps.length; t++) {
            double[] expected = frameByDefinition(spec, sound, t * hop);
            for (int b = 0; b < expected.length; b++) {
                assertThat((double) steps[t][b])
                        .as("frame %d, band %d", t, b)
                        .isCloseTo(expected[b], within(1e-5 * Math.abs(expected[b]) + 1e-6));
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "5, 2", "3, 4", "4, 1"})
    void shouldStackTheLastFramesOldestFirst(int context, int stride) {
        short[] sound = TestSound.random(2, 2_000);
        float[][] frames = FeatureExtractors.extract(FeatureExtractors.of(small(64, 16, 1, 1)), sound);
        float[][] steps = FeatureExtractors.extract(FeatureExtractors.of(small(64, 16, context, stride)), sound);
        assertThat(steps).hasNumberOfRows((frames.length - 1) / stride + 1);
        for (int j = 0; j < steps.length; j++) {
            List<Float> expected = new ArrayList<>();
            for (int age = context - 1; age >= 0; age--) {
                for (float value : frames[Math.max(0, j * stride - age)]) {
                    expected.add(value);
                }
            }
            List<Float> found = new ArrayList<>();
            for (float value : steps[j]) {
                found.add(value);
            }
            assertThat(found).as("step %d", j).isEqualTo(expected);
        }
    }

    @Test
    void shouldNormaliseEachFrameBeforeStacking() {
        var normaliser =
                new Normaliser(List.of(-5f, -4f, -3f, -2f, -1f, 0f), List.of(1f, 2f, 3f, 4f, 5f, 6f), 2, 0.25f, false);
        short[] sound = TestSound.random(3, 1_000);
        LogMelSpec raw = small(64, 16, 3, 2);
        float[][] before = FeatureExtractors.extract(FeatureExtractors.of(raw), sound);
        float[][] after = FeatureExtractors.extract(FeatureExtractors.of(raw.withNormaliser(normaliser)), sound);
        for (int t = 0; t < before.length; t++) {
            for (int i = 0; i < before[t].length; i++) {
                int band = i % 6;
                float expected = 2
                                * (before[t][i] - normaliser.mean().get(band))
                                / normaliser.deviation().get(band)
                        + 0.25f;
                assertThat(after[t][i]).isEqualTo(expected);
            }
        }
    }

    @Test
    void shouldTellTheLevelSinceTheStepBefore() {
        LogMelSpec spec = small(64, 16, 1, 2);
        FeatureExtractor extractor = FeatureExtractors.of(spec);
        FeatureState state = extractor.newState();
        short[] sound = new short[96];
        Arrays.fill(sound, 0, 64, (short) 8_192);
        Arrays.fill(sound, 64, 96, (short) -16_384);
        float[] feature = new float[spec.width()];
        assertThat(extractor.consume(state, sound, 0, 96, feature)).isEqualTo(64);
        assertThat(state.stepComplete()).isTrue();
        assertThat(state.stepLevel()).isEqualTo(0.25f);
        assertThat(extractor.consume(state, sound, 64, 96, feature)).isEqualTo(96);
        assertThat(state.stepComplete()).isTrue();
        assertThat(state.stepLevel()).isEqualTo(0.5f);
    }

    @Test
    void shouldRefuseBytesThatAreNoState() {
        LogMelSpec spec = small(64, 100, 1, 2);
        FeatureState state = FeatureExtractors.of(spec).newState();
        ByteBuffer bytes = ByteBuffer.allocate(state.byteSize()).order(ByteOrder.LITTLE_ENDIAN);
        int numbers = 2 * 64 + 4 * 6;
        for (int field = 0; field < 4; field++) {
            for (int wrong : new int[] {-1, Integer.MAX_VALUE}) {
                ByteBuffer damaged = ByteBuffer.wrap(bytes.array().clone()).order(ByteOrder.LITTLE_ENDIAN);
                damaged.putInt(numbers + 4 * field, wrong);
                assertThatIllegalArgumentException()
                        .isThrownBy(() -> state.restore(damaged))
                        .withMessageStartingWith("log-mel state: expected ")
                        .withMessageEndingWith(", found " + wrong);
            }
        }
        bytes.putFloat(2 * 64, Float.NaN);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> state.restore(bytes))
                .withMessageContaining("finite");
    }

    @ParameterizedTest
    @EnumSource(Padding.class)
    void shouldGiveAnEmptyImageForSilence(Padding padding) {
        var clip = new ClipLogMel(small(64, 16, 1, 1), padding, 10);
        for (float[] frame : clip.extract(new short[100])) {
            assertThat(frame).containsOnly(0f);
        }
    }

    @Test
    void shouldCutALongClipAndFillAShortOne() {
        var image = new ClipLogMel(small(64, 16, 1, 1), Padding.ZERO, 10);
        assertThat(image.extract(TestSound.random(4, 5_000))).hasDimensions(10, 6);
        float[][] filled = image.extract(TestSound.random(5, 16));
        assertThat(filled).hasDimensions(10, 6);
        assertThat(filled[9]).containsOnly(0f);
    }

    @Test
    void shouldRefuseToMirrorAClipThatIsTooShort() {
        var mirrored = new ClipLogMel(small(64, 16, 1, 1), Padding.REFLECT, 10);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> mirrored.extract(new short[32]))
                .withMessage("clip log-mel: expected more than 32 samples to mirror, found 32");
    }
}

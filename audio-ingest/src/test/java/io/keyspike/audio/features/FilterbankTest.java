package io.keyspike.audio.features;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.keyspike.audio.features.AdaptiveGain.Kind;
import io.keyspike.audio.features.FilterbankSpec.Compression;
import io.keyspike.audio.features.FilterbankSpec.Design;
import io.keyspike.audio.features.FilterbankSpec.Integration;
import io.keyspike.audio.features.FilterbankSpec.Rectifier;
import java.nio.BufferOverflowException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.text.MessageFormat;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class FilterbankTest {

    private static FilterbankSpec spec(
            int filters, Rectifier rectifier, Compression compression, @Nullable AdaptiveGain gain) {
        return new FilterbankSpec(
                16_000,
                filters,
                97.6,
                7_000,
                0.5,
                Design.PEAK,
                3,
                rectifier,
                Integration.MEAN,
                128,
                compression,
                gain,
                null);
    }

    private static float[][] extract(FilterbankSpec spec, short[] sound) {
        return FeatureExtractors.extract(FeatureExtractors.of(spec), sound);
    }

    /** The response of a band-pass {@code b0·(1 − z⁻²) / (1 + a1·z⁻¹ + a2·z⁻²)}, from the difference equation. */
    @ParameterizedTest
    @ValueSource(doubles = {0.7, 2, 3, 4})
    void shouldAnswerAnImpulseAsThePeakFiltersEquationsSay(double q) {
        double rate = 16_000;
        var spec = new FilterbankSpec(
                16_000,
                16,
                97.6,
                15_900,
                0.5,
                Design.PEAK,
                q,
                Rectifier.FULL,
                Integration.SUM,
                128,
                Compression.LINEAR,
                null,
                null);
        assertThat(spec.width()).isEqualTo(13);
        for (FilterKernel kernel : List.of(new ScalarFilterKernel(), new VectorFilterKernel())) {
            double[][] response = FilterKernels.impulseMagnitudes(spec, kernel, 128);
            for (int c = 0; c < 13; c++) {
                double centre = 97.6 * Math.pow(15_900 / 97.6, c / 15.0);
                double bandwidth = Math.tan(Math.PI * centre / rate / q);
                double gain = 1 / (1 + bandwidth);
                double y1 = 0;
                double y2 = 0;
                for (int t = 0; t < 128; t++) {
                    double input = t == 0 ? 1 : 0;
                    double earlier = t == 2 ? 1 : 0;
                    double y = (1 - gain) * (input - earlier)
                            + 2 * gain * Math.cos(2 * Math.PI * centre / rate) * y1
                            - (2 * gain - 1) * y2;
                    assertThat(response[c][t])
                            .as("%s, channel %d, sample %d", kernel.getClass().getSimpleName(), c, t)
                            .isCloseTo(Math.abs(y), within(1e-12));
                    y2 = y1;
                    y1 = y;
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Design.class)
    void shouldPassAToneAtTheCentreUnchanged(Design design) {
        FilterbankSpec standard = FilterbankSpec.standard();
        var spec = new FilterbankSpec(
                16_000,
                16,
                97.6,
                15_900,
                0.5,
                design,
                3,
                Rectifier.FULL,
                Integration.MEAN,
                16_000,
                Compression.LINEAR,
                null,
                null);
        int channel = 5;
        short[] tone = new short[32_000];
        for (int i = 0; i < tone.length; i++) {
            tone[i] = (short) Math.round(16_384 * Math.sin(2 * Math.PI * standard.centreHz(channel) * i / 16_000));
        }
        // Butterworth's own centre lies between its warped edges, a little beside the tone.
        double tolerance = design == Design.PEAK ? 1e-3 : 2e-2;
        assertThat(extract(spec, tone)[1][channel]).isCloseTo((float) (0.5 * 2 / Math.PI), within((float) tolerance));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7, 8, 9, 13, 15, 16, 17, 33})
    void shouldGiveTheSameBitsFromTheScalarAndTheVectorKernel(int filters) {
        for (Rectifier rectifier : Rectifier.values()) {
            FilterbankSpec spec = spec(filters, rectifier, Compression.LINEAR, null);
            short[] sound = TestSound.random(filters, 20_000);
            float[][] scalar = FeatureExtractors.extract(new Filterbank(spec, new ScalarFilterKernel()), sound);
            float[][] vector = FeatureExtractors.extract(new Filterbank(spec, new VectorFilterKernel()), sound);
            assertThat(vector).isDeepEqualTo(scalar);
            assertThat(scalar).hasNumberOfRows(20_000 / 128);
        }
    }

    @Test
    void shouldKeepDoublesEqualToTheLastBitInBothKernels() {
        FilterbankSpec spec = FilterbankSpec.standard();
        int padded = 32;
        BandPassSections sections = BandPassSections.design(spec, padded);
        double[][] scalar = new double[3][padded];
        double[][] vector = new double[3][padded];
        var random = new Random(3);
        for (int round = 0; round < 50; round++) {
            short[] sound = TestSound.random(round, 1 + random.nextInt(1_000));
            boolean half = random.nextBoolean();
            new ScalarFilterKernel().run(sections, half, sound, 0, sound.length, scalar[0], scalar[1], scalar[2]);
            new VectorFilterKernel().run(sections, half, sound, 0, sound.length, vector[0], vector[1], vector[2]);
            for (int c = 0; c < 13; c++) {
                assertThat(vector[0][c]).isEqualTo(scalar[0][c]);
                assertThat(vector[1][c]).isEqualTo(scalar[1][c]);
                assertThat(vector[2][c]).isEqualTo(scalar[2][c]);
            }
        }
    }

    @Test
    void shouldForgetASoundInDigitalSilence() {
        FilterbankSpec spec = FilterbankSpec.standard();
        FilterbankState state = (FilterbankState) FeatureExtractors.of(spec).newState();
        FeatureExtractor extractor = FeatureExtractors.of(spec);
        float[] feature = new float[spec.width()];
        short[] sound = TestSound.random(1, 12_800);
        short[] silence = new short[12_800];
        feed(extractor, state, sound, feature);
        for (int second = 0; second < 10; second++) {
            feed(extractor, state, silence, feature);
        }
        for (int c = 0; c < spec.width(); c++) {
            assertThat(Math.abs(state.s1[c])).as("s1 of channel %d", c).isZero();
            assertThat(Math.abs(state.s2[c])).as("s2 of channel %d", c).isZero();
        }
        assertThat(feature).containsOnly(0f);
    }

    private static void feed(FeatureExtractor extractor, FeatureState state, short[] sound, float[] feature) {
        int at = 0;
        while (at < sound.length) {
            at = extractor.consume(state, sound, at, sound.length, feature);
        }
    }

    @Test
    void shouldCompressEachBin() {
        short[] sound = TestSound.random(4, 6_400);
        float[][] linear = extract(spec(13, Rectifier.FULL, Compression.LINEAR, null), sound);
        float[][] square = extract(spec(13, Rectifier.FULL, Compression.SQUARE_ROOT, null), sound);
        float[][] cube = extract(spec(13, Rectifier.FULL, Compression.CUBE_ROOT, null), sound);
        for (int t = 0; t < linear.length; t++) {
            for (int c = 0; c < 13; c++) {
                assertThat(square[t][c]).isCloseTo((float) Math.sqrt(linear[t][c]), within(1e-6f));
                assertThat(cube[t][c]).isCloseTo((float) Math.cbrt(linear[t][c]), within(1e-6f));
            }
        }
    }

    @Test
    void shouldNormaliseAfterEverythingElse() {
        FilterbankSpec raw = spec(5, Rectifier.HALF, Compression.SQUARE_ROOT, null);
        var normaliser = new Normaliser(
                List.of(0.1f, 0.2f, 0.01f, 0.05f, 0.3f), List.of(0.1f, 0.2f, 0.3f, 0.4f, 0.5f), 1.5f, 0.5f, true);
        short[] sound = TestSound.random(5, 6_400);
        float[][] before = extract(raw, sound);
        float[][] after = extract(raw.withNormaliser(normaliser), sound);
        for (int t = 0; t < before.length; t++) {
            for (int c = 0; c < 5; c++) {
                float mean = normaliser.mean().get(c);
                float deviation = normaliser.deviation().get(c);
                assertThat(after[t][c]).isEqualTo(Math.max(0f, 1.5f * (before[t][c] - mean) / deviation + 0.5f));
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void shouldHearAQuietMicrophoneAsALoudOne(Kind kind) {
        FilterbankSpec spec =
                spec(13, Rectifier.FULL, Compression.LINEAR, new AdaptiveGain(kind, 0.5, 0.2f, Float.MAX_VALUE));
        var random = new Random(6);
        short[] quiet = new short[32_000];
        short[] loud = new short[32_000];
        for (int i = 0; i < quiet.length; i++) {
            quiet[i] = (short) (150 * random.nextGaussian() * (1 + Math.sin(i / 500.0)));
            loud[i] = (short) (16 * quiet[i]);
        }
        float[][] fromQuiet = extract(spec, quiet);
        float[][] fromLoud = extract(spec, loud);
        for (int t = 0; t < fromQuiet.length; t++) {
            for (int c = 0; c < 13; c++) {
                assertThat(fromLoud[t][c]).isCloseTo(fromQuiet[t][c], within(1e-5f * Math.max(1, fromQuiet[t][c])));
            }
        }
    }

    @Test
    void shouldFollowTheWrittenLawOfTheLevel() {
        FilterbankSpec raw = spec(3, Rectifier.FULL, Compression.LINEAR, null);
        FilterbankSpec levelled =
                spec(3, Rectifier.FULL, Compression.LINEAR, new AdaptiveGain(Kind.LEVEL, 0.25, 0.1f, 8));
        short[] sound = TestSound.random(8, 16_000);
        float[][] before = extract(raw, sound);
        float[][] after = extract(levelled, sound);
        double level = (before[0][0] + before[0][1] + before[0][2]) / 3;
        for (int t = 0; t < before.length; t++) {
            double found = (before[t][0] + before[t][1] + before[t][2]) / 3;
            if (t > 0) {
                double steps = 0.008 / 0.25 * (found > level ? 16 : 1);
                level += (1 - Math.exp(-steps)) * (found - level);
            }
            double gain = Math.min(0.1 / level, 8);
            for (int c = 0; c < 3; c++) {
                assertThat((double) after[t][c])
                        .as("step %d, channel %d", t, c)
                        .isCloseTo(before[t][c] * gain, within(1e-4 * before[t][c] * gain + 1e-12));
            }
        }
    }

    @Test
    void shouldFollowTheWrittenLawOfTheChannels() {
        FilterbankSpec raw = spec(3, Rectifier.FULL, Compression.LINEAR, null);
        FilterbankSpec levelled =
                spec(3, Rectifier.FULL, Compression.LINEAR, new AdaptiveGain(Kind.CHANNEL, 0.25, 0.1f, 8));
        short[] sound = TestSound.random(9, 16_000);
        float[][] before = extract(raw, sound);
        float[][] after = extract(levelled, sound);
        for (int c = 0; c < 3; c++) {
            double level = before[0][c];
            for (int t = 0; t < before.length; t++) {
                level += (1 - Math.exp(-0.008 / 0.25)) * (before[t][c] - level);
                double expected = before[t][c] * Math.min(0.1 / level, 8);
                assertThat((double) after[t][c]).isCloseTo(expected, within(1e-4 * expected + 1e-12));
            }
        }
    }

    @Test
    void shouldLeaveSilenceSilent() {
        for (Kind kind : Kind.values()) {
            FilterbankSpec spec = spec(13, Rectifier.FULL, Compression.LINEAR, new AdaptiveGain(kind, 0.5, 1, 100));
            for (float[] step : extract(spec, new short[4_000])) {
                assertThat(step).containsOnly(0f);
            }
        }
    }

    @Test
    void shouldTellTheLevelOfEachStep() {
        FeatureExtractor extractor = FeatureExtractors.of(FilterbankSpec.standard());
        FeatureState state = extractor.newState();
        short[] sound = new short[256];
        Arrays.fill(sound, 0, 128, (short) 16_384);
        Arrays.fill(sound, 128, 192, Short.MIN_VALUE);
        float[] feature = new float[13];
        assertThat(extractor.consume(state, sound, 0, 256, feature)).isEqualTo(128);
        assertThat(state.stepComplete()).isTrue();
        assertThat(state.stepLevel()).isEqualTo(0.5f);
        assertThat(extractor.consume(state, sound, 128, 200, feature)).isEqualTo(200);
        assertThat(state.stepComplete()).isFalse();
        assertThat(extractor.consume(state, sound, 200, 256, feature)).isEqualTo(256);
        assertThat(state.stepLevel()).isEqualTo((float) Math.sqrt(0.5));
    }

    @Test
    void shouldWarnOnceAboutFiltersBeyondNyquist() {
        var messages = new ArrayList<String>();
        Logger logger = Logger.getLogger(Filterbank.class.getName());
        Handler handler = new Handler() {
            @Override
            public void publish(LogRecord record) {
                messages.add(MessageFormat.format(record.getMessage(), record.getParameters()));
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        logger.addHandler(handler);
        try {
            // A rate that no other test of this JVM takes, since the warning comes once.
            FilterbankSpec spec = new FilterbankSpec(
                    11_000,
                    16,
                    97.6,
                    15_900,
                    0.5,
                    FilterbankSpec.Design.PEAK,
                    3.0,
                    FilterbankSpec.Rectifier.FULL,
                    FilterbankSpec.Integration.MEAN,
                    88,
                    FilterbankSpec.Compression.LINEAR,
                    null,
                    null);
            for (int compiled = 0; compiled < 3; compiled++) {
                FeatureExtractor extractor = FeatureExtractors.of(spec);
                for (int stream = 0; stream < 5; stream++) {
                    FeatureExtractors.extract(extractor, new short[1_000]);
                }
            }
            assertThat(spec.width()).isEqualTo(12);
        } finally {
            logger.removeHandler(handler);
        }
        assertThat(messages)
                .containsExactly("filterbank: 4 of 16 filters dropped at 11000 Hz,"
                        + " since their centres lie at or above 5500 Hz");
    }

    @Test
    void shouldChooseTheKernelByPropertyAndModule() {
        assertThat(FilterKernel.preferred()).isInstanceOf(VectorFilterKernel.class);
        System.setProperty("keyspike.vector", "false");
        try {
            assertThat(FilterKernel.preferred()).isInstanceOf(ScalarFilterKernel.class);
        } finally {
            System.clearProperty("keyspike.vector");
        }
    }

    @Test
    void shouldRefuseBytesThatAreNoState() {
        FeatureState state = FeatureExtractors.of(
                        spec(2, Rectifier.FULL, Compression.LINEAR, new AdaptiveGain(Kind.LEVEL, 1, 1, 1)))
                .newState();
        var bytes = ByteBuffer.allocate(state.byteSize()).order(ByteOrder.LITTLE_ENDIAN);
        int filledAt = 2 * 24 + 8;
        for (int wrong : new int[] {-1, 128, Integer.MAX_VALUE}) {
            bytes.putInt(filledAt, wrong);
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> state.restore(bytes.rewind()))
                    .withMessage("filterbank state: expected 0 to 127 samples in the bin, found " + wrong);
        }
        bytes.putInt(filledAt, 1).putLong(filledAt - 8, 1L << 31);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> state.restore(bytes.rewind()))
                .withMessageContaining("sum of squares");
        bytes.putLong(filledAt - 8, 0).putDouble(8, Double.NaN);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> state.restore(bytes.rewind()))
                .withMessageContaining("finite");
        assertThatThrownBy(() -> state.restore(ByteBuffer.allocate(state.byteSize() - 1)))
                .isInstanceOf(BufferUnderflowException.class);
        assertThatThrownBy(() -> state.save(ByteBuffer.allocate(state.byteSize() - 1)))
                .isInstanceOf(BufferOverflowException.class);
    }
}

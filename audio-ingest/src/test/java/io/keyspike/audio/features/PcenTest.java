package io.keyspike.audio.features;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PcenTest {
    private static final LogMelSpec MEL = LogMelSpec.standard().withoutContext();

    /** Energies {@code [6, 3]}: weak and strong, silence, one band at a steady level. */
    private static final double[][] ENERGIES = {
        {1e-6, 0, 0.5}, {4e-6, 0, 0.5}, {2e-3, 1e-9, 0.25}, {1e-4, 3e-7, 8}, {0, 2e-2, 1}, {5e-7, 0, 1e-3}
    };

    /**
     * What librosa's equation gives in numpy: {@code bias^power · expm1(power · log1p(S · exp(−gain · (log eps + log1p(M /
     * eps))) / bias))}, with the smoother's b given and its initial state the first frame.
     */
    private static final double[][][] LIBROSA = {
        {
            {2.4446554708e-01, 0.0000000000e+00, 3.1385839364e-01},
            {7.7747991965e-01, 0.0000000000e+00, 3.1385839364e-01},
            {4.4622999239e+00, 2.4193927826e-02, 1.6665833352e-01},
            {4.8022407910e-01, 2.3327715539e+00, 2.2855885965e+00},
            {0.0000000000e+00, 4.6504643439e+00, 4.4173810252e-01},
            {2.9460296661e-03, 0.0000000000e+00, 5.2327954369e-04}
        },
        {
            {1.6088911669e-03, 0.0000000000e+00, 3.7499097232e-02},
            {5.4347945241e-03, 0.0000000000e+00, 3.7499097232e-02},
            {5.4546509851e-02, 2.8046950473e-06, 2.0278219181e-02},
            {3.1077268003e-03, 8.1110523702e-04, 2.0403232422e-01},
            {0.0000000000e+00, 8.4757822373e-02, 3.0921926005e-02},
            {2.0310762608e-05, 0.0000000000e+00, 3.6260084390e-05}
        },
        {
            {9.9900099900e-04, 0.0000000000e+00, 9.9800399202e-01},
            {3.9958848360e-03, 0.0000000000e+00, 9.9800399202e-01},
            {1.9590174801e+00, 9.9999999005e-07, 5.0149198033e-01},
            {9.7875437876e-02, 2.9999910153e-04, 1.3957623965e+01},
            {0.0000000000e+00, 1.6680479631e+01, 1.7318401363e+00},
            {4.8958076788e-04, 0.0000000000e+00, 1.7491845289e-03}
        }
    };

    private static LogMelSpec with(Pcen pcen) {
        return MEL.withPcen(pcen);
    }

    private static LogMelSpec threeBands(Pcen pcen) {
        return new LogMelSpec(16_000, 400, 512, 160, 3, 20, 7_600, MEL.melScale(), true, 1e-6, pcen, 1, 1, null);
    }

    private static float[][] extract(LogMelSpec spec, short[] sound) {
        return FeatureExtractors.extract(FeatureExtractors.of(spec), sound);
    }

    private static short[] noise(long seed, int samples, double amplitude) {
        var random = new Random(seed);
        short[] sound = new short[samples];
        for (int i = 0; i < samples; i++) {
            sound[i] = (short) Math.round(amplitude * random.nextGaussian());
        }
        return sound;
    }

    /** Bursts of tones in noise, loud enough that rounding does not matter 20 dB lower. */
    private static short[] bursts(double gain) {
        var random = new Random(5);
        short[] sound = new short[32_000];
        for (int i = 0; i < sound.length; i++) {
            double burst = i / 3_200 % 2 == 0 ? 0 : 6_000 * Math.sin(0.05 * (1 + i / 6_400) * i);
            sound[i] = (short) Math.round(gain * (burst + 300 * random.nextGaussian()));
        }
        return sound;
    }

    @ParameterizedTest
    @CsvSource({"0, 0.4, 0.98, 2, 0.5, 1e-8", "1, 0.06, 0.8, 10, 0.25, 1e-6", "2, 1, 1, 1, 1, 1e-3"})
    void shouldBeTheEquationOfLibrosa(int set, double tau, double alpha, double delta, double r, double epsilon) {
        MelCompression compression = MelCompression.of(threeBands(new Pcen(tau, alpha, delta, r, epsilon)));
        double[] levels = new double[compression.levels()];
        float[] out = new float[4];
        for (int t = 0; t < ENERGIES.length; t++) {
            compression.apply(ENERGIES[t], levels, t == 0, out, 1, new double[3]);
            for (int b = 0; b < 3; b++) {
                double expected = LIBROSA[set][t][b];
                assertThat((double) out[1 + b])
                        .as("frame %d, band %d", t, b)
                        .isCloseTo(expected, within(1e-6 * expected + 1e-11));
            }
        }
    }

    @Test
    void shouldNormaliseTheEnergiesThatTheLogarithmSees() {
        Pcen p = Pcen.standard();
        short[] sound = TestSound.random(3, 8_000);
        LogMelSpec mel = LogMelSpec.standard().withoutContext();
        float[][] logarithms = extract(mel, sound);
        float[][] found = extract(with(p), sound);
        assertThat(found).hasNumberOfRows(logarithms.length);
        double s = 1 - Math.exp(-0.01 / p.timeConstantSeconds());
        double[] level = new double[mel.bands()];
        for (int t = 0; t < found.length; t++) {
            for (int b = 0; b < level.length; b++) {
                double energy = Math.max(0, Math.exp(logarithms[t][b]) - mel.logFloor());
                level[b] = t == 0 ? energy : (1 - s) * level[b] + s * energy;
                double expected = Math.pow(energy / Math.pow(p.epsilon() + level[b], p.alpha()) + p.delta(), p.r())
                        - Math.pow(p.delta(), p.r());
                if (energy > 1e-4) { // the float32 logarithm says too little about weaker ones
                    assertThat((double) found[t][b]).isCloseTo(expected, within(1e-3 * (1 + expected)));
                }
            }
        }
    }

    @Test
    void shouldHardlyDependOnTheGain() {
        float[][] loud = extract(with(Pcen.standard()), bursts(1));
        float[][] quiet = extract(with(Pcen.standard()), bursts(0.1));
        float[][] loudLogarithm = extract(MEL, bursts(1));
        float[][] quietLogarithm = extract(MEL, bursts(0.1));
        assertThat(relativeDifference(loud, quiet)).isLessThan(0.1);
        assertThat(relativeDifference(loudLogarithm, quietLogarithm)).isGreaterThan(0.8);
    }

    /** Root mean square of the difference, in standard deviations of the first. */
    private static double relativeDifference(float[][] a, float[][] b) {
        double sum = 0;
        double squares = 0;
        double difference = 0;
        int count = 0;
        for (int t = 0; t < a.length; t++) {
            for (int i = 0; i < a[t].length; i++) {
                sum += a[t][i];
                squares += (double) a[t][i] * a[t][i];
                difference += Math.pow((double) a[t][i] - b[t][i], 2);
                count++;
            }
        }
        double mean = sum / count;
        return Math.sqrt(difference / count / (squares / count - mean * mean));
    }

    @Test
    void shouldKeepSilenceAndDitherQuiet() {
        for (float[] step : extract(with(Pcen.standard()), new short[16_000])) {
            assertThat(step).containsOnly(0f);
        }
        for (float[] step : extract(with(Pcen.standard()), noise(1, 16_000, 0.5))) {
            for (float value : step) {
                assertThat(value).isBetween(0f, 0.3f);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"10", "3000"})
    void shouldBringSteadyNoiseToOneLevel(double amplitude) {
        float[][] steps = extract(with(Pcen.standard()), noise(2, 48_000, amplitude));
        double sum = 0;
        for (float[] step : steps) {
            for (float value : step) {
                sum += value;
            }
        }
        // Energies equal to their level give sqrt(1 + 2) - sqrt(2) = 0.32, but for the 2 % of the level that alpha
        // leaves.
        assertThat(sum / steps.length / MEL.bands()).isBetween(0.22, 0.34);
    }

    @Test
    void shouldStayFiniteAfterSilenceAndAtFullScale() {
        short[] sound = new short[32_000];
        for (int i = 16_000; i < sound.length; i++) {
            sound[i] = i / 8 % 2 == 0 ? Short.MAX_VALUE : Short.MIN_VALUE;
        }
        for (float[] step : extract(with(Pcen.standard()), sound)) {
            for (float value : step) {
                assertThat(value).isFinite().isGreaterThanOrEqualTo(0);
            }
        }
    }

    @Test
    void shouldKeepALevelPerBandBehindTheStateWithoutIt() {
        int without = FeatureExtractors.of(MEL).newState().byteSize();
        FeatureExtractor extractor = FeatureExtractors.of(with(Pcen.standard()));
        FeatureState state = extractor.newState();
        assertThat(state.byteSize()).isEqualTo(without + 8 * 40);
        short[] sound = noise(3, 512, 1_000);
        extractor.consume(state, sound, 0, 512, new float[40]);
        ByteBuffer saved = ByteBuffer.allocate(state.byteSize()).order(ByteOrder.LITTLE_ENDIAN);
        state.save(saved);
        double[] frame = new double[512];
        for (int i = 0; i < frame.length; i++) {
            frame[i] = sound[i];
        }
        double[] energies = new double[40];
        new MelSpectrum(MEL).mel(frame, energies);
        for (int b = 0; b < 40; b++) {
            assertThat(saved.getDouble(without + 8 * b)).isEqualTo(energies[b]);
        }
    }

    @ParameterizedTest
    @CsvSource({"NaN", "-1e-9", "Infinity"})
    void shouldRefuseLevelsThatCannotBe(double level) {
        FeatureState state = FeatureExtractors.of(with(Pcen.standard())).newState();
        ByteBuffer bytes = ByteBuffer.allocate(state.byteSize()).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putDouble(state.byteSize() - 8, level);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> state.restore(bytes))
                .withMessage("log-mel state: expected finite levels of at least 0, found " + level);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0   | 0.98 | 2  | 0.5 | 1e-8 | time constant in seconds above 0.0, found 0.0",
                "NaN | 0.98 | 2  | 0.5 | 1e-8 | time constant in seconds above 0.0, found NaN",
                "0.4 | 1.1  | 2  | 0.5 | 1e-8 | alpha from 0 to 1, found 1.1",
                "0.4 | -0.1 | 2  | 0.5 | 1e-8 | alpha from 0 to 1, found -0.1",
                "0.4 | 0.98 | -1 | 0.5 | 1e-8 | delta of at least 0, found -1.0",
                "0.4 | 0.98 | Infinity | 0.5 | 1e-8 | delta of at least 0, found Infinity",
                "0.4 | 0.98 | 2  | 0   | 1e-8 | r above 0.0, found 0.0",
                "0.4 | 0.98 | 2  | 1.5 | 1e-8 | r from 0 to 1, found 1.5",
                "0.4 | 0.98 | 2  | 0.5 | 0    | epsilon above 0.0, found 0.0",
            })
    void shouldRefuseValuesThatCannotBe(
            double tau, double alpha, double delta, double r, double epsilon, String expected) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Pcen(tau, alpha, delta, r, epsilon))
                .withMessage("pcen: expected " + expected);
    }

    @Test
    void shouldSurviveOtherChangesOfTheSpec() {
        LogMelSpec spec = LogMelSpec.standard().withPcen(Pcen.standard());
        assertThat(spec.withoutContext().pcen()).isEqualTo(Pcen.standard());
        assertThat(spec.withNormaliser(null).pcen()).isEqualTo(Pcen.standard());
        assertThat(spec.withPcen(null)).isEqualTo(LogMelSpec.standard());
        assertThat(spec.kind()).isEqualTo("log-mel");
        assertThat(spec.channelsName()).isEqualTo("Mel bands (PCEN)");
    }
}

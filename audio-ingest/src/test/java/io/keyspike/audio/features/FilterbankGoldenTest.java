package io.keyspike.audio.features;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.keyspike.audio.features.FilterbankSpec.Compression;
import io.keyspike.audio.features.FilterbankSpec.Design;
import io.keyspike.audio.features.FilterbankSpec.Integration;
import io.keyspike.audio.features.FilterbankSpec.Rectifier;
import io.keyspike.testing.GoldenFile;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Against SciPy's float64 filters on synthetic sound. */
class FilterbankGoldenTest {
    private static final double CENTRE_LIMIT = 0.45;
    private final GoldenFile golden = vectors();

    GoldenFile vectors() {
        return GoldenFile.open("filterbank_synthetic");
    }

    static List<Arguments> filters() {
        var all = new ArrayList<Arguments>();
        for (int rate : new int[] {16_000, 32_000}) {
            for (Design design : Design.values()) {
                for (double q : new double[] {2, 4}) {
                    all.add(Arguments.of(rate, design, q));
                }
            }
        }
        return all;
    }

    static List<Arguments> banks() {
        var all = new ArrayList<Arguments>();
        for (Arguments filter : filters()) {
            for (Rectifier rectifier : Rectifier.values()) {
                Object[] values = filter.get();
                all.add(Arguments.of(values[0], values[1], values[2], rectifier));
            }
        }
        return all;
    }

    private static FilterbankSpec spec(
            int rate, Design design, double q, Rectifier rectifier, Integration integration) {
        return new FilterbankSpec(
                rate,
                16,
                97.6,
                15_900,
                CENTRE_LIMIT,
                design,
                q,
                rectifier,
                integration,
                rate / 125,
                Compression.LINEAR,
                null,
                null);
    }

    private static String key(int rate, Design design, double q) {
        return "fs%d.%s.q%d".formatted(rate, design == Design.PEAK ? "iirpeak" : "butter", (int) q);
    }

    @ParameterizedTest
    @MethodSource("filters")
    void shouldDesignTheSameCoefficientsAsScipy(int rate, Design design, double q) {
        FilterbankSpec spec = spec(rate, design, q, Rectifier.FULL, Integration.SUM);
        BandPassSections sections = BandPassSections.design(spec, spec.width());
        double[] b = golden.doubles(key(rate, design, q) + ".b");
        double[] a = golden.doubles(key(rate, design, q) + ".a");
        double[] centres = golden.doubles("fs" + rate + ".centres");
        assertThat(spec.width()).isEqualTo(centres.length);
        for (int c = 0; c < spec.width(); c++) {
            assertThat(spec.centreHz(c)).as("centre %d", c).isCloseTo(centres[c], within(centres[c] * 1e-12));
            assertThat(sections.b0()[c]).as("b0 of channel %d", c).isCloseTo(b[3 * c], within(1e-12));
            assertThat(b[3 * c + 1]).as("b1 of channel %d", c).isCloseTo(0, within(1e-12));
            assertThat(-sections.b0()[c]).as("b2 of channel %d", c).isCloseTo(b[3 * c + 2], within(1e-12));
            assertThat(sections.a1()[c]).as("a1 of channel %d", c).isCloseTo(a[3 * c + 1], within(1e-12));
            assertThat(sections.a2()[c]).as("a2 of channel %d", c).isCloseTo(a[3 * c + 2], within(1e-12));
        }
    }

    @ParameterizedTest
    @MethodSource("filters")
    void shouldAnswerAnImpulseAsScipy(int rate, Design design, double q) {
        FilterbankSpec spec = spec(rate, design, q, Rectifier.FULL, Integration.SUM);
        double[] impulse = golden.doubles(key(rate, design, q) + ".impulse");
        int length = impulse.length / spec.width();
        for (FilterKernel kernel : List.of(new ScalarFilterKernel(), new VectorFilterKernel())) {
            double[][] response = FilterKernels.impulseMagnitudes(spec, kernel, length);
            for (int c = 0; c < spec.width(); c++) {
                for (int t = 0; t < length; t++) {
                    assertThat(response[c][t])
                            .as("channel %d, sample %d", c, t)
                            .isCloseTo(Math.abs(impulse[c * length + t]), within(1e-9));
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("banks")
    void shouldGiveTheBinsOfScipy(int rate, Design design, double q, Rectifier rectifier) {
        short[] samples = golden.shorts("raw_int16");
        int repeats = rate / 16_000;
        short[] sound = new short[samples.length * repeats];
        for (int i = 0; i < sound.length; i++) {
            sound[i] = samples[i / repeats];
        }
        double[] expected =
                golden.doubles(key(rate, design, q) + (rectifier == Rectifier.HALF ? ".half" : ".full") + ".sum8ms");
        for (Integration integration : Integration.values()) {
            FilterbankSpec spec = spec(rate, design, q, rectifier, integration);
            float[][] steps = FeatureExtractors.extract(FeatureExtractors.of(spec), sound);
            assertThat(steps).hasNumberOfRows(125);
            double unit = integration == Integration.MEAN ? spec.binSamples() : 1;
            for (int t = 0; t < steps.length; t++) {
                for (int c = 0; c < spec.width(); c++) {
                    double wanted = expected[t * spec.width() + c] / unit;
                    assertThat((double) steps[t][c])
                            .as("%s bin %d, channel %d", integration, t, c)
                            .isCloseTo(wanted, within(1e-4 * wanted));
                }
            }
        }
    }
}

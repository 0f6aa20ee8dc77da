package io.keyspike.audio.features;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;

class NormaliserFitTest {

    @Test
    void shouldMeasureMeanAndDeviation() {
        var fit = new NormaliserFit(2);
        var random = new Random(1);
        double[] sum = new double[2];
        double[] squares = new double[2];
        int steps = 10_000;
        for (int i = 0; i < steps; i++) {
            float[] step = {(float) (1_000 + random.nextGaussian()), (float) (0.01 * random.nextGaussian())};
            fit.add(step);
            for (int c = 0; c < 2; c++) {
                double centred = step[c] - (c == 0 ? 1_000 : 0);
                sum[c] += centred;
                squares[c] += centred * centred;
            }
        }
        Normaliser normaliser = fit.toNormaliser(2, 0.5f, true);
        for (int c = 0; c < 2; c++) {
            double mean = sum[c] / steps;
            double deviation = Math.sqrt(squares[c] / steps - mean * mean);
            assertThat((double) normaliser.mean().get(c)).isCloseTo(mean + (c == 0 ? 1_000 : 0), within(1e-4));
            assertThat((double) normaliser.deviation().get(c)).isCloseTo(deviation, within(1e-6 * deviation));
        }
        assertThat(normaliser.gain()).isEqualTo(2);
        assertThat(normaliser.offset()).isEqualTo(0.5f);
        assertThat(normaliser.rectified()).isTrue();
        assertThat(fit.steps()).isEqualTo(steps);
    }

    @Test
    void shouldBringWhatItMeasuredToMeanZeroAndDeviationOne() {
        FilterbankSpec raw = FilterbankSpec.standard();
        var fit = new NormaliserFit(raw.width());
        short[] sound = TestSound.random(2, 100_000);
        for (float[] step : FeatureExtractors.extract(FeatureExtractors.of(raw), sound)) {
            fit.add(step);
        }
        FilterbankSpec normalised = raw.withNormaliser(fit.toNormaliser(1, 0, false));
        var again = new NormaliserFit(raw.width());
        for (float[] step : FeatureExtractors.extract(FeatureExtractors.of(normalised), sound)) {
            again.add(step);
        }
        Normaliser left = again.toNormaliser(1, 0, false);
        assertThat(left.mean()).allSatisfy(m -> assertThat(m).isCloseTo(0f, within(1e-4f)));
        assertThat(left.deviation()).allSatisfy(d -> assertThat(d).isCloseTo(1f, within(1e-4f)));
    }

    @Test
    void shouldMeasureALogMelPerBand() {
        LogMelSpec spec = LogMelSpec.standard();
        FeatureSpec measured = NormaliserFit.specToMeasure(spec);
        assertThat(measured.width()).isEqualTo(spec.bands());
        assertThat(measured.stepSamples()).isEqualTo(spec.hopSamples());
        FilterbankSpec filterbank = FilterbankSpec.standard();
        assertThat(NormaliserFit.specToMeasure(filterbank)).isEqualTo(filterbank);
    }

    @Test
    void shouldGiveAConstantChannelADeviationOfOne() {
        var fit = new NormaliserFit(2);
        for (int i = 0; i < 100; i++) {
            fit.add(new float[] {0, 0.1f});
        }
        assertThat(fit.toNormaliser(1, 0, false).deviation()).containsExactly(1f, 1f);
        assertThat(fit.toNormaliser(1, 0, false).mean()).containsExactly(0f, 0.1f);
    }

    @Test
    void shouldRefuseStepsOfAnotherLengthAndAnEmptyFit() {
        var fit = new NormaliserFit(3);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> fit.add(new float[4]))
                .withMessage("normaliser fit: expected steps of 3 channels, found 4");
        assertThatIllegalStateException().isThrownBy(() -> fit.toNormaliser(1, 0, false));
    }
}

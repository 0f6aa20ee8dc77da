package io.keyspike.trainer.common;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InterpolationTest {

    @Test
    void shouldGiveTheSamplesThemselvesAndWhatLiesBetweenThoseOfACubic() {
        short[] samples = new short[20];
        for (int i = 0; i < samples.length; i++) {
            samples[i] = (short) (i * i * 10);
        }
        assertThat(Interpolation.cubic(samples, 7)).isEqualTo(490);
        assertThat(Interpolation.cubic(samples, 7.25)).isCloseTo(7.25 * 7.25 * 10, within(1e-9));
        assertThat(Interpolation.cubic(samples, -3)).isZero();
        assertThat(Interpolation.cubic(samples, 40)).isZero();
    }

    @ParameterizedTest
    @CsvSource({
        "0, 1",
        "-7, 1",
        "30, 1",
        "0, 0.9",
        "-7, 1.13",
        "5, 0.5",
        "40, 2",
        "-3, 3.85",
        "0, 3.9",
        "1, 0.88",
        "-40, 0.75",
        "-90, 1.125"
    })
    void shouldAddEverySampleAsIfItWereAlone(int from, double speed) {
        var random = new SplitMix(5);
        short[] samples = new short[97];
        for (int i = 0; i < samples.length; i++) {
            samples[i] = (short) random.nextInt(1 << 16);
        }
        float[] expected = new float[130];
        float[] found = new float[expected.length];
        for (int i = 0; i < expected.length; i++) {
            expected[i] = (float) random.nextDouble();
            found[i] = expected[i];
        }
        for (int i = 3; i < 110; i++) {
            expected[11 + i] += (float) (0.37 * Interpolation.cubic(samples, from + i * speed));
        }
        Interpolation.add(samples, from, speed, 0.37, found, 11, 3, 110);
        assertThat(found).isEqualTo(expected);
    }
}

package io.keyspike.audio.features;

import static io.keyspike.audio.features.LaneSpectrum.LANES;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LaneFramesTest {

    /** Of lengths that fill whole vectors and others. */
    @ParameterizedTest
    @CsvSource({"512, 56, 472", "512, 56, 456", "512, 0, 512", "64, 3, 64", "64, 20, 41", "128, 127, 128", "64, 8, 8"})
    void shouldHoldEachSampleTimesItsWindowInTheLaneOfItsFrame(int samples, int first, int end) {
        var random = new Random(samples + first + end);
        double[] window = random.doubles(samples, 0, 1).toArray();
        short[][] frames = new short[LANES][samples];
        for (short[] frame : frames) {
            for (int i = 0; i < samples; i++) {
                frame[i] = (short) (random.nextInt(8) == 0 ? Short.MIN_VALUE : random.nextInt());
            }
        }
        double[] target = new double[samples * LANES];

        new LaneFrames().weigh(frames, window, first, end, target);

        for (int i = 0; i < samples; i++) {
            for (int k = 0; k < LANES; k++) {
                double expected = i < first || i >= end ? 0 : frames[k][i] * window[i];
                assertThat(target[i * LANES + k])
                        .as("sample %d of frame %d", i, k)
                        .isEqualTo(expected);
            }
        }
    }
}

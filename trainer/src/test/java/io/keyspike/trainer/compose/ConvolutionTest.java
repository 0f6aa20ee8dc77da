package io.keyspike.trainer.compose;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyspike.trainer.common.SplitMix;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConvolutionTest {

    private static float[] random(int length, long seed) {
        var random = new SplitMix(seed);
        float[] values = new float[length];
        for (int i = 0; i < length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }

    @ParameterizedTest
    @CsvSource({
        "1,    1",
        "1,    5000",
        "2,    4096",
        "2,    4095",
        "700,  100",
        "700,  10001",
        "1024, 9000",
        "1025, 9000",
        "1026, 9000",
        "4097, 20000",
        "8000, 8001"
    })
    void shouldEqualADirectSum(int taps, int length) {
        float[] response = random(taps, taps);
        float[] signal = random(length, 7);
        float[] found = new Convolution(response).apply(signal);
        assertThat(found).hasSize(length);
        double furthest = 0;
        for (int t = 0; t < length; t++) {
            double sum = 0;
            for (int k = 0; k <= Math.min(t, taps - 1); k++) {
                sum += (double) response[k] * signal[t - k];
            }
            furthest = Math.max(furthest, Math.abs(found[t] - sum));
        }
        assertThat(furthest).isLessThan(1e-5 * Math.sqrt(taps));
    }

    @ParameterizedTest
    @CsvSource({
        "1,     16385",
        "1,     66000",
        "700,   13590",
        "1600,  100003",
        "2049,  90001",
        "6001,  200000",
        "9001,  400001",
        "16000, 300000",
        "40000, 500013"
    })
    void shouldGiveTheBitsOfOneBlockAfterAnother(int taps, int length) {
        float[] signal = random(length, 3);
        Arrays.fill(signal, length / 3, length / 2, 0);
        var convolution = new Convolution(random(taps, taps));
        assertThat(convolution.apply(signal)).isEqualTo(convolution.blockByBlock(signal));
    }

    @Test
    void shouldLeaveTheSignalAsItIsAndGiveTheSameAgain() {
        float[] signal = random(6_000, 1);
        float[] before = signal.clone();
        var convolution = new Convolution(random(300, 2));
        float[] first = convolution.apply(signal);
        assertThat(signal).isEqualTo(before);
        convolution.apply(random(9_000, 3));
        assertThat(convolution.apply(signal)).isEqualTo(first);
    }
}

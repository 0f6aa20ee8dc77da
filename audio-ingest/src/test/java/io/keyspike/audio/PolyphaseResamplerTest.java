package io.keyspike.audio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PolyphaseResamplerTest {
    private static final double AMPLITUDE = 20_000;

    private static short[] tone(double hz, int rateHz, int samples) {
        short[] tone = new short[samples];
        for (int i = 0; i < samples; i++) {
            tone[i] = (short) Math.round(AMPLITUDE * Math.sin(2 * Math.PI * hz * i / rateHz));
        }
        return tone;
    }

    private static short[] resample(short[] sound, int fromHz, int toHz) {
        var resampler = new PolyphaseResampler(fromHz, toHz);
        short[] out = new short[resampler.maximumOutput(sound.length) + resampler.maximumOutput(0)];
        int count = resampler.process(sound, 0, sound.length, out, 0);
        count += resampler.finish(out, count);
        return Arrays.copyOf(out, count);
    }

    /** Level of a sound's middle relative to the tone that went in. */
    private static double decibels(short[] sound) {
        double sum = 0;
        int from = sound.length / 4;
        int to = 3 * sound.length / 4;
        for (int i = from; i < to; i++) {
            sum += (double) sound[i] * sound[i];
        }
        return 10 * Math.log10(sum / (to - from) / (AMPLITUDE * AMPLITUDE / 2) + 1e-30);
    }

    @ParameterizedTest
    @CsvSource({
        "48000, 9000", "48000, 10000", "48000, 12000", "48000, 15000", "48000, 8010", "48000, 23000",
        "44100, 9000", "44100, 12000", "44100, 20000", "22050, 9000", "22050, 10900", "96000, 40000"
    })
    void shouldKeepOutWhatWouldFoldBack(int fromHz, double hz) {
        assertThat(decibels(resample(tone(hz, fromHz, fromHz), fromHz, 16_000))).isLessThan(-80);
    }

    @ParameterizedTest
    @CsvSource({
        "48000, 100", "48000, 1000", "48000, 4000", "48000, 7000", "44100, 1000", "44100, 7000", "22050, 1000",
        "22050, 7000", "8000, 1000", "8000, 3500", "11025, 4500", "96000, 1000", "16000, 1000", "192000, 5000"
    })
    void shouldPassWhatBelongs(int fromHz, double hz) {
        short[] out = resample(tone(hz, fromHz, fromHz), fromHz, 16_000);
        assertThat(out).hasSize(16_000);
        assertThat(decibels(out)).isCloseTo(0, within(0.1));
        for (int i = 4_000; i < 12_000; i++) {
            double expected = AMPLITUDE * Math.sin(2 * Math.PI * hz * i / 16_000);
            assertThat((double) out[i]).as("sample %d", i).isCloseTo(expected, within(0.002 * AMPLITUDE));
        }
    }

    @ParameterizedTest
    @CsvSource({"8000, 1000", "8000, 3900", "11025, 5000"})
    void shouldMakeNoImages(int fromHz, double hz) {
        short[] out = resample(tone(hz, fromHz, fromHz), fromHz, 16_000);
        double image = 2 * Math.PI * (fromHz - hz) / 16_000;
        double re = 0;
        double im = 0;
        for (int i = 4_000; i < 12_000; i++) {
            double window = 0.5 - 0.5 * Math.cos(2 * Math.PI * (i - 4_000) / 8_000);
            re += window * out[i] * Math.cos(image * i);
            im += window * out[i] * Math.sin(image * i);
        }
        double amplitude = Math.hypot(re, im) / 2_000;
        assertThat(20 * Math.log10(amplitude / AMPLITUDE)).isLessThan(-80);
    }

    @ParameterizedTest
    @CsvSource({"48000, 16000", "44100, 16000", "8000, 16000", "22050, 16000", "16000, 44100"})
    void shouldNotDependOnHowTheSoundWasCut(int fromHz, int toHz) {
        var random = new Random(fromHz);
        short[] sound = new short[10_000];
        for (int i = 0; i < sound.length; i++) {
            sound[i] = (short) (3_000 * random.nextGaussian());
        }
        short[] whole = resample(sound, fromHz, toHz);
        assertThat(whole).hasSize((int) Math.ceilDiv(10_000L * toHz, (long) fromHz));
        var resampler = new PolyphaseResampler(fromHz, toHz);
        for (int round = 0; round < 2; round++) { // the second shows that finish begins anew
            short[] out = new short[whole.length + 1_000];
            int count = 0;
            int from = 0;
            while (from < sound.length) {
                int to = Math.min(sound.length, from + random.nextInt(300));
                int written = resampler.process(sound, from, to, out, count);
                assertThat(written).isLessThanOrEqualTo(resampler.maximumOutput(to - from));
                count += written;
                from = to;
            }
            count += resampler.finish(out, count);
            assertThat(Arrays.copyOf(out, count)).isEqualTo(whole);
        }
    }

    @Test
    void shouldKeepAConstantAndClipWhatIsTooLoud() {
        short[] constant = new short[5_000];
        Arrays.fill(constant, (short) 12_345);
        short[] out = resample(constant, 44_100, 16_000);
        for (int i = 200; i < out.length - 200; i++) {
            assertThat((int) out[i]).isBetween(12_344, 12_346);
        }
        short[] square = new short[4_800];
        for (int i = 0; i < square.length; i++) {
            square[i] = i / 48 % 2 == 0 ? Short.MAX_VALUE : Short.MIN_VALUE;
        }
        short[] clipped = resample(square, 48_000, 16_000);
        for (int i = 100; i < 1_500; i++) {
            boolean high = i / 16 % 2 == 0;
            if (i % 16 > 2 && i % 16 < 14) {
                assertThat(clipped[i] > 0).as("sample %d", i).isEqualTo(high);
            }
        }
    }

    @Test
    void shouldGiveNothingForNothing() {
        assertThat(resample(new short[0], 48_000, 16_000)).isEmpty();
        assertThat(resample(new short[1], 48_000, 16_000)).hasSize(1);
    }

    @Test
    void shouldRefuseRatesItCannotServe() {
        assertThatIllegalArgumentException().isThrownBy(() -> new PolyphaseResampler(0, 16_000));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new PolyphaseResampler(191_999, 16_000))
                .withMessageContaining("191999 Hz to 16000 Hz");
    }
}

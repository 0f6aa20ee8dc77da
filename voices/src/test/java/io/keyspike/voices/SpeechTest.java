package io.keyspike.voices;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class SpeechTest {

    private static final int HZ = SpeechEngine.SAMPLE_RATE_HZ;

    private static short[] silenceToneSilence(double before, double tone, double after) {
        short[] samples = new short[(int) ((before + tone + after) * HZ)];
        for (int i = 0; i < (int) (tone * HZ); i++) {
            samples[(int) (before * HZ) + i] = (short) (10_000 * Math.sin(2 * Math.PI * 440 * i / HZ));
        }
        return samples;
    }

    @Test
    void shouldCutSilenceOffBothEnds() {
        short[] cut = Speech.trimmed(silenceToneSilence(0.5, 0.3, 0.7), 0.05);
        assertThat(cut.length / (double) HZ).isCloseTo(0.4, within(0.011));
    }

    @Test
    void shouldLeaveNoMoreThanThereIs() {
        short[] tone = silenceToneSilence(0, 0.3, 0);
        assertThat(Speech.trimmed(tone, 0.05)).isEqualTo(tone);
    }

    @Test
    void shouldFindNothingInSilence() {
        assertThat(Speech.trimmed(new short[HZ], 0.05)).isEmpty();
        assertThat(Speech.trimmed(new short[0], 0.05)).isEmpty();
    }

    @Test
    void shouldBringTheRateDownAndLeaveTheLevel() {
        float[] wave = new float[24_000];
        for (int i = 0; i < wave.length; i++) {
            wave[i] = (float) (0.5 * Math.sin(2 * Math.PI * 440 * i / 24_000));
        }
        short[] speech = Speech.ofWave(wave, 24_000);
        assertThat(speech).hasSize(HZ);
        assertThat(peak(speech)).isCloseTo(0.5 * 32_767, within(200.0));
    }

    @Test
    void shouldScaleDownWhatWouldClip() {
        float[] wave = new float[24_000];
        Arrays.fill(wave, 3);
        assertThat(peak(Speech.ofWave(wave, 24_000))).isLessThan(32_767);
    }

    private static double peak(short[] samples) {
        int peak = 0;
        for (short each : samples) {
            peak = Math.max(peak, Math.abs(each));
        }
        return peak;
    }
}

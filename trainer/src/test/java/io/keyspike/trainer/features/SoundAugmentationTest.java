package io.keyspike.trainer.features;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.keyspike.trainer.config.AugmentationConfig;
import io.keyspike.trainer.loop.SyntheticWords;
import java.util.List;
import org.junit.jupiter.api.Test;

class SoundAugmentationTest {
    private static final short[] CLIP = SyntheticWords.clip("rising", 4);

    private static AugmentationConfig config(double speed, double shiftMillis, double gainDb, double snrDb) {
        return new AugmentationConfig(
                1,
                1,
                1,
                List.of(speed, speed),
                shiftMillis,
                List.of(gainDb, gainDb),
                1,
                List.of(snrDb, snrDb),
                0,
                0,
                0);
    }

    private static short[] apply(AugmentationConfig config, List<short[]> noises, int copy) {
        return new SoundAugmentation(config, 16_000, noises).apply(CLIP, "rising/a.wav", copy);
    }

    @Test
    void shouldChangeNothingWhereNothingIsAskedFor() {
        assertThat(apply(config(1, 0, 0, 0), List.of(), 0)).isEqualTo(CLIP);
    }

    @Test
    void shouldMakeTheSameCopyAgainAndOthersForOtherNumbers() {
        AugmentationConfig config = config(1.1, 100, 3, 10);
        List<short[]> noises = List.of(SyntheticWords.clip("_silence_", 1), SyntheticWords.clip("_silence_", 2));
        assertThat(apply(config, noises, 3)).isEqualTo(apply(config, noises, 3));
        assertThat(apply(config, noises, 3)).isNotEqualTo(apply(config, noises, 4));
    }

    @Test
    void shouldMixNoiseAtTheRatioAskedFor() {
        short[] noise = new short[CLIP.length];
        for (int i = 0; i < noise.length; i++) {
            noise[i] = (short) (i % 2 == 0 ? 500 : -500);
        }
        short[] mixed = apply(config(1, 0, 0, 20), List.of(noise), 0);
        double power = 0;
        double noisePower = 0;
        for (int i = 0; i < CLIP.length; i++) {
            power += (double) CLIP[i] * CLIP[i];
            double added = mixed[i] - CLIP[i];
            noisePower += added * added;
        }
        assertThat(10 * Math.log10(power / noisePower)).isCloseTo(20, within(0.1));
    }

    @Test
    void shouldSpeedUpATone() {
        short[] tone = new short[16_000];
        for (int i = 0; i < tone.length; i++) {
            tone[i] = (short) Math.rint(8_000 * Math.sin(2 * Math.PI * 400 * i / 16_000));
        }
        short[] faster = new SoundAugmentation(config(1.15, 0, 0, 0), 16_000, List.of()).apply(tone, "tone", 0);
        int crossings = 0;
        for (int i = 4_001; i < 12_000; i++) {
            crossings += faster[i - 1] < 0 && faster[i] >= 0 ? 1 : 0;
        }
        // Half a second of 460 Hz.
        assertThat(crossings).isBetween(229, 231);
    }

    @Test
    void shouldNotWrapAroundWhenTooLoud() {
        short[] loud = new SoundAugmentation(config(1, 0, 40, 0), 16_000, List.of()).apply(CLIP, "loud", 0);
        for (int i = 0; i < loud.length; i++) {
            assertThat(Integer.signum(loud[i])).isEqualTo(Integer.signum(CLIP[i]));
        }
    }
}

package io.keyspike.trainer.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keyspike.audio.WavWriter;
import io.keyspike.trainer.common.Progress;
import io.keyspike.trainer.data.EventEncoding;
import io.keyspike.trainer.data.Split;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class SoundEncoderTest {
    private static final int RATE = 16_000;

    @TempDir
    private Path folder;

    private static short[] tone(double hz, double seconds) {
        short[] sound = new short[(int) (seconds * RATE)];
        for (int i = sound.length / 4; i < sound.length; i++) {
            sound[i] = (short) (8_000 * Math.sin(2 * Math.PI * hz * i / RATE));
        }
        return sound;
    }

    private static SoundEncoder encoder(SoundEncoder.Method method, int channels, long seed) {
        return new SoundEncoder(
                new SoundEncoder.Settings(method, channels, RATE, SoundEncoder.Settings.defaultGain(method), seed));
    }

    @ParameterizedTest
    @CsvSource({
        "LIF, 40, 400",
        "LIF, 700, 400",
        "LIF, 700, 3000",
        "LEVEL_CROSSING, 40, 400",
        "LEVEL_CROSSING, 700, 3000"
    })
    void shouldFireMostOnTheChannelOfATone(SoundEncoder.Method method, int channels, double hz) {
        Events events = encoder(method, channels, 1).encode(tone(hz, 0.4), 0);
        int[] counts = new int[2 * channels];
        for (int unit : events.units()) {
            counts[unit]++;
        }
        int best = 0;
        for (int c = 1; c < channels; c++) {
            best = counts[c] > counts[best] ? c : best;
        }
        double expected = (channels - 1) * Math.log(hz / 80) / Math.log(0.45 * RATE / 80);
        // where many channels are saturated, any near the tone may have the most
        assertThat((double) best).isBetween(expected - 0.06 * channels, expected + 0.06 * channels);
        assertThat(events.times()).isSorted();
        assertThat(events.times()[events.count() - 1]).isLessThanOrEqualTo(400_000);
        if (method == SoundEncoder.Method.LIF) {
            assertThat(Arrays.stream(events.units()).max().orElseThrow()).isLessThan(channels);
        }
    }

    @ParameterizedTest
    @EnumSource(SoundEncoder.Method.class)
    void shouldDependOnSeedAndNumberAlone(SoundEncoder.Method method) {
        short[] sound = tone(500, 0.2);
        Events events = encoder(method, 30, 1).encode(sound, 5);
        assertThat(events.times())
                .isEqualTo(encoder(method, 30, 1).encode(sound, 5).times());
        assertThat(events.times())
                .isNotEqualTo(encoder(method, 30, 2).encode(sound, 5).times());
        assertThat(events.times())
                .isNotEqualTo(encoder(method, 30, 1).encode(sound, 6).times());
    }

    @Test
    void shouldTakeOneChannelAndMoreThanABankHas() {
        assertThat(encoder(SoundEncoder.Method.LIF, 1, 1)
                        .encode(tone(90, 0.3), 0)
                        .units())
                .containsOnly(0);
        Events many = encoder(SoundEncoder.Method.LIF, 1_500, 1).encode(tone(5_000, 0.1), 0);
        assertThat(Arrays.stream(many.units()).max().orElseThrow()).isGreaterThan(1_100);
        assertThatThrownBy(() -> encoder(SoundEncoder.Method.LEVEL_CROSSING, 40_000, 1))
                .hasMessage("encode: expected 1 to 65536 units, found 40000 channels");
    }

    @Test
    void shouldHearNothingInSilence() {
        assertThat(encoder(SoundEncoder.Method.LIF, 20, 1)
                        .encode(new short[RATE], 0)
                        .count())
                .isZero();
    }

    @Test
    void shouldEncodeAFolderTheSameOnAnyNumberOfThreads() throws IOException {
        Path data = folder.resolve("words");
        for (int i = 0; i < 12; i++) {
            Path file = data.resolve(i % 2 == 0 ? "low" : "high").resolve("s" + i + "_nohash_0.wav");
            Files.createDirectories(file.getParent());
            WavWriter.write(file, RATE, tone(i % 2 == 0 ? 200 + i : 2_000 + i, 0.3));
        }
        Files.writeString(data.resolve("validation_list.txt"), "low/s0_nohash_0.wav\nhigh/s1_nohash_0.wav\n");
        Files.writeString(data.resolve("testing_list.txt"), "low/s2_nohash_0.wav\n");
        var settings = new SoundEncoder.Settings(SoundEncoder.Method.LIF, 50, RATE, 8, 1);
        var one = new EventEncoding(settings, EventFileWriter.Times.FLOAT16, 1, Progress.NONE)
                .encode(data, List.of(), folder.resolve("one"));
        var three = new EventEncoding(settings, EventFileWriter.Times.FLOAT16, 3, Progress.NONE)
                .encode(data, List.of(), folder.resolve("three"));
        assertThat(one).extracting(EventEncoding.Written::split).containsExactlyInAnyOrder(Split.values());
        assertThat(one).extracting(EventEncoding.Written::samples).containsExactlyInAnyOrder(9, 2, 1);
        for (int f = 0; f < one.size(); f++) {
            assertThat(one.get(f).file()).hasSameBinaryContentAs(three.get(f).file());
        }
        var file = new EventFile(folder.resolve("one/words_valid.h5"));
        assertThat(List.of(file.word(0), file.word(1))).containsExactlyInAnyOrder("low", "high");
        assertThatThrownBy(() -> new EventEncoding(settings, EventFileWriter.Times.FLOAT16, 1, Progress.NONE)
                        .encode(data, List.of("none"), folder.resolve("x")))
                .hasMessage(data + ": expected recordings of 'none', found none");
    }
}

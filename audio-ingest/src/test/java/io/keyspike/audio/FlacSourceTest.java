package io.keyspike.audio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keyspike.testing.NeedsRecordings;
import io.keyspike.testing.SharedData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FlacSourceTest {
    private static final int MD5_AT = 26;

    @TempDir
    Path folder;

    private static int[][] noise(long seed, int samples, int channels, int bits) {
        var random = new Random(seed);
        int[][] noise = new int[samples][channels];
        for (int[] sample : noise) {
            for (int c = 0; c < channels; c++) {
                sample[c] = random.nextInt() >> (32 - bits);
            }
        }
        return noise;
    }

    private Path write(byte[] bytes) throws IOException {
        return Files.write(folder.resolve("x.flac"), bytes);
    }

    private short[] read(byte[] bytes) throws IOException {
        try (Recording source = AudioFiles.open(write(bytes))) {
            return AudioFiles.readAll(source);
        }
    }

    @ParameterizedTest
    @CsvSource({"16, 1", "16, 2", "24, 1", "24, 2", "8, 1", "16, 5"})
    void shouldDecodeAndMixDown(int bits, int channels) throws IOException {
        int[][] noise = noise(bits + channels, 5_000, channels, bits);
        short[] samples = read(FlacFiles.encode(16_000, bits, 1_152, noise));
        assertThat(samples).hasSize(5_000);
        for (int i = 0; i < samples.length; i++) {
            double mean = Arrays.stream(noise[i]).sum() * Math.pow(2, 16 - bits) / channels;
            int expected = (int) Math.clamp(Math.floor(mean + 0.5), -32_768, 32_767);
            assertThat((int) samples[i]).as("sample %d", i).isEqualTo(expected);
        }
    }

    @Test
    void shouldBeOpenedByContentAndResampled() throws IOException {
        Path file = write(FlacFiles.encode(48_000, 16, 4_096, noise(1, 48_000, 1, 16)));
        try (AudioSource source = AudioFiles.open(file, 16_000)) {
            assertThat(source.sampleRateHz()).isEqualTo(16_000);
            assertThat(source.description()).isEqualTo(file.toString());
        }
        assertThat(AudioFiles.readAll(file, 16_000)).hasSize(16_000);
    }

    @Test
    void shouldRefuseAWrongMd5() throws IOException {
        byte[] bytes = FlacFiles.encode(16_000, 16, 1_152, noise(2, 3_000, 1, 16));
        bytes[MD5_AT] ^= 1;
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> read(bytes))
                .withMessageStartingWith(folder.resolve("x.flac") + ": damaged FLAC file (expected MD5 ");
        Arrays.fill(bytes, MD5_AT, MD5_AT + 16, (byte) 0); // unknown to its writer
        assertThat(read(bytes)).hasSize(3_000);
    }

    @Test
    void shouldRefuseEveryTruncation() throws IOException {
        byte[] bytes = FlacFiles.encode(16_000, 16, 128, noise(3, 400, 1, 16));
        for (int length = 0; length < bytes.length; length += length < 60 ? 1 : 7) {
            byte[] cut = Arrays.copyOf(bytes, length);
            assertThatThrownBy(() -> read(cut))
                    .as("cut at %d of %d", length, bytes.length)
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("x.flac: ");
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void shouldRefuseEveryDamageToFrames(long seed) throws IOException {
        var random = new Random(seed);
        byte[] good = FlacFiles.encode(16_000, 16, 128, noise(4, 400, 1, 16));
        short[] samples = read(good);
        for (int i = 0; i < 100; i++) {
            byte[] bytes = good.clone();
            bytes[42 + random.nextInt(bytes.length - 42)] ^= (byte) (1 << random.nextInt(8));
            try {
                assertThat(read(bytes)).isEqualTo(samples); // a bit that says nothing about the samples
            } catch (IOException e) {
                assertThat(e).hasMessageContaining("x.flac: damaged FLAC file (");
            }
        }
    }

    @Test
    @NeedsRecordings(SharedData.WAKE_WORDS)
    void shouldNameDefectiveRecordingsAndDecodeTheRest() throws IOException {
        Path words = SharedData.WAKE_WORDS.path();
        var refused = new ArrayList<String>();
        int decoded = 0;
        try (Stream<Path> files = Files.walk(words)) {
            for (Path file : (Iterable<Path>) files.filter(f -> f.toString().endsWith(".flac"))::iterator) {
                try {
                    assertThat(AudioFiles.readAll(file, 16_000)).isNotEmpty();
                    decoded++;
                } catch (IOException e) {
                    assertThat(e).hasMessageStartingWith(file + ": damaged FLAC file (");
                    refused.add(words.relativize(file).toString());
                }
            }
        }
        List<String> defective = Stream.of(32, 33, 34, 126, 127, 128, 142, 144, 272, 273, 274, 275)
                .map(n -> "alexa/" + n + ".flac")
                .toList();
        assertThat(refused).containsExactlyInAnyOrderElementsOf(defective);
        assertThat(decoded).isEqualTo(1_799 - 12);
    }
}

package io.keyspike.trainer.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keyspike.audio.WavWriter;
import io.keyspike.trainer.config.ConfigReader;
import io.keyspike.trainer.data.SkippedFile;
import io.keyspike.trainer.data.Split;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What training says of data that is not as it should be: one sentence with file and value. */
class BadDataTest {
    private static final String CONFIG = """
            name: sweeps
            data: {words: [rising, falling], clip_seconds: 0.5}
            network: {layers: [{name: output}]}
            training: {epochs: 1}
            decision: {calibration: {enabled: false}}
            """;

    @TempDir
    private Path temporary;

    private Path words = Path.of("");

    @BeforeEach
    void write() {
        words = SyntheticWords.write(temporary.resolve("words"));
    }

    private TrainingResult train(String config) throws IOException {
        return new Trainer(ConfigReader.parse(config), TrainingOptions.inMemory(), new TrainingListener() {})
                .run(words);
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            files.sorted(Comparator.reverseOrder()).forEach(f -> {
                try {
                    Files.delete(f);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        }
    }

    @Test
    void shouldNameAClassWithoutClips() throws IOException {
        delete(words.resolve("falling"));
        Files.createDirectories(words.resolve("falling"));
        assertThatThrownBy(() -> train(CONFIG))
                .isInstanceOf(IOException.class)
                .hasMessage(words + ": expected training clips of 'falling', found none");
    }

    @Test
    void shouldSayWhatToDoWithoutListsAndWithoutSilence() throws IOException {
        Files.delete(words.resolve("validation_list.txt"));
        Files.delete(words.resolve("testing_list.txt"));
        assertThatThrownBy(() -> train(CONFIG))
                .hasMessage(words + ": expected samples for validation, found none of the labels; add the list"
                        + " validation_list.txt, or set data.kind to folders for a random split");
        delete(words.resolve("_silence_"));
        delete(words.resolve("_background_noise_"));
        assertThatThrownBy(() -> train(CONFIG.replace("clip_seconds", "silence: true, clip_seconds")))
                .hasMessage(words + ": expected training clips of 'silence', found none; add clips of noise in a folder"
                        + " _silence_ or long recordings in _background_noise_, or set data.silence to false");
    }

    @Test
    void shouldSplitAtRandomWhatHasNoLists() throws IOException {
        TrainingResult result = train(CONFIG.replace("words:", "kind: folders, split: {by_speaker: false}, words:"));
        assertThat(Objects.requireNonNull(result.metrics().get(Split.TRAINING)).total())
                .isEqualTo(2 * 20);
        assertThat(Objects.requireNonNull(result.metrics().get(Split.VALIDATION))
                        .total())
                .isEqualTo(2 * 2);
        assertThat(Objects.requireNonNull(result.metrics().get(Split.TESTING)).total())
                .isEqualTo(2 * 2);
    }

    @Test
    void shouldNameAndLeaveOutBrokenSoundAndBringOtherRatesToTheFeatures() throws IOException {
        Path cut = words.resolve("rising/s1_nohash_0.wav");
        Files.write(cut, Arrays.copyOf(Files.readAllBytes(cut), 1_000));
        WavWriter.write(words.resolve("rising/s2_nohash_0.wav"), 22_050, new short[11_025]);
        WavWriter.write(words.resolve("rising/s3_nohash_0.wav"), 7, new short[7]);
        Files.write(words.resolve("falling/empty.wav"), new byte[0]);
        TrainingResult result = train(CONFIG);
        assertThat(result.data().skipped())
                .extracting(SkippedFile::name)
                .containsExactly("falling/empty.wav", "rising/s1_nohash_0.wav", "rising/s3_nohash_0.wav");
        assertThat(result.data().skipped())
                .allSatisfy(s -> assertThat(s.reason()).contains("expected").doesNotContain("\n"));
        assertThat(Objects.requireNonNull(result.metrics().get(Split.TRAINING)).total())
                .isEqualTo(16 + 16 - 2);
    }
}

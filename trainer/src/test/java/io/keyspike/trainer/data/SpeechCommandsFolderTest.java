package io.keyspike.trainer.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keyspike.testing.NeedsRecordings;
import io.keyspike.testing.SharedData;
import io.keyspike.trainer.common.Progress;
import io.keyspike.trainer.config.LabelMap;
import io.keyspike.trainer.loop.SyntheticWords;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpeechCommandsFolderTest {
    @TempDir
    private Path temporary;

    private Path root = Path.of("");

    @BeforeEach
    void write() {
        root = SyntheticWords.write(temporary.resolve("words"));
    }

    private DataSet scan(int threads) throws IOException {
        return new SpeechCommandsFolder(root).scan(SyntheticWords.SAMPLE_RATE_HZ, threads, Progress.NONE);
    }

    @Test
    void shouldSplitByTheListsAndLeaveOutBackgroundNoise() throws IOException {
        DataSet data = scan(2);
        assertThat(data.clips()).hasSize(96);
        assertThat(data.skipped()).isEmpty();
        assertThat(data.wordCounts(Split.TRAINING))
                .containsOnlyKeys("_silence_", "falling", "flat", "rising")
                .containsEntry("rising", 16L);
        assertThat(data.wordCounts(Split.VALIDATION)).containsEntry("flat", 4L);
        assertThat(data.wordCounts(Split.TESTING)).containsEntry("_silence_", 4L);
        assertThat(data.clips()).extracting(Clip::name).isSorted();
    }

    @Test
    void shouldTakeEveryOtherWordForUnknownOnlyWhereThatIsALabel() throws IOException {
        DataSet data = scan(1);
        var words = new LabelMap(List.of("rising", "falling"));
        assertThat(data.of(Split.TRAINING, words)).hasSize(32);
        var all = new LabelMap(List.of("rising", "falling", "unknown", "silence"));
        assertThat(data.of(Split.TRAINING, all)).hasSize(64);
        assertThat(all.outputOf("flat")).isEqualTo(2);
        assertThat(all.outputOf("_silence_")).isEqualTo(3);
        assertThat(words.outputOf("_silence_")).isEqualTo(-1);
        assertThat(new LabelMap(List.of("rising", "unknown")).outputOf("_silence_"))
                .isEqualTo(-1);
    }

    @Test
    void shouldNameAndSkipDefectiveFiles() throws IOException {
        Path broken = root.resolve("rising/s3_nohash_0.wav");
        Files.write(broken, Arrays.copyOf(Files.readAllBytes(broken), 5_000));
        Files.writeString(root.resolve("flat/notes.wav"), "not a sound");
        DataSet data = scan(2);
        assertThat(data.clips()).hasSize(95);
        assertThat(data.skipped())
                .extracting(SkippedFile::name)
                .containsExactly("flat/notes.wav", "rising/s3_nohash_0.wav");
        assertThat(data.skipped()).allSatisfy(s -> assertThat(s.reason()).doesNotContain(root.toString()));
    }

    @Test
    void shouldHashNamesAndContentsWhateverTheThreads() throws IOException {
        String hash = scan(1).hash();
        assertThat(hash).hasSize(64).isEqualTo(scan(4).hash());
        Path moved = root.resolve("flat/s1_nohash_0.wav");
        Files.move(moved, root.resolve("flat/s1_nohash_1.wav"));
        String renamed = scan(2).hash();
        assertThat(renamed).isNotEqualTo(hash);
        Files.copy(
                root.resolve("rising/s1_nohash_0.wav"),
                root.resolve("flat/s2_nohash_0.wav"),
                java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        assertThat(scan(2).hash()).isNotEqualTo(renamed);
    }

    @Test
    void shouldRefuseOverlappingSplitsAndEmptyFolders() throws IOException {
        Files.copy(
                root.resolve("validation_list.txt"),
                root.resolve("testing_list.txt"),
                java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        assertThatThrownBy(() -> scan(1))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("expected disjoint splits, found ");
        Path empty = Files.createDirectories(temporary.resolve("empty"));
        assertThatThrownBy(() -> new SpeechCommandsFolder(empty).scan(16_000, 1, Progress.NONE))
                .hasMessage(empty + ": expected folders of WAV or FLAC files, found none");
        assertThatThrownBy(() -> new SpeechCommandsFolder(temporary.resolve("nowhere")))
                .hasMessageEndingWith("expected a folder with one folder per word, found none");
    }

    @Test
    @NeedsRecordings(SharedData.SPEECH_COMMANDS)
    void shouldReadTheRealRecordings() throws IOException {
        DataSet data = new SpeechCommandsFolder(SharedData.SPEECH_COMMANDS.path()).scan(16_000, 2, Progress.NONE);
        assertThat(data.skipped()).isEmpty();
        assertThat(data.clips().stream().filter(c -> c.split() == Split.TRAINING))
                .hasSize(2_801);
        assertThat(data.clips().stream().filter(c -> c.split() == Split.VALIDATION))
                .hasSize(485);
        assertThat(data.clips().stream().filter(c -> c.split() == Split.TESTING))
                .hasSize(563);
    }

    @Test
    @NeedsRecordings(SharedData.WAKE_WORDS)
    void shouldSkipTheRecordingsThatAreKnownToBeDefective() throws IOException {
        DataSet data = new SpeechCommandsFolder(SharedData.WAKE_WORDS.path()).scan(16_000, 2, Progress.NONE);
        assertThat(data.skipped())
                .hasSize(12)
                .allSatisfy(s -> assertThat(s.name()).startsWith("alexa/"));
    }
}

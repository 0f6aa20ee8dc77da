package io.keyspike.trainer.streams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StreamFolderTest {
    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    private Path temporary;

    @SuppressWarnings("NullAway.Init") // set before each test
    private Path folder;

    @BeforeEach
    void makeFolder() throws IOException {
        folder = Files.createDirectories(temporary.resolve("streams"));
    }

    private Path write(String name, String text) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.resolveSibling("."));
        return Files.writeString(file, text);
    }

    @Test
    void shouldReadLabelsWithCommentsFurtherColumnsAndALength() throws IOException {
        StreamLabels labels = StreamLabels.read(write(
                "a.tsv",
                "#duration_s=12.5\n#start_s\tend_s\tkeyword\n1.5\t2.25\ttea\t1\t3\tx.wav\r\n\n 7\t8 \tmilk and tea\n"));
        assertThat(labels.durationSeconds()).isEqualTo(12.5);
        assertThat(labels.labels())
                .containsExactly(new StreamLabel(1.5, 2.25, "tea"), new StreamLabel(7, 8, "milk and tea"));
    }

    @Test
    void shouldTakeAnEmptyFileForSoundWithoutKeywords() throws IOException {
        StreamLabels labels = StreamLabels.read(write("a.tsv", ""));
        assertThat(labels.labels()).isEmpty();
        assertThat(labels.durationSeconds()).isNull();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "1;2|expected start_s, end_s and keyword separated by tabs, found \"1;2\"",
                "1 2 tea|expected start_s, end_s and keyword separated by tabs, found \"1 2 tea\"",
                "one;2;tea|expected a start in seconds, found \"one\"",
                "1;;tea|expected an end in seconds, found \"\"",
                "2;1;tea|expected 0 <= start <= end in seconds, found 2.0 and 1.0",
                "-1;1;tea|expected 0 <= start <= end in seconds, found -1.0 and 1.0",
                "NaN;1;tea|expected 0 <= start <= end in seconds, found NaN and 1.0",
                "1;Infinity;tea|expected 0 <= start <= end in seconds, found 1.0 and Infinity",
                "1;2;|expected a keyword, found none",
                "#duration_s=long|expected the stream's length in seconds, found \"long\"",
                "#duration_s=-3|expected the stream's length in seconds, found -3",
            })
    void shouldRefuseAMalformedLineWithItsNumber(String line, String message) throws IOException {
        Path file = write("a.tsv", "# words\n1\t2\ttea\n" + line.replace(';', '\t') + "\n");
        assertThatThrownBy(() -> StreamLabels.read(file))
                .isInstanceOf(IOException.class)
                .hasMessage(file + ", line 3: " + message.replace(';', '\t'));
    }

    @Test
    void shouldRefuseLabelsBeyondTheEnd() throws IOException {
        Path file = write("a.tsv", "#duration_s=5\n6\t7\ttea\n");
        assertThatThrownBy(() -> StreamLabels.read(file))
                .hasMessage(file + ": expected labels within the stream's 5.0 s, found one that begins at 6.0 s");
    }

    @Test
    void shouldRefuseLabelsThatAreNoText() throws IOException {
        Path file = Files.write(folder.resolve("a.tsv"), "caf\u00e9".getBytes(StandardCharsets.ISO_8859_1));
        assertThatThrownBy(() -> StreamLabels.read(file))
                .hasMessage(file + ": expected text in UTF-8, found other bytes");
    }

    @Test
    void shouldFindRecordingsInSubfoldersInTheOrderOfTheirNames() throws IOException {
        for (String name : new String[] {"talk/b.FLAC", "talk/a.wav", "words.wav", ".cache/x.wav", "notes.txt"}) {
            write(name, "");
        }
        write("talk/b.tsv", "");
        write("talk/a.tsv", "");
        write("words.tsv", "1\t2\ttea\n3\t4\tmilk\n5\t6\ttea\n");
        StreamFolder found = StreamFolder.read(folder);
        assertThat(found.recordings()).extracting(LabelledRecording::name).containsExactly("talk/a", "talk/b", "words");
        assertThat(found.keywords()).containsExactly("milk", "tea");
        assertThat(found.recordings().getLast().labels().labels()).hasSize(3);
    }

    @Test
    void shouldFollowLinksToFolders() throws IOException {
        write("talk/a.wav", "");
        write("talk/a.tsv", "");
        Path link = Files.createSymbolicLink(temporary.resolve("link"), folder);
        Files.createSymbolicLink(folder.resolve("again"), folder.resolve("talk"));
        assertThat(StreamFolder.read(link).recordings())
                .extracting(LabelledRecording::name)
                .containsExactly("again/a", "talk/a");
    }

    @Test
    void shouldSayWhatToDoAboutARecordingWithoutLabels() throws IOException {
        Path audio = write("talk.wav", "");
        assertThatThrownBy(() -> StreamFolder.read(folder))
                .hasMessage(audio + ": expected its labels in talk.tsv in the same folder, found no such file;"
                        + " for sound without any keyword put an empty talk.tsv there");
    }

    @Test
    void shouldRefuseTwoRecordingsWithTheSameLabels() throws IOException {
        Path flac = write("talk.flac", "");
        write("talk.wav", "");
        write("talk.tsv", "");
        assertThatThrownBy(() -> StreamFolder.read(folder))
                .hasMessage(flac + " and talk.wav: expected one recording for a file of labels, found two of the same"
                        + " name");
    }

    @Test
    void shouldRefuseAFolderWithoutRecordings() {
        assertThatThrownBy(() -> StreamFolder.read(folder))
                .hasMessage(folder + ": expected WAV or FLAC files, found none");
        assertThatThrownBy(() -> StreamFolder.read(folder.resolve("none")))
                .hasMessageContaining("expected a folder of WAV or FLAC files");
    }
}

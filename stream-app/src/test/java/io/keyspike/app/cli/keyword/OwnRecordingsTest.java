package io.keyspike.app.cli.keyword;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import io.keyspike.audio.WavWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OwnRecordingsTest {

    @TempDir
    private Path folder;

    private Path record(int count) throws IOException {
        Path recordings = Files.createDirectories(folder.resolve("recordings/deeper"));
        for (int i = 0; i < count; i++) {
            WavWriter.write(recordings.resolve("take-" + (char) ('a' + i) + ".wav"), 48_000, new short[48_000]);
        }
        return folder.resolve("recordings");
    }

    private long files(Path word) throws IOException {
        try (Stream<Path> files = Files.list(word)) {
            return files.count();
        }
    }

    @Test
    void shouldHoldEveryFifthBack() throws IOException {
        OwnRecordings own = OwnRecordings.in(record(11));
        assertThat(own.training()).hasSize(9);
        assertThat(own.validation()).hasSize(2).doesNotContainAnyElementsOf(own.training());
    }

    @Test
    void shouldFollowLinks() throws IOException {
        Path link = Files.createSymbolicLink(folder.resolve("mine"), record(2));
        assertThat(OwnRecordings.in(link).training()).hasSize(2);
    }

    @Test
    void shouldRefuseAFolderThatIsLinkedIntoItself() throws IOException {
        Path recordings = record(2);
        Files.createSymbolicLink(recordings.resolve("again"), recordings);
        assertThatIOException().isThrownBy(() -> OwnRecordings.in(recordings)).withMessageContaining("again");
    }

    @Test
    void shouldTrainOnAllOfAFew() throws IOException {
        OwnRecordings own = OwnRecordings.in(record(4));
        assertThat(own.training()).hasSize(4);
        assertThat(own.validation()).isEmpty();
    }

    @Test
    void shouldLetFewWeighAgainstManySyntheticOnes() throws IOException {
        OwnRecordings own = OwnRecordings.in(record(10));
        List<String> held = own.layDown(folder.resolve("data"), "computer", 80);
        assertThat(files(folder.resolve("data/computer"))).isEqualTo(8 * 5 + 2);
        assertThat(held)
                .hasSize(2)
                .allMatch(name -> Files.exists(folder.resolve("data").resolve(name)));
    }

    @Test
    void shouldLayEachDownAtLeastOnce() throws IOException {
        OwnRecordings.in(record(3)).layDown(folder.resolve("data"), "computer", 0);
        assertThat(files(folder.resolve("data/computer"))).isEqualTo(3);
    }

    @Test
    void shouldNameWhatCannotBeRead() throws IOException {
        Path recordings = record(2);
        Files.writeString(recordings.resolve("broken.wav"), "no sound");
        OwnRecordings own = OwnRecordings.in(recordings);
        assertThat(own.count()).isEqualTo(2);
        assertThat(own.skipped()).singleElement().asString().contains("broken.wav");
    }

    @Test
    void shouldSayThatThereAreNone() {
        assertThatIOException()
                .isThrownBy(() -> OwnRecordings.in(folder.resolve("nowhere")))
                .withMessageContaining("--recordings: expected a folder");
        assertThatIOException()
                .isThrownBy(() -> OwnRecordings.in(folder))
                .withMessageContaining("--recordings: expected WAV or FLAC files");
    }
}

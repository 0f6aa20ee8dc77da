package io.keyspike.app.cli.keyword;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import io.keyspike.audio.WavWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OtherSoundsTest {

    @TempDir
    private Path folder;

    private Path sound(String path) throws IOException {
        Path file = folder.resolve(path);
        Files.createDirectories(file.getParent());
        WavWriter.write(file, 16_000, new short[16_000]);
        return file;
    }

    private Path dataSet(String path) throws IOException {
        sound(path + "/yes/a_nohash_0.wav");
        Files.writeString(folder.resolve(path).resolve("validation_list.txt"), "");
        return folder.resolve(path);
    }

    @Test
    void shouldFindEachKindInAFolderOfFolders() throws IOException {
        Path words = dataSet("speech-commands");
        sound("continuous/books/one.wav");
        Files.createDirectories(folder.resolve("continuous/empty"));
        sound("rooms-and-noise/rooms/bath.wav");
        sound("rooms-and-noise/kitchen/kitchen.wav");
        sound("holiday/pictures.wav");
        OtherSounds others = OtherSounds.in(List.of(folder), List.of());
        assertThat(others.words()).containsExactly(words);
        assertThat(others.speech()).containsExactly(folder.resolve("continuous/books"));
        assertThat(others.rooms()).containsExactly(folder.resolve("rooms-and-noise/rooms"));
        assertThat(others.noise()).containsExactly(folder.resolve("rooms-and-noise/kitchen"));
        assertThat(others.seconds()).isBetween(1.9, 2.1);
    }

    @Test
    void shouldTakeADataSetItselfAndMoreSpeech() throws IOException {
        Path words = dataSet("mine");
        Path speech = sound("talk/talk.wav").getParent();
        OtherSounds others = OtherSounds.in(List.of(words), List.of(speech));
        assertThat(others.words()).containsExactly(words);
        assertThat(others.speech()).containsExactly(speech);
    }

    @Test
    void shouldFollowLinks() throws IOException {
        Path books = sound("elsewhere/books/one.wav").getParent();
        Path data = Files.createDirectories(folder.resolve("data/continuous"));
        Path link = Files.createSymbolicLink(data.resolve("books"), books);
        OtherSounds others = OtherSounds.in(List.of(data), List.of(link));
        assertThat(others.speech()).containsExactly(link, link);
        assertThat(others.seconds()).isBetween(1.9, 2.1);
    }

    @Test
    void shouldRefuseAFolderThatIsLinkedIntoItself() throws IOException {
        Path loop = Files.createDirectories(folder.resolve("loop"));
        Files.createSymbolicLink(loop.resolve("again"), loop);
        assertThatIOException()
                .isThrownBy(() -> OtherSounds.in(List.of(), List.of(loop)))
                .withMessageContaining("--negatives: expected a folder of WAV or FLAC files");
    }

    @Test
    void shouldSayWhatIsNotThere() throws IOException {
        assertThatIOException()
                .isThrownBy(() -> OtherSounds.in(List.of(folder.resolve("nowhere")), List.of()))
                .withMessageContaining("--data: expected a folder");
        assertThatIOException()
                .isThrownBy(() -> OtherSounds.in(List.of(folder), List.of()))
                .withMessageContaining("found neither in");
        assertThatIOException()
                .isThrownBy(() -> OtherSounds.in(List.of(), List.of(folder)))
                .withMessageContaining("--negatives: expected a folder of WAV or FLAC files");
    }
}

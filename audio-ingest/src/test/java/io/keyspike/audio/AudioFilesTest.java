package io.keyspike.audio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AudioFilesTest {
    @TempDir
    Path folder;

    @Test
    void shouldTellFilesByContentAndNotByName() throws IOException {
        Path misnamed = folder.resolve("sound.flac");
        WavWriter.write(misnamed, 8_000, new short[800]);
        assertThat(AudioFiles.readAll(misnamed, 16_000)).hasSize(1_600);
    }

    @Test
    void shouldRefuseOtherFilesInOneSentence() throws IOException {
        Path text = Files.writeString(folder.resolve("a.wav"), "OggS and more");
        assertThatThrownBy(() -> AudioFiles.open(text, 16_000))
                .isInstanceOf(IOException.class)
                .hasMessage(
                        text + ": expected a WAV, AIFF, AU or FLAC file, found an Ogg file; convert it with: ffmpeg -i "
                                + text + " -ar 16000 out.wav");
        Path unknown = Files.writeString(folder.resolve("d.wav"), "abcdefgh");
        assertThatThrownBy(() -> AudioFiles.open(unknown, 16_000))
                .isInstanceOf(IOException.class)
                .hasMessage(unknown + ": expected a WAV, AIFF, AU or FLAC file, found one that begins with \"abcd\"");
        Path empty = Files.createFile(folder.resolve("b.wav"));
        assertThatThrownBy(() -> AudioFiles.open(empty, 16_000))
                .isInstanceOf(IOException.class)
                .hasMessage(empty + ": expected a WAV, AIFF, AU or FLAC file, found an empty file");
        assertThatThrownBy(() -> AudioFiles.open(folder.resolve("c.wav"), 16_000))
                .isInstanceOf(NoSuchFileException.class);
    }

    @Test
    void shouldRefuseARateThatNeedsTooLargeAFilter() throws IOException {
        Path odd = folder.resolve("odd.wav");
        WavWriter.write(odd, 191_999, new short[10]);
        assertThatThrownBy(() -> AudioFiles.open(odd, 16_000))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith(odd + ": resampler: expected ");
    }

    @Test
    void shouldWriteAFileInPieces() throws IOException {
        Path file = folder.resolve("pieces.wav");
        short[] samples = {1, 2, 3, 4, 5, 6, 7};
        try (var writer = new WavWriter(file, 22_050)) {
            writer.write(samples, 0, 3);
            writer.write(samples, 3, 0);
            writer.write(samples, 3, 4);
        }
        assertThat(AudioFiles.readAll(file, 22_050)).isEqualTo(samples);
    }

    @Test
    void shouldOverwriteALongerFile() throws IOException {
        Path file = folder.resolve("again.wav");
        WavWriter.write(file, 16_000, new short[1_000]);
        WavWriter.write(file, 16_000, new short[10]);
        assertThat(Files.size(file)).isEqualTo(64);
    }
}

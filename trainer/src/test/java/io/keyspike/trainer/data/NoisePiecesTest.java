package io.keyspike.trainer.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keyspike.audio.WavWriter;
import io.keyspike.trainer.common.Progress;
import io.keyspike.trainer.config.LabelMap;
import io.keyspike.trainer.loop.SyntheticWords;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NoisePiecesTest {
    private static final int SECOND = SyntheticWords.SAMPLE_RATE_HZ;

    @TempDir
    private Path temporary;

    private Path root = Path.of("");

    @BeforeEach
    void write() throws IOException {
        root = SyntheticWords.write(temporary.resolve("words"));
        try (Stream<Path> silence = Files.walk(root.resolve("_silence_"))) {
            silence.sorted(Comparator.reverseOrder()).forEach(f -> {
                try {
                    Files.delete(f);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        }
        Files.delete(root.resolve("_background_noise_/pink.wav"));
    }

    private void noise(String name, int seconds) throws IOException {
        short[] ramp = new short[seconds * SECOND];
        for (int i = 0; i < ramp.length; i++) {
            ramp[i] = (short) (i / 16);
        }
        WavWriter.write(root.resolve("_background_noise_").resolve(name), SECOND, ramp);
    }

    private DataSet scan() throws IOException {
        return new SpeechCommandsFolder(root).scan(SECOND, 2, Progress.NONE);
    }

    @Test
    void shouldCutSilenceOutOfBackgroundNoise() throws IOException {
        noise("a.wav", 12);
        noise("b.wav", 20);
        DataSet data = scan();
        List<Clip> pieces = data.clips().stream()
                .filter(c -> c.word().equals(LabelMap.SILENCE_FOLDER))
                .toList();
        // As many as each of the three words has.
        for (Split split : Split.values()) {
            assertThat(pieces.stream().filter(c -> c.split() == split)).hasSize(split == Split.TRAINING ? 16 : 4);
        }
        assertThat(scan().clips()).isEqualTo(data.clips());
        for (Clip piece : pieces) {
            double length = (piece.file().endsWith("a.wav") ? 12.0 : 20.0) * SECOND;
            double from = piece.item() / length;
            double to = (piece.item() + SECOND) / length;
            switch (piece.split()) {
                case TRAINING -> assertThat(to).isLessThanOrEqualTo(0.8);
                case VALIDATION -> {
                    assertThat(from).isGreaterThanOrEqualTo(0.8 - 1e-4);
                    assertThat(to).isLessThanOrEqualTo(0.9 + 1e-4);
                }
                case TESTING -> assertThat(from).isGreaterThanOrEqualTo(0.9 - 1e-4);
            }
            short[] sound = ClipAudio.read(piece, SECOND, SECOND);
            assertThat(sound[0]).isEqualTo((short) (piece.item() / 16));
            assertThat(sound[SECOND - 1]).isEqualTo((short) ((piece.item() + SECOND - 1) / 16));
        }
        assertThat(pieces).extracting(Clip::item).doesNotHaveDuplicates();
        assertThat(Arrays.stream(Split.values())).hasSize(3);
    }

    @Test
    void shouldSayWhereTheNoiseIsTooShort() throws IOException {
        noise("a.wav", 4);
        assertThatThrownBy(this::scan)
                .isInstanceOf(IOException.class)
                .hasMessage(root.resolve("_background_noise_/a.wav")
                        + ": expected at least 10 s of noise to cut one-second clips of silence from, found 4.0 s");
    }
}

package io.keyspike.trainer.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keyspike.audio.WavWriter;
import io.keyspike.trainer.common.Progress;
import io.keyspike.trainer.compose.Utterance;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StreamSourcesTest {
    private static final int RATE = 16_000;
    private static final SpeakerSplit SPEAKERS = new SpeakerSplit(0.3, 0.3, 1);

    @TempDir
    private Path root;

    private Path words = Path.of("");
    private Path speech = Path.of("");

    private static void sound(Path file) throws IOException {
        Files.createDirectories(file.resolveSibling(""));
        var random = new Random(file.getFileName().hashCode());
        short[] samples = new short[RATE];
        for (int i = RATE / 4; i < RATE / 2; i++) {
            samples[i] = (short) (3_000 * random.nextGaussian());
        }
        WavWriter.write(file, RATE, samples);
    }

    @BeforeEach
    void makeFolders() throws IOException {
        words = root.resolve("words");
        speech = root.resolve("speech");
        for (String word : List.of("tic", "tac", "unknown", "_silence_")) {
            for (int i = 0; i < 3; i++) {
                sound(words.resolve(word).resolve(i + ".wav"));
            }
        }
        Files.writeString(words.resolve("testing_list.txt"), "tic/0.wav\ntac/0.wav\nunknown/0.wav\n_silence_/0.wav\n");
        Files.writeString(words.resolve("validation_list.txt"), "tic/1.wav\ntac/1.wav\n");
        for (String name : List.of("one-1", "one-2", "two-1", "three-1")) {
            sound(speech.resolve("deep").resolve(name + ".wav"));
        }
        Files.writeString(speech.resolve("deep/transcripts.tsv"), "two-1\tZ\t30\tTHE CLOCK SAYS TIC, TAC!\n");
    }

    private StreamSources read(List<String> keywords, @Nullable Split split, @Nullable Split speechSplit)
            throws IOException {
        var folders = new StreamSources.Folders(
                List.of(words),
                keywords,
                split,
                List.of(speech),
                SPEAKERS,
                speechSplit,
                List.of(words.resolve("_silence_")),
                List.of());
        return StreamSources.read(folders, RATE, 2, Progress.NONE);
    }

    private static List<String> names(List<Utterance> utterances) {
        return utterances.stream().map(Utterance::name).toList();
    }

    @Test
    void shouldTakeTheSplitThatTheListsName() throws IOException {
        StreamSources sources = read(List.of(), Split.TESTING, null);
        assertThat(sources.keywords()).containsExactly("tac", "tic");
        assertThat(sources.stock().words()).hasSize(2);
        assertThat(names(sources.stock().words().get(0))).containsExactly("tac/0.wav");
        assertThat(names(sources.stock().words().get(1))).containsExactly("tic/0.wav");
        assertThat(names(sources.stock().others())).containsExactly("unknown/0.wav");
        assertThat(sources.stock().noises()).hasSize(1);
        assertThat(names(read(List.of(), null, null).stock().words().get(0)))
                .containsExactly("tac/0.wav", "tac/1.wav", "tac/2.wav");
    }

    @Test
    void shouldTakeWordsThatAreNoKeywordsForOthers() throws IOException {
        StreamSources sources = read(List.of("tic"), Split.VALIDATION, null);
        assertThat(sources.keywords()).containsExactly("tic");
        assertThat(names(sources.stock().others())).containsExactly("tac/1.wav");
        assertThat(sources.stock().noises()).isEmpty();
    }

    @Test
    void shouldLeaveOutSpeechThatNamesAKeyword() throws IOException {
        assertThat(names(read(List.of("tic"), Split.TESTING, null).stock().speech()))
                .containsExactly("deep/one-1.wav", "deep/one-2.wav", "deep/three-1.wav");
        assertThat(names(read(List.of("unknown"), Split.TESTING, null).stock().speech()))
                .hasSize(4);
    }

    @Test
    void shouldSplitSpeechBySpeaker() throws IOException {
        int found = 0;
        for (Split split : Split.values()) {
            List<String> names =
                    names(read(List.of("unknown"), null, split).stock().speech());
            found += names.size();
            assertThat(names.contains("deep/one-1.wav")).isEqualTo(names.contains("deep/one-2.wav"));
            assertThat(names.contains("deep/two-1.wav")).isEqualTo(SPEAKERS.of("speech/Z") == split);
        }
        assertThat(found).isEqualTo(4);
    }

    @Test
    void shouldFindWhereTheSpeechIs() throws IOException {
        Utterance word =
                read(List.of(), Split.TESTING, null).stock().words().get(0).getFirst();
        assertThat(word.start()).isBetween(RATE / 4 - 400, RATE / 4 + 100);
        assertThat(word.end()).isBetween(RATE / 2 - 100, RATE / 2 + 400);
    }

    @Test
    void shouldNameWhatItLeavesOut() throws IOException {
        WavWriter.write(words.resolve("tic/empty.wav"), RATE, new short[RATE]);
        Files.writeString(words.resolve("tic/broken.wav"), "RIFF and no more");
        assertThat(read(List.of(), null, null).skipped())
                .extracting(SkippedFile::name)
                .containsExactly("tic/broken.wav", "tic/empty.wav");
        assertThat(read(List.of(), Split.TESTING, null).skipped()).isEmpty();
    }

    @Test
    void shouldRefuseKeywordsWithoutRecordings() {
        assertThatThrownBy(() -> read(List.of("tic", "toe"), Split.TESTING, null))
                .isInstanceOf(IOException.class)
                .hasMessage("streams: expected recordings of toe in the split testing, found none");
        words = root.resolve("speech");
        assertThatThrownBy(() -> read(List.of(), Split.TESTING, null))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("expected words in the split testing, found none; where there are no lists");
        speech = root.resolve("nothing");
        assertThatThrownBy(() -> read(List.of(), null, null))
                .isInstanceOf(IOException.class)
                .hasMessageEndingWith("expected a file or folder of recordings, found none");
    }
}

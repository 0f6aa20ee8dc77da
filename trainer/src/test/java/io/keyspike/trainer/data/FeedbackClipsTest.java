package io.keyspike.trainer.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keyspike.audio.WavWriter;
import io.keyspike.trainer.config.LabelMap;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FeedbackClipsTest {

    private static final int RATE = 16_000;
    private static final DataSet EMPTY = new DataSet("none", "0", true, List.of(), List.of());

    @TempDir
    private Path folder;

    @Test
    void shouldTakeTheEndOfAMarkedSoundAsAClipOfItsWord() throws Exception {
        short[] sound = new short[3 * RATE];
        sound[2 * RATE] = 123; // the last second begins here
        WavWriter.write(Files.createDirectories(folder.resolve("clips")).resolve("a.wav"), RATE, sound);
        marks(
                "{\"id\":\"a\",\"keyword\":\"yes\",\"right\":true,\"clip\":\"clips/a.wav\"}",
                "{\"id\":\"b\",\"keyword\":\"yes\",\"right\":true}");

        Clip clip = only(new FeedbackClips(folder).addTo(EMPTY, RATE, 1).clips());

        assertThat(clip.word()).isEqualTo("yes");
        assertThat(ClipAudio.read(clip, RATE, RATE)[0]).isEqualTo((short) 123);
    }

    @Test
    void shouldLetTheLaterOfTwoMarksCountAndTakeAFalseAlarmForUnknown() throws Exception {
        WavWriter.write(Files.createDirectories(folder.resolve("clips")).resolve("a.wav"), RATE, new short[RATE]);
        marks(
                "{\"id\":\"a\",\"keyword\":\"yes\",\"right\":true,\"clip\":\"clips/a.wav\"}",
                "{\"id\":\"a\",\"keyword\":\"yes\",\"right\":false,\"clip\":\"clips/a.wav\"}");

        Clip clip = only(new FeedbackClips(folder).addTo(EMPTY, RATE, 1).clips());

        assertThat(clip.word()).isEqualTo(FeedbackClips.FALSE_ALARM);
        assertThat(new LabelMap(List.of("yes", "unknown")).outputOf(clip.word()))
                .isEqualTo(1);
        assertThat(new LabelMap(List.of("yes", "no")).outputOf(clip.word())).isEqualTo(-1);
    }

    @Test
    void shouldTakeRecordedWordsForTrainingAndForValidation() throws Exception {
        Path words = Files.createDirectories(folder.resolve("words/computer"));
        for (int i = 0; i < 40; i++) {
            WavWriter.write(words.resolve("take-" + i + ".wav"), RATE, new short[RATE]);
        }
        var feedback = new FeedbackClips(folder);
        DataSet data = feedback.addTo(EMPTY, RATE, 1);

        assertThat(feedback.words()).containsExactly("computer");
        assertThat(data.clips()).hasSize(40).allMatch(clip -> clip.word().equals("computer"));
        assertThat(data.clips().stream().filter(clip -> clip.split() == Split.VALIDATION))
                .hasSizeBetween(4, 20);
        assertThat(data.hash()).isNotEqualTo(EMPTY.hash());
    }

    @Test
    void shouldNameTheLineThatIsNoMarkAndStayInItsFolder() throws Exception {
        marks("{\"id\":\"a\",\"keyword\":\"yes\",\"right\":true}", "{\"id\":3}");
        assertThatThrownBy(() -> new FeedbackClips(folder).addTo(EMPTY, RATE, 1))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("in line 2");

        marks("{\"id\":\"a\",\"keyword\":\"yes\",\"right\":true,\"clip\":\"../../elsewhere.wav\"}");
        assertThatThrownBy(() -> new FeedbackClips(folder).addTo(EMPTY, RATE, 1))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("in this folder");
    }

    private void marks(String... lines) throws IOException {
        Files.write(folder.resolve("marks.jsonl"), List.of(lines));
    }

    private static Clip only(List<Clip> clips) {
        assertThat(clips).hasSize(1);
        return clips.getFirst();
    }
}

package io.keyspike.trainer.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keyspike.audio.WavWriter;
import io.keyspike.trainer.common.Progress;
import io.keyspike.trainer.config.DataConfig.SplitConfig;
import io.keyspike.trainer.loop.SyntheticWords;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClassFoldersTest {
    private static final int SPEAKERS = 20;

    @TempDir
    private Path root;

    @BeforeEach
    void write() throws IOException {
        for (String word : List.of("rising", "falling")) {
            Path folder = Files.createDirectories(root.resolve(word));
            for (int i = 0; i < 2 * SPEAKERS; i++) {
                Path file = folder.resolve("s" + i % SPEAKERS + "_nohash_" + i / SPEAKERS + ".wav");
                WavWriter.write(file, SyntheticWords.SAMPLE_RATE_HZ, new short[] {1, (short) i});
            }
        }
        // Lists are of the other kind of folder.
        Files.writeString(root.resolve("testing_list.txt"), "rising/s1_nohash_0.wav");
    }

    private DataSet scan(double validation, double testing, boolean bySpeaker, long seed) throws IOException {
        return new ClassFolders(root)
                .scan(new SplitConfig(validation, testing, bySpeaker, seed), 16_000, 2, Progress.NONE);
    }

    private static long count(DataSet data, Split split) {
        return data.clips().stream().filter(c -> c.split() == split).count();
    }

    @Test
    void shouldGiveEverySplitItsShareOfEveryClass() throws IOException {
        DataSet data = scan(0.2, 0.1, false, 3);
        for (String word : List.of("rising", "falling")) {
            assertThat(data.wordCounts(Split.TRAINING)).containsEntry(word, 28L);
            assertThat(data.wordCounts(Split.VALIDATION)).containsEntry(word, 8L);
            assertThat(data.wordCounts(Split.TESTING)).containsEntry(word, 4L);
        }
        assertThat(scan(0.2, 0.1, false, 3)).isEqualTo(data);
        assertThat(scan(0.2, 0.1, false, 4).clips()).isNotEqualTo(data.clips());
        assertThat(count(scan(0, 0, false, 3), Split.TRAINING)).isEqualTo(80);
    }

    @Test
    void shouldKeepSpeakersApart() throws IOException {
        DataSet data = scan(0.15, 0.1, true, 5);
        Map<String, Set<Split>> splits = new HashMap<>();
        for (Clip clip : data.clips()) {
            splits.computeIfAbsent(RandomSplit.speaker(clip), s -> EnumSet.noneOf(Split.class))
                    .add(clip.split());
        }
        assertThat(splits).hasSize(SPEAKERS);
        assertThat(splits.values()).allSatisfy(s -> assertThat(s).hasSize(1));
        assertThat(count(data, Split.VALIDATION)).isEqualTo(12);
        assertThat(count(data, Split.TESTING)).isEqualTo(8);
    }

    @Test
    void shouldTakeFilesWithoutSpeakersOneByOne() {
        Clip clip = new Clip("rising/take 3.wav", root, "rising", Split.TRAINING);
        assertThat(RandomSplit.speaker(clip)).isEqualTo("rising/take 3.wav");
        List<Clip> clips = IntStream.range(0, 50)
                .mapToObj(i -> new Clip("a/" + i + ".wav", root, "a", Split.TRAINING))
                .toList();
        List<Clip> split = new RandomSplit(new SplitConfig(0.1, 0.2, true, 1)).apply(clips, 0.2, RandomSplit::speaker);
        assertThat(split.stream().filter(c -> c.split() == Split.TESTING)).hasSize(10);
        assertThat(split.stream().filter(c -> c.split() == Split.VALIDATION)).hasSize(5);
    }

    @Test
    void shouldSayWhereThereIsNothing() throws IOException {
        Path empty = Files.createDirectories(root.resolve("rising/nothing"));
        assertThatThrownBy(() ->
                        new ClassFolders(empty).scan(new SplitConfig(0.1, 0.1, true, 1), 16_000, 1, Progress.NONE))
                .hasMessage(empty + ": expected folders of WAV or FLAC files, found none");
        assertThatThrownBy(() -> new ClassFolders(root.resolve("absent")))
                .hasMessage(root.resolve("absent") + ": expected a folder with one folder per word, found none");
    }
}

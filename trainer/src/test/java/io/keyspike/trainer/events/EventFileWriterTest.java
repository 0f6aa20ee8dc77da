package io.keyspike.trainer.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keyspike.trainer.common.SplitMix;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class EventFileWriterTest {
    @TempDir
    private Path folder;

    private static Events random(int count, long seed) {
        var random = new SplitMix(seed);
        long[] times = random.longs(count, 0, 1_200_000).sorted().toArray();
        return new Events(times, random.ints(count, 0, 65_536).toArray(), new int[0]);
    }

    /** Samples of every size: none, many in one block, one larger than a block. */
    @ParameterizedTest
    @EnumSource(EventFileWriter.Times.class)
    void shouldReadBackWhatWasWritten(EventFileWriter.Times precision) throws IOException {
        Path path = folder.resolve("a_train.h5");
        List<Events> samples = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            samples.add(random(i % 7 == 0 ? 0 : i == 100 ? 40_000 : 50 * (i % 40), i));
        }
        try (var writer = new EventFileWriter(path, List.of("yes", "no", "übung"), precision)) {
            for (int i = 0; i < samples.size(); i++) {
                writer.add(samples.get(i), i % 3, i % 11);
            }
            assertThat(path).doesNotExist();
        }
        var file = new EventFile(path);
        assertThat(file.samples()).isEqualTo(samples.size());
        for (int i = 0; i < samples.size(); i++) {
            Events read = file.read(i);
            Events expected = samples.get(i);
            assertThat(read.count()).isEqualTo(expected.count());
            assertThat(file.word(i)).isEqualTo(List.of("yes", "no", "übung").get(i % 3));
            assertThat(file.speaker(i)).isEqualTo("speaker " + i % 11);
            for (int e = 0; e < read.count(); e++) {
                double error = precision == EventFileWriter.Times.FLOAT16 ? 489 : 1;
                assertThat((double) read.times()[e])
                        .isBetween(expected.times()[e] - error - 1, expected.times()[e] + error);
            }
            assertThat(read.units()).isEqualTo(expected.units());
        }
        assertThat(folder).isDirectoryNotContaining(f -> f.toString().endsWith(".unfinished"));
    }

    @Test
    void shouldWriteAFileWithoutSamples() throws IOException {
        Path path = folder.resolve("none.h5");
        new EventFileWriter(path, List.of("a"), EventFileWriter.Times.FLOAT16).close();
        assertThat(Files.size(path)).isPositive();
    }

    @Test
    void shouldLeaveNothingBehindWhenGivenUp() throws IOException {
        Path path = folder.resolve("given-up.h5");
        var writer = new EventFileWriter(path, List.of("a"), EventFileWriter.Times.FLOAT16);
        writer.add(random(10, 1), 0, 0);
        assertThatThrownBy(() -> writer.add(random(10, 1), 1, 0))
                .hasMessage("events: expected a label below 1 and a speaker of at most 65535, found 1 and 0");
        writer.discard();
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void shouldMakeSamplesOfTemporalXorThatDifferInTheirDelaysAlone() {
        TemporalXor xor = TemporalXor.standard(3);
        Events aa = xor.sample(0);
        Events ab = xor.sample(1);
        Events ba = xor.sample(2);
        assertThat(List.of(xor.label(0), xor.label(1), xor.label(2), xor.label(3)))
                .containsExactly(0, 1, 1, 0);
        assertThat(java.util.Arrays.stream(aa.units()).min().orElseThrow()).isGreaterThanOrEqualTo(8);
        assertThat(first(aa)).isEqualTo(first(ab)).isNotEqualTo(first(ba));
        long[] delays = java.util.stream.IntStream.range(0, 100)
                .mapToLong(i -> secondBegins(xor.sample(4 * i + 1)))
                .distinct()
                .sorted()
                .toArray();
        assertThat(delays[0]).isGreaterThanOrEqualTo(30_000);
        assertThat(delays[delays.length - 1]).isLessThanOrEqualTo(70_500);
        assertThat(delays.length).isGreaterThan(20);
        assertThat(aa.times()[0]).isEqualTo(500);
    }

    private static List<Integer> first(Events events) {
        var units = new ArrayList<Integer>();
        for (int i = 0; i < events.count() && events.times()[i] < 20_000; i++) {
            units.add(events.units()[i]);
        }
        return units;
    }

    private static long secondBegins(Events events) {
        return java.util.Arrays.stream(events.times())
                        .filter(t -> t >= 20_000)
                        .min()
                        .orElseThrow()
                / 1_000
                * 1_000;
    }
}

package io.keyspike.trainer.events;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyspike.trainer.config.DataConfig.SplitConfig;
import io.keyspike.trainer.data.DataSet;
import io.keyspike.trainer.data.EventFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** As many samples as the training set of SSC, with fewer events: what is kept in memory is little for each of them. */
class LargeEventFileTest {
    private static final int SAMPLES = 75_466;
    private static final int EVENTS = 500;

    @TempDir
    private Path folder;

    @Test
    @Tag("slow")
    void shouldReadAsManySamplesAsSscHasWithLittleMemory() throws IOException {
        List<String> keys = IntStream.range(0, 35).mapToObj(k -> "word" + k).toList();
        try (var writer = new EventFileWriter(folder.resolve("ssc_train.h5"), keys, EventFileWriter.Times.FLOAT16)) {
            for (int i = 0; i < SAMPLES; i++) {
                writer.add(sample(i), i % 35, i % 2_000);
            }
        }
        long before = used();
        DataSet data = new EventFolder(folder).scan(new SplitConfig(0.1, 0.1, true, 1));
        assertThat(data.clips()).hasSize(SAMPLES);
        var file = new EventFile(folder.resolve("ssc_train.h5"));
        long kept = used() - before;
        long events = 0;
        for (int i = 0; i < SAMPLES; i++) {
            Events sample = file.read(i);
            events += sample.count();
            if (i % 1_000 == 0) {
                assertThat(sample.units()).isEqualTo(sample(i).units());
            }
        }
        assertThat(events).isEqualTo((long) SAMPLES * EVENTS);
        long after = used() - before;
        System.out.printf("kept %,d bytes per sample, %,d after reading all%n", kept / SAMPLES, after / SAMPLES);
        assertThat(kept / SAMPLES).isLessThan(400);
        assertThat(after).isLessThan(kept + (16L << 20));
        assertThat(data.clips()).isNotEmpty();
    }

    private static long used() {
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    private static Events sample(int number) {
        long[] times = new long[EVENTS];
        int[] units = new int[EVENTS];
        for (int e = 0; e < EVENTS; e++) {
            times[e] = e * 1_999L;
            units[e] = (e * 31 + number) % 700;
        }
        return new Events(times, units, new int[0]);
    }
}

package io.keyspike.trainer.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keyspike.testing.GoldenFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files in the layout of SHD, written by PyTables and by h5py, against what Tonic 1.7 reads from them. */
class EventFileTest {
    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"synthetic_shd.h5", "synthetic_shd_h5py.h5"})
    void shouldReadTheEventsOfTonic(String name) throws IOException {
        var file = new EventFile(GoldenFile.copy(name, folder));
        GoldenFile golden = GoldenFile.open("tonic_shd");
        double[] times = golden.doubles("events.t");
        double[] units = golden.doubles("events.x");
        double[] counts = golden.doubles("n_events");
        double[] labels = golden.doubles("labels");
        assertThat(file.samples()).isEqualTo(20);
        int at = 0;
        for (int s = 0; s < file.samples(); s++) {
            Events events = file.read(s);
            assertThat(events.count()).isEqualTo((int) counts[s]);
            for (int i = 0; i < events.count(); i++, at++) {
                assertThat(events.times()[i]).isEqualTo((long) times[at]);
                assertThat(events.units()[i]).isEqualTo((int) units[at]);
            }
            assertThat(file.word(s)).isEqualTo(new String[] {"zero", "one", "two", "three"}[(int) labels[s]]);
            assertThat(file.speaker(s)).startsWith("speaker ");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3})
    void shouldMakeTheFramesOfTonic(int sample) throws IOException {
        Events events = new EventFile(GoldenFile.copy("synthetic_shd.h5", folder))
                .read(sample)
                .downsampled(100.0 / 700, 1);
        GoldenFile golden = GoldenFile.open("tonic_shd");
        var windows = new Slicing.TimeWindow(10_000, 0, false, null, null);
        assertFrames(golden, "frames." + sample, new ToFrame(100, 1, windows).apply(events));
        var fromZero = new Slicing.TimeWindow(10_000, 0, true, 0L, 1_400_000L);
        assertFrames(golden, "frames_start0." + sample, new ToFrame(100, 1, fromZero).apply(events));
    }

    private static void assertFrames(GoldenFile golden, String name, float[][] found) {
        short[] expected = golden.shorts(name);
        assertThat(found).hasDimensions(golden.shape(name)[0], 100);
        for (int i = 0; i < expected.length; i++) {
            assertThat(found[i / 100][i % 100]).isEqualTo(expected[i]);
        }
    }

    @Test
    void shouldRefuseOtherFiles() throws IOException {
        Path text = Files.writeString(folder.resolve("notes.h5"), "not HDF5");
        assertThatThrownBy(() -> new EventFile(text))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith(text
                        + ": expected an HDF5 file with spikes/times, spikes/units, labels and extra/keys, found ");
        Path absent = folder.resolve("absent.h5");
        assertThatThrownBy(() -> new EventFile(absent))
                .hasMessage(absent + ": expected an HDF5 file of events, found none");
        Path other = folder.resolve("other.h5");
        try (var file = io.jhdf.HdfFile.write(other)) {
            file.putDataset("labels", new int[] {1, 2});
        }
        assertThatThrownBy(() -> new EventFile(other))
                .hasMessageStartingWith(other + ": expected an HDF5 file with spikes/times");
    }
}

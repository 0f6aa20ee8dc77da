package io.keyspike.trainer.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keyspike.testing.GoldenFile;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Transforms of events against what Tonic 1.7 made of the same ones. */
class EventsTest {
    private static final int CHANNELS = 100;

    private static final Map<String, Slicing> SLICINGS = Map.of(
            "frame_win", new Slicing.TimeWindow(10_000, 0, false, null, null),
            "frame_win_inc", new Slicing.TimeWindow(10_000, 0, true, null, null),
            "frame_win_overlap", new Slicing.TimeWindow(20_000, 5_000, false, null, null),
            "frame_win_start0", new Slicing.TimeWindow(10_000, 0, false, 0L, 900_000L),
            "frame_win_float", new Slicing.TimeWindow(12_345.6, 0, false, null, null),
            "frame_bins", new Slicing.TimeBins(50, 0),
            "frame_bins_overlap", new Slicing.TimeBins(40, 0.1),
            "frame_count", new Slicing.EventCount(30, 0, false),
            "frame_count_inc", new Slicing.EventCount(30, 0, true),
            "frame_ebins", new Slicing.EventBins(8, 0));

    private final GoldenFile golden = GoldenFile.open("tonic_transforms");

    private Events events(String name) {
        double[] t = golden.doubles(name + ".t");
        double[] x = golden.doubles(name + ".x");
        double[] p = golden.doubles(name + ".p");
        long[] times = new long[t.length];
        int[] units = new int[t.length];
        int[] polarities = new int[t.length];
        for (int i = 0; i < t.length; i++) {
            times[i] = (long) t[i];
            units[i] = (int) x[i];
            polarities[i] = (int) p[i];
        }
        return new Events(times, units, polarities);
    }

    private static void assertSame(Events found, Events expected) {
        assertThat(found.times()).isEqualTo(expected.times());
        assertThat(found.units()).isEqualTo(expected.units());
        assertThat(found.polarities()).isEqualTo(expected.polarities());
    }

    private void assertFrames(float[][] found, String name) {
        int[] shape = golden.shape(name);
        short[] expected = golden.shorts(name);
        int width = shape[1] * shape[2];
        assertThat(found).hasDimensions(shape[0], width);
        for (int f = 0; f < shape[0]; f++) {
            for (int i = 0; i < width; i++) {
                assertThat(found[f][i]).as("%s: frame %d, value %d", name, f, i).isEqualTo(expected[f * width + i]);
            }
        }
    }

    @Test
    void shouldDownsampleAsTonic() {
        assertSame(events("events").downsampled(100.0 / 700, 1), events("downsample_space"));
        assertSame(events("events").downsampled(1, 1e-3), events("downsample_time"));
        assertThat(events("downsample_target").units())
                .isEqualTo(events("downsample_space").units());
    }

    @Test
    void shouldCropAsTonic() {
        assertSame(events("events").cropped(100_000, 600_000), events("crop"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "frame_win",
                "frame_win_inc",
                "frame_win_overlap",
                "frame_win_start0",
                "frame_win_float",
                "frame_bins",
                "frame_bins_overlap",
                "frame_count",
                "frame_count_inc",
                "frame_ebins"
            })
    void shouldMakeTheFramesOfTonic(String name) {
        assertFrames(new ToFrame(CHANNELS, 2, Objects.requireNonNull(SLICINGS.get(name))).apply(events("ev100")), name);
    }

    @Test
    void shouldIgnorePolaritiesWhereFramesHaveOne() {
        var toFrame = new ToFrame(CHANNELS, 1, Objects.requireNonNull(SLICINGS.get("frame_win")));
        float[][] found = toFrame.apply(events("ev100"));
        float[][] both =
                new ToFrame(CHANNELS, 2, Objects.requireNonNull(SLICINGS.get("frame_win"))).apply(events("ev100"));
        for (int f = 0; f < found.length; f++) {
            for (int c = 0; c < CHANNELS; c++) {
                assertThat(found[f][c]).isEqualTo(both[f][c] + both[f][CHANNELS + c]);
            }
        }
        assertThat(toFrame.apply(new Events(new long[0], new int[0], new int[0])))
                .isEmpty();
    }

    @Test
    void shouldRefuseWhatDoesNotFit() {
        var toFrame = new ToFrame(10, 1, Objects.requireNonNull(SLICINGS.get("frame_win")));
        assertThatThrownBy(() -> toFrame.apply(new Events(new long[] {1}, new int[] {10}, new int[0])))
                .hasMessage("events: expected units below 10 and polarities below 1, found unit 10 and polarity 0");
        assertThatThrownBy(() -> new Events(new long[2], new int[1], new int[0]))
                .hasMessage("events: expected as many units and polarities as times (2), found 1 and 0");
        assertThatThrownBy(() -> new Slicing.TimeWindow(10, 10, false, null, null))
                .hasMessage("slicing: expected an overlap from 0 to below the window of 10.0 us, found 10.0");
    }
}

package io.keyspike.trainer.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keyspike.trainer.common.Progress;
import io.keyspike.trainer.common.SplitMix;
import io.keyspike.trainer.data.Clip;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FrameCacheTest {
    private static final List<Clip> CLIPS = CountingTransform.clips(5);

    @TempDir
    private Path folder;

    @ParameterizedTest
    @EnumSource(value = CacheMode.class, names = "DEVICE", mode = EnumSource.Mode.EXCLUDE)
    void shouldGiveTheSameFramesWhereverTheyAreKept(CacheMode way) throws IOException {
        var disk = new DiskCache(folder, Long.MAX_VALUE);
        var first = new CountingTransform("first copy", 1);
        var second = new CountingTransform("second copy", 2);
        var cache = new FrameCache(way, disk, 2, Progress.NONE);
        FrameSource frames = cache.keep(cache.open(List.of(first, second), CLIPS));
        assertThat(frames.clips()).isEqualTo(10);
        for (int i = 0; i < 5; i++) {
            assertThat(CountingTransform.read(frames, i)).isEqualTo(first.of(CLIPS.get(i)));
            assertThat(CountingTransform.read(frames, 5 + i)).isEqualTo(second.of(CLIPS.get(i)));
        }
        assertThat(disk.usage().entries()).isEqualTo(way == CacheMode.NONE ? 0 : 10);
    }

    @Test
    void shouldKeepEventsSparseInMemory() throws IOException {
        FrameSource events = new FrameSource() {
            @Override
            public int clips() {
                return 3;
            }

            @Override
            public int frames() {
                return 40;
            }

            @Override
            public int width() {
                return 10;
            }

            @Override
            public void read(int clip, int fromFrame, int count, float[] to, int toOffset) {
                for (int i = 0; i < count * 10; i++) {
                    to[toOffset + i] = new SplitMix(clip, fromFrame * 10L + i).nextInt(15) == 0 ? 1 : 0;
                }
            }
        };
        FrameSource kept = new FrameCache(CacheMode.MEMORY, null, 1, Progress.NONE).keep(events);
        assertThat(kept).isInstanceOf(SparseFrames.class);
        assertThat(((SparseFrames) kept).byteSize()).isLessThan(3 * 400 / 4);
        for (int clip = 0; clip < 3; clip++) {
            float[] expected = new float[120];
            float[] found = new float[120];
            events.read(clip, 13, 12, expected, 0);
            kept.read(clip, 13, 12, found, 0);
            assertThat(found).isEqualTo(expected);
        }
    }

    @Test
    void shouldNameASampleWithoutFiniteFeatures() {
        var cache = new FrameCache(CacheMode.NONE, null, 1, Progress.NONE);
        FrameSource frames = cache.open(List.of(new CountingTransform("a", Float.NaN)), CLIPS);
        assertThatThrownBy(() -> cache.keep(frames).read(2, 0, 6, new float[30], 0))
                .isInstanceOf(UncheckedIOException.class)
                .cause()
                .hasMessage("a/2.wav: expected finite features, found NaN in frame 0, channel 0 of a/2.wav");
    }

    @Test
    void shouldRefuseWaysThatNeedWhatIsNotThere() {
        assertThatThrownBy(() -> new FrameCache(CacheMode.DISK, null, 1, Progress.NONE))
                .hasMessage("cache: expected a folder to keep frames on disk, found none");
        assertThatThrownBy(() -> new FrameCache(CacheMode.DEVICE, null, 1, Progress.NONE))
                .hasMessage("cache: expected a device to keep frames on, found none");
    }
}

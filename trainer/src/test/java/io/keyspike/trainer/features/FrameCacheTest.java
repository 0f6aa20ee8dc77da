package io.keyspike.trainer.features;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FrameCacheTest {
    @TempDir
    private Path folder;

    private final AtomicInteger fills = new AtomicInteger();

    private FrameStore get(String recipe) throws IOException {
        return new FrameCache(folder).get(recipe, 2, 2, 3, store -> {
            fills.incrementAndGet();
            store.write(0, new float[][] {{1, 2, 3}, {4, 5, 6}});
            store.write(1, new float[][] {{7, 8, 9}, {10, 11, 12}});
        });
    }

    private static float[] values(FrameStore store) {
        float[] all = new float[12];
        store.read(0, 0, 2, all, 0);
        store.read(1, 0, 2, all, 6);
        return all;
    }

    @Test
    void shouldFillOnceForTheSameRecipeAndAgainForAnother() throws IOException {
        float[] first = values(get("a"));
        assertThat(first).containsExactly(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12);
        assertThat(values(get("a"))).isEqualTo(first);
        assertThat(fills).hasValue(1);
        get("b");
        assertThat(fills).hasValue(2);
    }

    @Test
    void shouldReadSingleFrames() throws IOException {
        float[] frame = new float[4];
        get("a").read(1, 1, 1, frame, 1);
        assertThat(frame).containsExactly(0, 10, 11, 12);
    }

    @Test
    void shouldFillAgainWhenTheFileIsGoneOrShort() throws IOException {
        get("a");
        Path file = files().getFirst();
        Files.write(file, new byte[5]);
        assertThat(values(get("a"))).startsWith(1, 2, 3);
        Files.delete(file);
        assertThat(values(get("a"))).startsWith(1, 2, 3);
        assertThat(fills).hasValue(3);
    }

    @Test
    void shouldLeaveNothingBehindWhenFillingFails() throws IOException {
        assertThatThrownBy(() -> new FrameCache(folder).get("a", 1, 1, 1, store -> {
                    throw new IllegalStateException("no");
                }))
                .hasMessage("no");
        assertThat(files()).isEmpty();
    }

    @Test
    void shouldRefuseClipsOfAnotherLength() {
        assertThatThrownBy(() -> new FrameCache(null).get("a", 1, 2, 1, store -> store.write(0, new float[][] {{1}})))
                .hasMessage("frame store: expected clips of 2 frames, found one of 1");
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.toList();
        }
    }
}

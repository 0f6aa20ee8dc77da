package io.keyspike.trainer.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keyspike.trainer.common.Progress;
import io.keyspike.trainer.data.Clip;
import io.keyspike.trainer.data.Split;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DiskCacheTest {
    private static final List<Clip> CLIPS = CountingTransform.clips(7);

    @TempDir
    private Path folder;

    private FrameSource open(CountingTransform transform) throws IOException {
        return open(transform, new DiskCache(folder, Long.MAX_VALUE));
    }

    private static FrameSource open(FrameTransform transform, DiskCache disk) {
        return new FrameCache(CacheMode.DISK, disk, 2, Progress.NONE).open(List.of(transform), CLIPS);
    }

    private static void readAll(FrameSource frames, CountingTransform transform) {
        for (int i = 0; i < frames.clips(); i++) {
            assertThat(CountingTransform.read(frames, i)).isEqualTo(transform.of(CLIPS.get(i)));
        }
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile).sorted().toList();
        }
    }

    @Test
    void shouldMakeFramesOnceForAllRuns() throws IOException {
        var transform = new CountingTransform("a", 1);
        readAll(open(transform), transform);
        readAll(open(transform), transform);
        assertThat(transform.made).hasValue(CLIPS.size());
        float[] part = new float[1 + 2 * CountingTransform.WIDTH];
        open(transform).read(3, 4, 2, part, 1);
        assertThat(Arrays.copyOfRange(part, 1, part.length))
                .isEqualTo(Arrays.copyOfRange(transform.of(CLIPS.get(3)), 4 * CountingTransform.WIDTH, 30));
    }

    @Test
    void shouldNeverServeWhatAnotherTransformMade() throws IOException {
        readAll(open(new CountingTransform("a", 1)), new CountingTransform("a", 1));
        var otherRecipe = new CountingTransform("a, 2 bands more", 1);
        readAll(open(otherRecipe), otherRecipe);
        assertThat(otherRecipe.made).hasValue(CLIPS.size());
        // The same class, parameters and version, but code that gives other values.
        var otherCode = new CountingTransform("a", 2);
        readAll(open(otherCode), otherCode);
        assertThat(otherCode.made).hasValue(CLIPS.size());
        FrameTransform otherClass = new FrameTransform() {
            private final CountingTransform other = new CountingTransform("a", 1);

            @Override
            public String recipe() {
                return other.recipe();
            }

            @Override
            public int frames() {
                return other.frames();
            }

            @Override
            public int width() {
                return other.width();
            }

            @Override
            public void apply(Clip clip, float[] to) {
                Arrays.fill(to, 5);
            }

            @Override
            public float[] probe() {
                return other.probe();
            }
        };
        FrameSource frames = open(otherClass, new DiskCache(folder, Long.MAX_VALUE));
        assertThat(CountingTransform.read(frames, 0)).containsOnly(5);
    }

    @Test
    void shouldMakeFramesAgainWhereTheSampleChanged() throws IOException {
        var transform = new CountingTransform("a", 1);
        readAll(open(transform), transform);
        Clip old = CLIPS.getFirst();
        List<Clip> changed = List.of(
                new Clip(old.name(), old.file(), 0, "a", Split.TRAINING, "other content"),
                new Clip(old.name(), old.file(), 1, "a", Split.TRAINING, old.hash()),
                new Clip("b/0.wav", old.file(), 0, "a", Split.TRAINING, old.hash()));
        var disk = new DiskCache(folder, Long.MAX_VALUE);
        FrameSource frames = new FrameCache(CacheMode.DISK, disk, 1, Progress.NONE).open(List.of(transform), changed);
        for (int i = 0; i < changed.size(); i++) {
            assertThat(CountingTransform.read(frames, i)).isEqualTo(transform.of(changed.get(i)));
        }
        assertThat(transform.made).hasValue(CLIPS.size() + 3);
    }

    @ParameterizedTest
    @ValueSource(strings = {"cut", "empty", "bit", "longer", "another's"})
    void shouldMakeADamagedEntryAgain(String damage) throws IOException {
        var transform = new CountingTransform("a", 1);
        readAll(open(transform), transform);
        for (Path file : files()) {
            byte[] bytes = Files.readAllBytes(file);
            switch (damage) {
                case "cut" -> Files.write(file, Arrays.copyOf(bytes, bytes.length / 2));
                case "empty" -> Files.write(file, new byte[0]);
                case "longer" -> Files.write(file, Arrays.copyOf(bytes, bytes.length + 1));
                case "bit" -> {
                    bytes[bytes.length - 3] ^= 16;
                    Files.write(file, bytes);
                }
                default -> Files.copy(files().getFirst(), file, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
            }
        }
        readAll(open(transform), transform);
        int whole = damage.equals("another's") ? 1 : 0;
        assertThat(transform.made).hasValue(2 * CLIPS.size() - whole);
        readAll(open(transform), transform);
        assertThat(transform.made).hasValue(2 * CLIPS.size() - whole);
    }

    @Test
    void shouldSayWhereTheDiskIsFullAndLeaveNothingBehind() throws IOException {
        var full = new DiskCache(folder, Long.MAX_VALUE, (file, content) -> {
            Files.write(file, Arrays.copyOf(content, content.length / 2));
            throw new FileSystemException(file.toString(), null, "No space left on device");
        });
        FrameSource frames = open(new CountingTransform("a", 1), full);
        assertThatThrownBy(() -> CountingTransform.read(frames, 0))
                .isInstanceOf(UncheckedIOException.class)
                .cause()
                .hasMessageMatching(
                        java.util.regex.Pattern.quote(folder.toString())
                                + "/../[0-9a-f]{62}\\.frames: expected room for \\d+ bytes in the feature cache, found none"
                                + " \\(No space left on device\\); free some, move the cache to another folder, or train without it");
        assertThat(files()).isEmpty();
    }

    @Test
    void shouldRefuseAFolderThatCannotBe() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "x");
        assertThatThrownBy(() -> new DiskCache(file, 1))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith(
                        file + ": expected a folder for the feature cache, found none and could not create one");
    }

    @Test
    void shouldRemoveWhatWasNotUsedForLongestWhenTheLimitIsReached() throws IOException {
        var transform = new CountingTransform("a", 1);
        readAll(open(transform), transform);
        long entry = Files.size(files().getFirst());
        Instant now = Instant.now();
        for (Path file : files()) {
            Files.setLastModifiedTime(file, FileTime.from(now.minus(Duration.ofDays(9))));
        }
        var disk = new DiskCache(folder, 8 * entry);
        // Reading clip 2 makes it younger than the others.
        CountingTransform.read(open(transform, disk), 2);
        var other = new CountingTransform("b", 1);
        FrameSource more = open(other, disk);
        for (int i = 0; i < 3; i++) {
            CountingTransform.read(more, i);
        }
        assertThat(disk.usage().bytes()).isLessThanOrEqualTo(8 * entry);
        assertThat(disk.usage().entries()).isBetween(6L, 8L);
        int before = transform.made.get();
        CountingTransform.read(open(transform, disk), 2);
        assertThat(transform.made).hasValue(before);
        var tiny = new DiskCache(folder, 10);
        CountingTransform.read(open(new CountingTransform("c", 1), tiny), 0);
        assertThat(disk.usage().entries()).isBetween(6L, 8L);
    }

    @Test
    void shouldClearEntriesAndWhatKilledProcessesLeft() throws IOException {
        var transform = new CountingTransform("a", 1);
        readAll(open(transform), transform);
        Path left = Files.writeString(files().getFirst().resolveSibling("partial-123"), "half");
        Path writing = Files.writeString(files().getFirst().resolveSibling("partial-456"), "another process's");
        Path foreign = Files.writeString(folder.resolve("notes.txt"), "not ours");
        Files.setLastModifiedTime(left, FileTime.from(Instant.now().minus(Duration.ofHours(2))));
        var disk = new DiskCache(folder, Long.MAX_VALUE);
        assertThat(disk.clear().entries()).isEqualTo(7);
        assertThat(files()).containsExactlyInAnyOrder(writing, foreign);
        assertThat(disk.usage()).isEqualTo(new DiskCache.Usage(0, 0));
    }

    /** Two processes fill the same folder; one is killed in the middle; what is left is whole. */
    @Test
    void shouldSurviveTwoProcessesAndAKill() throws Exception {
        Process killed = start();
        Process other = start();
        awaitEntries(killed, 1);
        killed.destroyForcibly().waitFor();
        awaitEntries(other, ProcessMain.CLIPS / 2);
        other.destroyForcibly().waitFor();
        var disk = new DiskCache(folder, Long.MAX_VALUE);
        var transform = new CountingTransform("process", 1);
        List<Clip> clips = CountingTransform.clips(ProcessMain.CLIPS);
        long whole = disk.usage().entries();
        FrameSource frames = new FrameCache(CacheMode.DISK, disk, 1, Progress.NONE).open(List.of(transform), clips);
        for (int i = 0; i < clips.size(); i++) {
            assertThat(CountingTransform.read(frames, i)).isEqualTo(transform.of(clips.get(i)));
        }
        // Nothing under an entry's name was half written.
        assertThat(transform.made.get() + whole).isEqualTo(clips.size());
    }

    private void awaitEntries(Process writer, int least) throws Exception {
        assertThat(writer.inputReader().readLine()).isEqualTo("writing");
        while (entries() < least) {
            assertThat(writer.isAlive()).isTrue();
            Thread.sleep(5);
        }
    }

    private long entries() throws IOException {
        try {
            return files().stream()
                    .filter(f -> f.toString().endsWith(".frames"))
                    .count();
        } catch (UncheckedIOException e) {
            return 0; // a file got its name while they were listed: counted at the next look
        }
    }

    private Process start() throws IOException {
        Process process = new ProcessBuilder(
                        ProcessHandle.current().info().command().orElseThrow(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        ProcessMain.class.getName(),
                        folder.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        process.onExit().orTimeout(60, TimeUnit.SECONDS).exceptionally(e -> process.destroyForcibly());
        return process;
    }

    /** Writes the same entries over and over, until killed. */
    static final class ProcessMain {
        static final int CLIPS = 300;

        public static void main(String[] arguments) throws IOException {
            var disk = new DiskCache(Path.of(arguments[0]), Long.MAX_VALUE);
            var transform = new CountingTransform("process", 1);
            List<Clip> clips = CountingTransform.clips(CLIPS);
            var keys = new FrameKeys(transform);
            System.out.println("writing");
            System.out.flush();
            while (true) {
                for (Clip clip : clips) {
                    disk.write(keys.of(clip), transform.of(clip));
                }
            }
        }
    }
}

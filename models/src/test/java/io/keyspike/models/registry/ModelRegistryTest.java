package io.keyspike.models.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keyspike.models.KeywordModel;
import io.keyspike.models.TestModels;
import io.keyspike.models.file.AtomicFiles;
import io.keyspike.models.file.ModelFileException;
import io.keyspike.models.file.ModelFiles;
import io.keyspike.models.registry.ModelRegistry.Event;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelRegistryTest {

    private final KeywordModel a = TestModels.hardwareModel("a", 1, 0.7f);
    private final KeywordModel b = TestModels.hardwareModel("b", 2, 0.7f);
    private final KeywordModel c = TestModels.hardwareModel("c", 3, 0.7f);
    private final ConcurrentLinkedQueue<Event> events = new ConcurrentLinkedQueue<>();

    @TempDir
    Path folder;

    @Test
    void shouldBeEmptyInAFolderThatIsNotThereYet() throws IOException {
        try (var registry = open(folder.resolve("new/models"), true)) {
            assertThat(registry.list()).isEmpty();
            assertThatThrownBy(registry::current)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageStartingWith("registry: expected an active model in ");
            assertThatThrownBy(registry::rollback).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> registry.use("a"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("registry: expected one of [], found 'a'");
        }
        assertThat(events).isEmpty();
    }

    @Test
    void shouldUseModelsAndRollBackThroughThem() throws IOException {
        write(a, b, c);
        try (var registry = open(folder, false)) {
            registry.use("a");
            registry.use("b");
            registry.use("b");
            registry.use("c");
            assertThat(registry.current().model()).isEqualTo(c);
            assertThat(registry.list())
                    .containsExactly(
                            new ModelRegistry.Entry("a", registry.fileOf("a"), false),
                            new ModelRegistry.Entry("b", registry.fileOf("b"), false),
                            new ModelRegistry.Entry("c", registry.fileOf("c"), true));

            assertThat(registry.rollback()).isEqualTo("b");
            assertThat(registry.current().model()).isEqualTo(b);
            assertThat(registry.rollback()).isEqualTo("a");
            assertThat(registry.current().model()).isEqualTo(a);
            assertThatThrownBy(registry::rollback).isInstanceOf(IllegalStateException.class);
        }
        assertThat(events)
                .containsExactly(
                        new Event.Swapped("", a.version()),
                        new Event.Swapped(a.version(), b.version()),
                        new Event.Swapped(b.version(), c.version()),
                        new Event.Swapped(c.version(), b.version()),
                        new Event.Swapped(b.version(), a.version()));
        assertThat(folder.resolve("current")).hasContent("a.safetensors");
    }

    @Test
    void shouldOpenWithTheModelThatWasInUse() throws IOException {
        write(a, b);
        try (var registry = open(folder, false)) {
            registry.use("b");
        }
        try (var registry = open(folder, false)) {
            assertThat(registry.current().model()).isEqualTo(b);
        }
    }

    @Test
    void shouldRefuseABadModelAndKeepTheOneInUse() throws IOException {
        write(a);
        Files.write(folder.resolve("bad.safetensors"), new byte[100]);
        try (var registry = open(folder, false)) {
            registry.use("a");
            assertThatThrownBy(() -> registry.use("bad"))
                    .isInstanceOf(ModelFileException.class)
                    .hasMessageContaining("bad.safetensors: not a safetensors file: expected ");
            assertThat(registry.current().model()).isEqualTo(a);
            assertThat(folder.resolve("current")).hasContent("a.safetensors");

            assertThatThrownBy(() -> registry.add(folder.resolve("bad.safetensors"), "copy"))
                    .isInstanceOf(ModelFileException.class);
            assertThatThrownBy(() -> registry.add(folder.resolve("a.safetensors"), "../a"))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThat(registry.list()).hasSize(2);
        }
    }

    @Test
    void shouldRefuseToRollBackToAModelThatHasGoneBad() throws IOException {
        write(a, b);
        try (var registry = open(folder, false)) {
            registry.use("a");
            registry.use("b");
            Files.delete(folder.resolve("a.safetensors"));
            assertThatThrownBy(registry::rollback)
                    .isInstanceOf(ModelFileException.class)
                    .hasMessageEndingWith("a.safetensors: expected a model file, found none");
            assertThat(registry.current().model()).isEqualTo(b);
        }
    }

    @Test
    void shouldReportABadModelInUseWhenOpened() throws IOException {
        Files.write(folder.resolve("bad.safetensors"), new byte[100]);
        Files.writeString(folder.resolve("current"), "bad.safetensors\n");
        try (var registry = open(folder, false)) {
            assertThatThrownBy(registry::current).isInstanceOf(IllegalStateException.class);
        }
        assertThat(events).hasSize(1).first().isInstanceOf(Event.Refused.class);

        events.clear();
        Files.writeString(folder.resolve("current"), "../../etc/passwd\n");
        try (var registry = open(folder, false)) {
            assertThat(events)
                    .containsExactly(new Event.Refused(
                            folder.resolve("current").toString(),
                            folder.resolve("current")
                                    + ": expected the name of a model file of the folder, found '../../etc/passwd'"));
            assertThatThrownBy(registry::list).isInstanceOf(ModelFileException.class);
        }
    }

    @Test
    void shouldAddAModelWithoutUsingIt() throws IOException {
        write(a);
        Path elsewhere = folder.resolve("elsewhere.bin");
        ModelFiles.write(elsewhere, b);
        try (var registry = open(folder, false)) {
            registry.use("a");
            registry.add(elsewhere, "b-2");
            assertThat(registry.current().model()).isEqualTo(a);
            assertThat(ModelFiles.read(registry.fileOf("b-2")))
                    .as("the name given is the name inside")
                    .isEqualTo(b.withName("b-2"));
            registry.add(elsewhere, "b");
            assertThat(registry.fileOf("b")).hasSameBinaryContentAs(elsewhere);
        }
    }

    @Test
    void shouldRollBackToWhatRanBeforeTheFirstUse() throws IOException {
        write(a);
        Path elsewhere = folder.resolve("shipped/b.safetensors");
        Files.createDirectories(folder.resolve("shipped"));
        ModelFiles.write(elsewhere, b);
        try (var registry = open(folder, false)) {
            registry.standIn("b", elsewhere);
            assertThatThrownBy(registry::rollback).isInstanceOf(IllegalStateException.class);
            registry.use("a");
            assertThat(registry.currentName()).isEqualTo("a");
            assertThat(registry.rollback()).isEqualTo("b");
            assertThat(registry.current().model()).isEqualTo(b);
            assertThat(registry.currentName()).isEqualTo("b");
            assertThatThrownBy(registry::rollback).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void shouldSeeWhatAnotherRegistryOfTheSameFolderUses() throws IOException {
        write(a, b);
        try (var watching = open(folder, true);
                var using = ModelRegistry.open(folder, TestModels.kernels(), true, e -> {})) {
            using.use("a");
            await(() -> runs(watching, a));
            using.use("b");
            await(() -> runs(watching, b));
            watching.rollback();
            await(() -> runs(using, a));
        }
        assertThat(events)
                .containsExactly(
                        new Event.Swapped("", a.version()),
                        new Event.Swapped(a.version(), b.version()),
                        new Event.Swapped(b.version(), a.version()));
    }

    @Test
    void shouldReloadAFileThatIsReplacedAndWaitForOneThatIsHalfWritten() throws Exception {
        write(a);
        try (var registry = open(folder, true)) {
            registry.use("a");
            byte[] next = ModelFiles.bytes(b);
            Path file = folder.resolve("a.safetensors");
            for (int length = 0; length < next.length; length += next.length / 20) {
                Files.write(file, Arrays.copyOf(next, length));
                assertThat(registry.current().model()).isEqualTo(a);
                Thread.sleep(5); // a writer that is not done
            }
            Files.write(file, next);
            await(() -> runs(registry, b));
        }
        assertThat(events.stream().filter(e -> e instanceof Event.Swapped)).hasSize(2);
    }

    @Test
    void shouldReportABadReplacementOnceAndTakeTheGoodOneAfterIt() throws Exception {
        write(a);
        try (var registry = open(folder, true)) {
            registry.use("a");
            AtomicFiles.write(folder.resolve("a.safetensors"), new byte[50]);
            await(() -> events.stream().anyMatch(e -> e instanceof Event.Refused));
            assertThat(registry.current().model()).isEqualTo(a);
            ModelFiles.write(folder.resolve("a.safetensors"), c);
            await(() -> runs(registry, c));
        }
        assertThat(refusals()).hasSize(1);
    }

    @Test
    void shouldReportAFileThatIsWrittenAgainAndAgainOnlyWhenItRests() throws Exception {
        write(a);
        int rests = 1;
        try (var registry = open(folder, true)) {
            registry.use("a");
            long written = System.nanoTime();
            for (int i = 1; i <= 200; i++) {
                Files.write(folder.resolve("a.safetensors"), new byte[50 + i]);
                Files.write(folder.resolve("beside.txt"), new byte[i]); // a report of something else
                long now = System.nanoTime();
                if (now - written > FolderWatch.SETTLE.toNanos() / 2) {
                    rests++; // the system held this thread up: the file may have looked written
                }
                written = now;
                Thread.sleep(2);
            }
            await(() -> refusals().anyMatch(refused -> refused.reason().contains("242 bytes")));
            assertThat(registry.current().model()).isEqualTo(a);
        }
        assertThat(refusals()).hasSizeLessThanOrEqualTo(rests);
    }

    @Test
    void shouldKeepTheModelWhenItsFileOrTheChoiceDisappears() throws Exception {
        write(a, b);
        try (var registry = open(folder, true)) {
            registry.use("a");
            Files.delete(folder.resolve("a.safetensors"));
            await(() -> events.stream().anyMatch(e -> e instanceof Event.Refused));
            Files.delete(folder.resolve("current"));
            assertThat(registry.current().model()).isEqualTo(a);
            registry.use("b");
            assertThat(registry.current().model()).isEqualTo(b);
        }
    }

    @Test
    void shouldSurviveAListenerThatFails() throws IOException {
        write(a);
        try (var registry = ModelRegistry.open(folder, TestModels.kernels(), false, e -> {
            throw new IllegalStateException("a listener's own trouble");
        })) {
            registry.use("a");
            assertThat(registry.current().model()).isEqualTo(a);
        }
    }

    private ModelRegistry open(Path path, boolean watch) throws IOException {
        return ModelRegistry.open(path, TestModels.kernels(), watch, events::add);
    }

    private void write(KeywordModel... models) throws IOException {
        for (KeywordModel model : List.of(models)) {
            ModelFiles.write(folder.resolve(model.name() + ".safetensors"), model);
        }
    }

    private Stream<Event.Refused> refusals() {
        return events.stream().filter(e -> e instanceof Event.Refused).map(e -> (Event.Refused) e);
    }

    private static boolean runs(ModelRegistry registry, KeywordModel model) {
        try {
            return registry.current().model().equals(model);
        } catch (IllegalStateException e) {
            return false;
        }
    }

    private static void await(BooleanSupplier condition) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("in time").isLessThan(deadline);
            try {
                Thread.sleep(5);
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }
}

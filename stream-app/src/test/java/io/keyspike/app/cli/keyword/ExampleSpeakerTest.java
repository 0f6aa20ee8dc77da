package io.keyspike.app.cli.keyword;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyspike.audio.AudioFiles;
import io.keyspike.trainer.common.Progress;
import io.keyspike.voices.SpeechEngines;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExampleSpeakerTest {

    private final Parrot parrot = new Parrot("espeak-ng", 8);
    private final SpeechEngines engines = Parrot.engines(parrot);

    @TempDir
    private Path folder;

    private ExamplePlan plan(String text, List<String> near) {
        return ExamplePlan.of(Phrase.of(text), near, engines, new ExamplePlan.Size(8, 1, 8, 0));
    }

    private ExampleSpeaker.Result speak(ExamplePlan plan, BooleanSupplier goOn) throws IOException {
        return new ExampleSpeaker(folder, 2, Progress.NONE, goOn).speak(plan, engines);
    }

    @Test
    void shouldWriteClipsWithoutTheirPauses() throws IOException {
        ExamplePlan plan = plan("computer", List.of());
        ExampleSpeaker.Result result = speak(plan, () -> true);
        assertThat(result.complete()).isTrue();
        assertThat(result.made()).isEqualTo(plan.examples().size());
        Example first = plan.examples().getFirst();
        double spoken = first.text().length() * 600 / first.speed();
        assertThat((double) AudioFiles.readAll(folder.resolve(first.path()), 16_000).length)
                .isBetween(spoken, spoken + 2 * 0.17 * 16_000);
    }

    @Test
    void shouldSpeakNothingTwice() throws IOException {
        ExamplePlan plan = plan("computer", List.of());
        speak(plan, () -> true);
        int before = parrot.spoken.get();
        ExampleSpeaker.Result again = speak(plan, () -> true);
        assertThat(parrot.spoken.get()).isEqualTo(before);
        assertThat(again.made()).isZero();
        assertThat(again.spoken()).isEqualTo(plan.examples());
    }

    @Test
    void shouldGoOnAfterItWasStopped() throws IOException {
        ExamplePlan plan = plan("computer", List.of());
        var asked = new AtomicInteger();
        ExampleSpeaker.Result stopped = speak(plan, () -> asked.incrementAndGet() <= 10);
        assertThat(stopped.complete()).isFalse();
        ExampleSpeaker.Result rest = speak(plan, () -> true);
        assertThat(rest.complete()).isTrue();
        assertThat(rest.made()).isEqualTo(plan.examples().size() - stopped.made());
        assertThat(parrot.spoken.get()).isEqualTo(plan.examples().size());
    }

    @Test
    void shouldRemoveWhatAnotherPlanSpoke() throws IOException {
        speak(plan("computer", List.of("commuter")), () -> true);
        Path stray = Files.createDirectories(folder.resolve("computer")).resolve("somebody_nohash_0.wav");
        Files.writeString(stray, "not of the plan");
        ExamplePlan without = plan("computer", List.of());
        speak(without, () -> true);
        assertThat(stray).doesNotExist();
        assertThat(folder.resolve(ExamplePlan.SOUND_ALIKES)).isEmptyDirectory();
        assertThat(Files.readAllLines(folder.resolve(ExampleSpeaker.SPOKEN)))
                .hasSize(without.examples().size());
    }

    @Test
    void shouldGoOnWithoutWhatCannotBeSpoken() throws IOException {
        ExamplePlan plan = plan("computer", List.of(Parrot.UNSPEAKABLE, "commuter"));
        ExampleSpeaker.Result result = speak(plan, () -> true);
        assertThat(result.complete()).isTrue();
        assertThat(result.failed()).isNotEmpty().allMatch(line -> line.contains("the parrot does not know that"));
        assertThat(result.spoken())
                .hasSize(plan.examples().size() - result.failed().size());
    }
}

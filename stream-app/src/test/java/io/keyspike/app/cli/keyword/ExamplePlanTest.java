package io.keyspike.app.cli.keyword;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyspike.voices.SpeechEngines;
import io.keyspike.voices.Voice;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class ExamplePlanTest {

    private static final Phrase PHRASE = Phrase.of("hey penguin");
    private static final List<String> NEAR = List.of("hey", "hey pension", "he penguin");

    private static ExamplePlan plan(int voices, int sentences) {
        SpeechEngines engines =
                Parrot.engines(new Parrot("kokoro", 20), new Parrot("flite", 4), new Parrot("espeak-ng", 10));
        return ExamplePlan.of(PHRASE, NEAR, engines, new ExamplePlan.Size(voices, 3, 40, sentences));
    }

    private static Set<String> speakers(ExamplePlan plan, boolean validation) {
        return plan.examples().stream()
                .filter(example -> example.validation() == validation)
                .map(Example::voice)
                .flatMap(voice -> voice.speakers().stream().map(speaker -> voice.engine() + speaker))
                .collect(Collectors.toSet());
    }

    @Test
    void shouldNeverLetASpeakerBeHeardOnBothSides() {
        ExamplePlan plan = plan(60, 30);
        assertThat(speakers(plan, true)).isNotEmpty().doesNotContainAnyElementsOf(speakers(plan, false));
    }

    @Test
    void shouldUseMixesOnceVoicesRunOut() {
        ExamplePlan plan = plan(60, 0);
        assertThat(plan.trainingVoices()).isBetween(40, 48);
        assertThat(plan.examples().stream().map(Example::voice).map(Voice::name))
                .anyMatch(name -> name.contains("+"));
    }

    @Test
    void shouldPlanTheSameEveryTime() {
        assertThat(plan(60, 30)).isEqualTo(plan(60, 30));
    }

    @Test
    void shouldGiveEachExampleAFileOfItsOwn() {
        assertThat(plan(60, 30).examples().stream().map(Example::path)).doesNotHaveDuplicates();
    }

    @Test
    void shouldVarySpeedAndManner() {
        List<Example> positives = plan(60, 0).examples().stream()
                .filter(example -> example.folder().equals("hey-penguin"))
                .toList();
        assertThat(positives).allMatch(example -> example.speed() >= 0.75 && example.speed() <= 1.35);
        assertThat(positives.stream().mapToDouble(Example::speed).min().orElseThrow())
                .isLessThan(0.85);
        assertThat(positives.stream().mapToDouble(Example::speed).max().orElseThrow())
                .isGreaterThan(1.2);
        assertThat(positives).anyMatch(example -> example.text().endsWith(", hey penguin."));
        assertThat(positives.stream().filter(Example::validation))
                .allMatch(example -> example.text().startsWith("hey penguin"));
    }

    @Test
    void shouldSpeakSoundAlikesAndSentencesOnlyWhereAskedFor() {
        assertThat(plan(30, 0).examples()).noneMatch(example -> example.folder().equals(ExamplePlan.SENTENCES));
        ExamplePlan plan = plan(30, 30);
        assertThat(plan.examples().stream().filter(e -> e.folder().equals(ExamplePlan.SOUND_ALIKES)))
                .hasSize(40)
                .allMatch(example -> NEAR.contains(example.text()));
        assertThat(plan.examples().stream().filter(e -> e.folder().equals(ExamplePlan.SENTENCES)))
                .hasSize(30)
                .noneMatch(example -> example.voice().engine().equals("kokoro"));
    }

    @Test
    void shouldPlanNothingWithoutVoices() {
        assertThat(ExamplePlan.of(PHRASE, NEAR, Parrot.engines(), new ExamplePlan.Size(30, 3, 40, 30))
                        .examples())
                .isEmpty();
    }
}

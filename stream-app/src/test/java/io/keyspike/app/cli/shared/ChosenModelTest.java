package io.keyspike.app.cli.shared;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keyspike.app.cli.ToneModel;
import io.keyspike.kernels.backends.Backends;
import io.keyspike.models.decision.Detection;
import io.keyspike.models.registry.ModelRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChosenModelTest {

    @TempDir
    @SuppressWarnings("NullAway.Init") // injected by JUnit
    private Path own;

    @TempDir
    @SuppressWarnings("NullAway.Init") // injected by JUnit
    private Path shipped;

    @SuppressWarnings("NullAway.Init") // set before each test
    private ModelLocator locator;

    @BeforeEach
    void makeModels() throws IOException {
        ToneModel.write(own, "tones", "bass", "treble");
        ToneModel.write(own, "other", "low", "high");
        locator = new ModelLocator(own, shipped);
    }

    private void use(String name) throws IOException {
        try (var registry = ModelRegistry.open(own, Backends.preferredSteps(), false, event -> {})) {
            registry.use(name);
        }
    }

    private static void awaitModel(ChosenModel chosen, String name) throws InterruptedException {
        long limit = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!chosen.get().model().name().equals(name)) {
            assertThat(System.nanoTime())
                    .as("still with %s", chosen.get().model().name())
                    .isLessThan(limit);
            TimeUnit.MILLISECONDS.sleep(20);
        }
    }

    @Test
    void shouldFollowTheModelInUseInTheMiddleOfAStream() throws Exception {
        use("tones");
        var words = new ArrayList<String>();
        var versions = new ArrayList<String>();
        short[] tones = ToneModel.tones(ToneModel.LOW_HZ, ToneModel.HIGH_HZ);
        try (var chosen = ChosenModel.open(locator, null, event -> {})) {
            var hearing = new StreamSession(chosen, ToneModel.RATE_HZ, new StreamSession.Output() {
                @Override
                public void heard(double seconds, Detection detection, String modelVersion) {
                    words.add(detection.keyword());
                }

                @Override
                public void modelChanged(double seconds, String modelVersion) {
                    versions.add(modelVersion.replaceFirst("@.*", "") + " from " + seconds);
                }
            });
            hearing.take(tones, tones.length);
            use("other");
            awaitModel(chosen, "other");
            hearing.take(tones, tones.length);

            assertThat(words).containsExactly("bass", "treble", "low", "high");
            assertThat(versions).containsExactly("other from 2.5");
            assertThat(hearing.seconds()).isEqualTo(5);
        }
    }

    @Test
    void shouldStayWithAModelThatWasNamed() throws Exception {
        use("tones");
        try (var chosen = ChosenModel.open(locator, "tones", event -> {})) {
            use("other");

            assertThat(chosen.get().model().name()).isEqualTo("tones");
        }
    }

    @Test
    void shouldStandInUntilAModelIsTakenIntoUse() throws Exception {
        ToneModel.write(shipped, ChosenModel.DEFAULT_MODEL, "a", "b");
        try (var chosen = ChosenModel.open(locator, null, event -> {})) {
            assertThat(chosen.get().model().name()).isEqualTo(ChosenModel.DEFAULT_MODEL);

            use("other");
            awaitModel(chosen, "other");
        }
    }

    @Test
    void shouldKeepTheModelWhenTheNextOneIsDamaged() throws Exception {
        use("tones");
        List<ModelRegistry.Event> events = new CopyOnWriteArrayList<>();
        try (var chosen = ChosenModel.open(locator, null, events::add)) {
            events.clear();
            Files.writeString(own.resolve("tones.safetensors"), "no model");

            long limit = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
            while (events.isEmpty() && System.nanoTime() < limit) {
                TimeUnit.MILLISECONDS.sleep(20);
            }
            assertThat(events).hasOnlyElementsOfType(ModelRegistry.Event.Refused.class);
            assertThat(chosen.get().model().name()).isEqualTo("tones");
        }
    }

    @Test
    void shouldSayWhatToDoWhenThereIsNoModelAtAll() {
        assertThatThrownBy(() -> ChosenModel.open(locator, null, event -> {}))
                .isInstanceOf(CommandException.class)
                .hasMessageContainingAll("no model is active in " + own, "pass a model file with --model");
    }
}

package io.keyspike.voices;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The engines that this machine has; those that it lacks are skipped by name. */
class SpeechEnginesTest {

    private static final Path INSTALLED = Path.of(System.getProperty("user.home"), ".keyspike", "voices");

    private static SpeechEngine engine(SpeechEngines engines, String name) {
        String why = engines.missing().get(name);
        boolean withoutFiles = name.equals("kokoro") && !Files.exists(INSTALLED.resolve(KokoroEngine.MODEL));
        assumeTrue(why == null, withoutFiles ? "no files of Kokoro in " + INSTALLED : why);
        return engines.engines().getFirst();
    }

    @ParameterizedTest
    @ValueSource(strings = {"kokoro", "flite", "espeak-ng"})
    void shouldSpeakFasterWhenAsked(String name) throws IOException {
        try (SpeechEngines engines = SpeechEngines.open(INSTALLED, List.of(name))) {
            SpeechEngine engine = engine(engines, name);
            Voice voice = engine.voices().getFirst();
            short[] usual = Speech.trimmed(engine.speak("hey penguin", voice, 1), 0);
            short[] fast = Speech.trimmed(engine.speak("hey penguin", voice, 1.35), 0);
            assertThat(usual.length / (double) SpeechEngine.SAMPLE_RATE_HZ).isBetween(0.4, 1.5);
            assertThat((double) fast.length).isLessThan(0.9 * usual.length);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"kokoro", "flite", "espeak-ng"})
    void shouldSayTheSameTwiceAndDifferInVoice(String name) throws IOException {
        try (SpeechEngines engines = SpeechEngines.open(INSTALLED, List.of(name))) {
            SpeechEngine engine = engine(engines, name);
            Voice first = engine.voices().getFirst();
            Voice last = engine.voices().getLast();
            assertThat(engine.speak("computer", first, 1)).isEqualTo(engine.speak("computer", first, 1));
            assertThat(engine.speak("computer", last, 1)).isNotEqualTo(engine.speak("computer", first, 1));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"kokoro", "flite", "espeak-ng"})
    void shouldTakeATextThatLooksLikeAnOption(String name) throws IOException {
        try (SpeechEngines engines = SpeechEngines.open(INSTALLED, List.of(name))) {
            SpeechEngine engine = engine(engines, name);
            assertThat(Speech.trimmed(
                            engine.speak("-v computer", engine.voices().getFirst(), 1), 0))
                    .hasSizeGreaterThan(SpeechEngine.SAMPLE_RATE_HZ / 3);
        }
    }

    @Test
    void shouldMixVoicesOfKokoro() throws IOException {
        try (SpeechEngines engines = SpeechEngines.open(INSTALLED, List.of("kokoro"))) {
            SpeechEngine engine = engine(engines, "kokoro");
            Voice mix = engines.voice("af_heart+am_adam");
            assertThat(mix.speakers()).containsExactly("adam", "heart");
            assertThat(engine.speak("computer", mix, 1))
                    .isNotEqualTo(engine.speak("computer", engines.voice("af_heart"), 1));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"flite", "espeak-ng"})
    void shouldRefuseWhatCannotBeSpoken(String name) {
        try (SpeechEngines engines = SpeechEngines.open(INSTALLED, List.of(name))) {
            SpeechEngine engine = engine(engines, name);
            Voice voice = engine.voices().getFirst();
            assertThatIllegalArgumentException().isThrownBy(() -> engine.speak(" ", voice, 1));
            assertThatIllegalArgumentException().isThrownBy(() -> engine.speak("computer", voice, 3));
            assertThatIllegalArgumentException().isThrownBy(() -> engine.speak("computer", voice, Double.NaN));
            assertThatIllegalArgumentException().isThrownBy(() -> engine.speak("computer", voice.mixedWith(voice), 1));
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> engine.speak("computer", new Voice("other", "v", "en", List.of("v")), 1));
        }
    }

    @Test
    void shouldSayWhyAnEngineDoesNotRun(@TempDir Path empty) {
        try (SpeechEngines engines = SpeechEngines.open(empty, List.of("kokoro"))) {
            assertThat(engines.engines()).isEmpty();
            assertThat(engines.missing().get("kokoro")).contains("'keyspike voices install'");
        }
    }

    @Test
    void shouldSayWhatIsNotANetwork(@TempDir Path folder) throws IOException {
        Files.writeString(folder.resolve(KokoroEngine.MODEL), "not a network");
        Files.createDirectory(folder.resolve(KokoroEngine.VOICES));
        Files.write(folder.resolve(KokoroEngine.VOICES).resolve("af_heart.bin"), new byte[KokoroEngine.VOICE_BYTES]);
        try (SpeechEngines engines = SpeechEngines.open(folder, List.of("espeak-ng", "kokoro"))) {
            assumeTrue(!engines.missing().containsKey("espeak-ng"), "espeak-ng is not installed");
            assertThat(engines.missing().get("kokoro")).contains("expected the network of Kokoro-82M");
        }
    }

    @Test
    void shouldRefuseAnEngineThatThereIsNot(@TempDir Path empty) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SpeechEngines.open(empty, List.of("parrot")))
                .withMessageContaining("expected one of [kokoro, flite, espeak-ng], found 'parrot'");
    }

    @Test
    void shouldPronounceWords() throws IOException {
        try (SpeechEngines engines = SpeechEngines.open(INSTALLED, List.of("espeak-ng"))) {
            engine(engines, "espeak-ng");
            assertThat(engines.phonemes().of("computer", "en-us")).isEqualTo("kəmpjˈuːɾɚ");
            assertThat(engines.phonemes().ofEach(List.of("computer", "the", "yes"), "en-us"))
                    .hasSize(3)
                    .contains("kəmpjˈuːɾɚ");
        }
    }
}

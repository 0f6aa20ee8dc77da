package io.keyspike.app.cli.listen;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.keyspike.app.cli.ForkedCommand;
import io.keyspike.app.cli.ToneModel;
import io.keyspike.app.cli.demo.DemoSentence;
import io.keyspike.app.cli.shared.ExitCode;
import io.keyspike.app.cli.shared.ModelLocator;
import io.keyspike.app.cli.shared.WordComparison;
import io.keyspike.audio.WavWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code listen} as a process: with a microphone, and stopped in the middle. */
class ListenProcessTest {

    private static final Path CHECKOUT = Path.of(System.getProperty("keyspike.root", ".."));

    @TempDir
    @SuppressWarnings("NullAway.Init") // injected by JUnit
    private Path folder;

    @TempDir
    @SuppressWarnings("NullAway.Init") // injected by JUnit
    private Path daemon;

    @Test
    void shouldHearTonesThroughTheMicrophone() throws Exception {
        Path model = ToneModel.write(folder, "tones", "bass", "treble");
        Path sound = folder.resolve("tones.wav");
        WavWriter.write(
                sound, ToneModel.RATE_HZ, ToneModel.tones(ToneModel.LOW_HZ, ToneModel.HIGH_HZ, ToneModel.LOW_HZ));

        assertThat(heard(model, sound, 7)).containsExactly("bass", "treble", "bass");
    }

    @Test
    void shouldHearASpokenSentenceThroughTheMicrophone() throws Exception {
        Path models = CHECKOUT.resolve("model-zoo");
        DemoSentence sentence = DemoSentence.readAll(CHECKOUT.resolve("demo")).getFirst();
        Path model = models.resolve(sentence.model() + ModelLocator.EXTENSION);
        Assumptions.assumeTrue(Files.exists(model), () -> "skipped: no model at " + model);

        List<String> heard = heard(model, sentence.file(), 14);

        assertThat(WordComparison.of(sentence.expected(), heard).missing())
                .as("expected %s, heard %s", sentence.expected(), heard)
                .isEmpty();
    }

    /** Words that {@code listen} prints while a sound is played into the microphone. */
    private List<String> heard(Path model, Path sound, int seconds) throws Exception {
        try (VirtualMicrophone microphone = VirtualMicrophone.start(daemon)) {
            try (var devices = new ForkedCommand(microphone::prepare, "listen", "--list-devices")) {
                Assumptions.assumeTrue(
                        devices.awaitEnd() == ExitCode.OK,
                        "skipped: Java Sound does not see PulseAudio (package libasound2-plugins)");
            }
            try (var listen = new ForkedCommand(
                    microphone::prepare,
                    "listen",
                    "--json",
                    "--model",
                    model.toString(),
                    "--duration",
                    String.valueOf(seconds))) {
                listen.awaitLine(listen.err(), "listening to");
                microphone.play(sound);
                assertThat(listen.awaitEnd()).as("%s", listen.err()).isZero();
                return words(listen.out());
            }
        }
    }

    private static List<String> words(List<String> lines) throws IOException {
        var words = new ArrayList<String>();
        for (String line : lines) {
            words.add(new ObjectMapper().readTree(line).get("keyword").asText());
        }
        return words;
    }

    @Test
    void shouldSumUpWhenItIsStopped() throws Exception {
        Path model = ToneModel.write(folder, "tones", "bass", "treble");
        Path sound = folder.resolve("long.wav");
        double[] tones = new double[120];
        java.util.Arrays.fill(tones, ToneModel.LOW_HZ);
        WavWriter.write(sound, ToneModel.RATE_HZ, ToneModel.tones(tones));

        try (var listen = new ForkedCommand(
                UnaryOperator.identity(),
                "listen",
                "--real-time",
                "--model",
                model.toString(),
                "--file",
                sound.toString())) {
            listen.awaitLine(listen.out(), "bass");
            listen.stop();

            assertThat(listen.awaitEnd()).isNotZero();
            assertThat(listen.err()).last().asString().matches("\\d+ keywords? in .* s of audio: bass \\d+");
        }
    }
}

package io.keyspike.app.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.keyspike.app.cli.CommandRun;
import io.keyspike.app.cli.ToneModel;
import io.keyspike.app.cli.shared.ExitCode;
import io.keyspike.audio.WavWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The demo with tones for words. */
class DemoCommandTest {

    @TempDir
    @SuppressWarnings("NullAway.Init") // injected by JUnit
    private Path folder;

    @BeforeEach
    void makeSentences() throws IOException {
        ToneModel.write(folder, "first", "bass", "treble");
        ToneModel.write(folder, "second", "low", "high");
        double low = ToneModel.LOW_HZ;
        double high = ToneModel.HIGH_HZ;
        WavWriter.write(folder.resolve("a1.wav"), ToneModel.RATE_HZ, ToneModel.tones(low, high, low));
        WavWriter.write(folder.resolve("b1.wav"), ToneModel.RATE_HZ, ToneModel.tones(high, high));
        WavWriter.write(folder.resolve("a2.wav"), ToneModel.RATE_HZ, ToneModel.tones(high, low));
        WavWriter.write(folder.resolve("b2.wav"), ToneModel.RATE_HZ, ToneModel.tones(low, high));
    }

    private void list(String lastExpected) throws IOException {
        Files.writeString(folder.resolve(DemoSentence.LIST), """
                [{"file": "a1.wav", "device": "a", "model": "first", "expected": ["bass", "treble", "bass"]},
                 {"file": "b1.wav", "device": "b", "model": "first", "expected": ["treble", "treble"]},
                 {"file": "a2.wav", "device": "a", "model": "second", "expected": ["high", "low"]},
                 {"file": "b2.wav", "device": "b", "model": "second", "expected": ["low", "%s"]}]
                """.formatted(lastExpected));
    }

    private CommandRun demo(String... further) {
        return CommandRun.of(java.util.stream.Stream.concat(
                        java.util.stream.Stream.of(
                                "demo", "--sentences", folder.toString(), "--models", folder.toString()),
                        java.util.stream.Stream.of(further))
                .toArray(String[]::new));
    }

    @Test
    void shouldHearEveryWordThroughKafkaAndEnd() throws IOException {
        list("high");

        CommandRun run = demo("--json");

        assertThat(run.exitCode()).as(run.err() + run.out()).isZero();
        JsonNode report = new ObjectMapper().readTree(run.out());
        assertThat(report.get("passed").asBoolean()).isTrue();
        assertThat(report.get("heard").asInt()).isEqualTo(9);
        assertThat(report.get("extra").asInt()).isZero();
        assertThat(report.get("framesHeard").asLong())
                .isEqualTo(report.get("framesSent").asLong());
        assertThat(report.get("latencyMillis").get("median").asDouble()).isPositive();
        assertThat(report.get("models")).hasSize(2).allSatisfy(model -> {
            assertThat(model.get("chipWatts").asDouble()).isPositive();
            assertThat(model.get("firingRates").get("front").asDouble()).isBetween(0.001, 1.0);
        });
        assertThat(run.err())
                .contains(
                        "metrics: http://127.0.0.1:",
                        "listening with first@",
                        "switched without interruption to second@",
                        "treble");
    }

    @Test
    void shouldFailWhenAWordWasNotHeard() throws IOException {
        list("never");

        CommandRun run = demo("--fast");

        assertThat(run.exitCode()).as(run.err() + run.out()).isEqualTo(ExitCode.FAILED);
        assertThat(run.out()).contains("8 of 9 words detected, 1 spurious", "missing: never; spurious: high");
    }

    @Test
    void shouldRefuseToBeginWithoutItsModels() throws IOException {
        list("high");
        Files.delete(folder.resolve("second.safetensors"));

        CommandRun run = demo();

        assertThat(run.exitCode()).isEqualTo(ExitCode.ENVIRONMENT);
        assertThat(run.err().lines()).singleElement().asString().contains("the demo needs the model second");
    }

    @Test
    void shouldRefuseToBeginWithoutItsSound() throws IOException {
        list("high");
        Files.delete(folder.resolve("b2.wav"));

        CommandRun run = demo();

        assertThat(run.exitCode()).isEqualTo(ExitCode.ENVIRONMENT);
        assertThat(run.err().lines()).singleElement().asString().contains("b2.wav", "make-sentences.sh");
    }

    @Test
    void shouldNameTheNearestRankOfTheLatencies() {
        var report = new DemoReport(List.of(), List.of(40.0, 10.0, 30.0, 20.0), 0, 0, List.of(), true, 1);

        assertThat(report.latencyMillis(0.5)).isEqualTo(20);
        assertThat(report.latencyMillis(0.95)).isEqualTo(40);
    }
}

package io.keyspike.app.cli.listen;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyspike.app.cli.Main;
import io.keyspike.app.cli.ToneModel;
import io.keyspike.audio.WavWriter;
import io.keyspike.testing.JvmFlags;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code listen} in a terminal: a pseudo terminal that {@code script} makes. */
class ListenTerminalTest {

    private static final String CLEAR_LINE = "\r\u001b[2K";

    @TempDir
    @SuppressWarnings("NullAway.Init") // injected by JUnit
    private Path folder;

    @Test
    void shouldShowLevelScoresAndWordsWithinEightyColumns() throws Exception {
        List<String> listen = listen();
        String quoted =
                String.join(" ", listen.stream().map(part -> "'" + part + "'").toList());
        Process process;
        try {
            process = new ProcessBuilder("script", "-qec", "stty cols 80; " + quoted, "/dev/null")
                    .redirectErrorStream(true)
                    .start();
        } catch (IOException e) {
            Assumptions.abort("skipped: script (util-linux) is not installed");
            return;
        }
        String shown = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(process.waitFor()).as(shown).isZero();
        List<String> drawn = Arrays.stream(shown.split(Pattern.quote(CLEAR_LINE), -1))
                .filter(line -> line.contains(" dB "))
                .toList();
        assertThat(drawn).as(shown).hasSizeGreaterThan(5);
        assertThat(drawn).allMatch(line -> line.length() < 80 && line.matches(" *[0-9.]+ s \\[#* *\\] +-?\\d+ dB .*"));
        assertThat(drawn).anyMatch(line -> line.matches(".*(bass|treble) [01]\\.\\d\\d\\*.*"));
        assertThat(shown).containsPattern("\\R? +\\d\\.\\d\\d s  bass +[01]\\.\\d\\d\r\n");
    }

    @Test
    void shouldDrawNothingWhereThereIsNoTerminal() throws Exception {
        Process process = new ProcessBuilder(listen()).redirectErrorStream(true).start();
        String shown = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(process.waitFor()).as(shown).isZero();
        assertThat(shown).contains("bass").doesNotContain("\r", "\u001b", " dB ");
    }

    private List<String> listen() throws IOException {
        Path model = ToneModel.write(folder, "tones", "bass", "treble");
        Path sound = folder.resolve("tones.wav");
        WavWriter.write(sound, ToneModel.RATE_HZ, ToneModel.tones(ToneModel.LOW_HZ, ToneModel.HIGH_HZ));
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                JvmFlags.argument(),
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "listen",
                "--real-time",
                "--model",
                model.toString(),
                "--file",
                sound.toString());
    }
}

package io.keyspike.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyspike.app.cli.shared.ExitCode;
import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.Writer;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** What is printed and does not arrive. */
class OutputTest {

    @TempDir
    @SuppressWarnings("NullAway.Init") // injected by JUnit
    private Path folder;

    /** A disk without room. */
    private static final class Full extends Writer {
        @Override
        public void write(char[] text, int offset, int length) throws IOException {
            throw new IOException("No space left on device");
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    }

    @ParameterizedTest
    @ValueSource(strings = {"models list", "--version", "listen --help", "doctor --json", "completion bash"})
    void shouldEndWithAnErrorWhenItsOutputIsLost(String arguments) {
        var err = new StringWriter();
        CommandLine line = Main.commandLine();
        line.setOut(new PrintWriter(new Full()));
        line.setErr(new PrintWriter(err, true));

        assertThat(line.execute(arguments.split(" "))).isEqualTo(ExitCode.ENVIRONMENT);
        assertThat(err.toString()).contains("keyspike: standard output: cannot be written to");
    }

    @Test
    void shouldSayWhyItsOutputIsLost() throws Exception {
        File full = new File("/dev/full");
        Assumptions.assumeTrue(full.exists(), "skipped: no /dev/full");
        Path model = ToneModel.write(folder, "tones", "bass", "treble");
        Path sound = folder.resolve("tones.wav");
        io.keyspike.audio.WavWriter.write(sound, ToneModel.RATE_HZ, ToneModel.tones(ToneModel.LOW_HZ));

        try (var listen = new ForkedCommand(
                builder -> builder.redirectOutput(full),
                "listen",
                "--json",
                "--model",
                model.toString(),
                "--file",
                sound.toString())) {
            assertThat(listen.awaitEnd()).isEqualTo(ExitCode.ENVIRONMENT);
            assertThat(listen.err())
                    .contains("keyspike: standard output: cannot be written to (No space left on device); the output is"
                            + " not complete");
        }
    }
}

package io.keyspike.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyspike.app.cli.shared.ExitCode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Completion scripts and manual pages. */
class ShellSupportTest {

    @TempDir
    @SuppressWarnings("NullAway.Init") // injected by JUnit
    private Path folder;

    private List<String> completed(String... words) throws IOException, InterruptedException {
        Assumptions.assumeTrue(Files.isExecutable(Path.of("/bin/bash")), "skipped: no /bin/bash");
        Path script = folder.resolve("completion.bash");
        Files.writeString(script, CommandRun.of("completion", "bash").out());
        String ask = "source '" + script + "'; COMP_WORDS=(keyspike " + String.join(" ", words) + "); COMP_CWORD="
                + words.length + "; _complete_keyspike 2> /dev/null; printf '%s\\n' \"${COMPREPLY[@]}\"";
        Process bash = new ProcessBuilder("/bin/bash", "-c", ask)
                .redirectErrorStream(true)
                .start();
        String printed = new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(bash.waitFor()).as(printed).isZero();
        return printed.lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty())
                .toList();
    }

    @Test
    void shouldCompleteCommandsAndOptionsInBash() throws Exception {
        assertThat(completed("mod")).containsExactly("models");
        assertThat(completed("models", "ro")).containsExactly("rollback");
        assertThat(completed("listen", "--sens")).contains("--sensitivity");
        assertThat(completed("completion", "z")).containsExactly("zsh");
        assertThat(completed("man")).as("a command for those who make packages").isEmpty();
    }

    @Test
    void shouldPrintAScriptForZsh() {
        CommandRun run = CommandRun.of("completion", "zsh");

        assertThat(run.exitCode()).isEqualTo(ExitCode.OK);
        assertThat(run.out()).startsWith("#compdef keyspike").contains("bashcompinit");
        assertThat(CommandRun.of("completion", "fish").exitCode()).isEqualTo(ExitCode.USAGE);
    }

    @Test
    void shouldWriteAManualPageForEachCommand() throws IOException {
        CommandRun run = CommandRun.of("man-pages", folder.resolve("man1").toString());

        assertThat(run.exitCode()).isEqualTo(ExitCode.OK);
        try (Stream<Path> pages = Files.list(folder.resolve("man1"))) {
            assertThat(pages.map(p -> p.getFileName().toString()))
                    .contains("keyspike.1", "keyspike-listen.1", "keyspike-models-use.1", "keyspike-chip-check.1")
                    .doesNotContain("keyspike-man-pages.1");
        }
        assertThat(folder.resolve("man1/keyspike-train.1"))
                .content()
                .startsWith(".TH \"KEYSPIKE\\-TRAIN\" \"1\"")
                .contains(
                        "keyspike\\-train \\- Trains a model on a folder of recordings",
                        "\\fB\\-\\-config\\fR=\\fIFILE\\fR (required)",
                        ".SH \"EXAMPLES\"",
                        ".SH \"EXIT STATUS\"",
                        "\\fBkeyspike\\fR(1)")
                .doesNotContain("${", "%n", "%%");
    }
}

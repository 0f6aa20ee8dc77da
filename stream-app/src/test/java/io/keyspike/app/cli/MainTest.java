package io.keyspike.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyspike.app.cli.shared.ExitCode;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

class MainTest {

    /** Every command and subcommand, as words on a command line. */
    static List<List<String>> commands() {
        var all = new ArrayList<List<String>>();
        collect(Main.commandLine(), List.of(), all);
        return all;
    }

    private static void collect(CommandLine line, List<String> path, List<List<String>> all) {
        all.add(path);
        line.getSubcommands().forEach((name, sub) -> {
            var longer = new ArrayList<>(path);
            longer.add(name);
            collect(sub, longer, all);
        });
    }

    @ParameterizedTest
    @MethodSource("commands")
    void shouldExplainItselfWithExitCodes(List<String> command) {
        var arguments = new ArrayList<>(command);
        arguments.add("--help");

        CommandRun run = CommandRun.of(arguments.toArray(String[]::new));

        assertThat(run.exitCode()).isZero();
        assertThat(run.out())
                .startsWith("Usage: keyspike")
                .contains("Exit codes:", "invalid command line", "130")
                .contains("--help", "--verbose");
        assertThat(run.err()).isEmpty();
    }

    @Test
    void shouldNameTheVersion() {
        CommandRun run = CommandRun.of("--version");

        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).startsWith("keyspike ").contains("Java " + Runtime.version());
    }

    @Test
    void shouldShowWhatThereIsWhenNothingWasAsked() {
        CommandRun run = CommandRun.of();

        assertThat(run.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(run.err()).contains("Usage: keyspike", "listen");
        assertThat(run.out()).isEmpty();
    }

    @Test
    void shouldSuggestTheCommandThatWasMeant() {
        CommandRun run = CommandRun.of("lisen");

        assertThat(run.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(run.err()).contains("lisen", "Did you mean", "listen");
    }

    @Test
    void shouldNameAnUnknownOptionInOneSentence() {
        CommandRun run = CommandRun.of("listen", "--no-such-thing");

        assertThat(run.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(run.err().lines()).hasSize(2);
        assertThat(run.err()).contains("--no-such-thing", "Try 'keyspike listen --help'");
    }
}

package io.keyspike.app.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

/** Every command of README and docs exists as it is written there; {@link TypedCommandsTest} runs them. */
class DocumentedCommandsTest {

    static Stream<DocumentedCommand> commands() throws IOException {
        return DocumentedCommand.all().stream();
    }

    @ParameterizedTest
    @MethodSource("commands")
    void shouldKnowEveryDocumentedCommandAndOption(DocumentedCommand command) {
        assertThat(command.calls()).isNotEmpty();
        for (List<String> call : command.calls()) {
            Main.commandLine().parseArgs(call.toArray(String[]::new));
        }
    }

    @Test
    void shouldFindTheCommandsOfAPage() {
        String page = """
            Text with ./keyspike gone.

            ```sh
            ./keyspike chip check a && ./keyspike evaluate a --data DATA   # why
            sox a.mp3 - | ./keyspike listen --stdin
            ./keyspike keyword new "hey penguin" \\
                --minutes 3
            ```

                ./keyspike bench solvers --times     what is measured

            ```java
            ./keyspike no
            ```
            """;

        assertThat(DocumentedCommand.of("page", page).stream().flatMap(command -> command.calls().stream()))
                .containsExactly(
                        List.of("chip", "check", "a"),
                        List.of("evaluate", "a", "--data", "DATA"),
                        List.of("listen", "--stdin"),
                        List.of("keyword", "new", "hey penguin", "--minutes", "3"),
                        List.of("bench", "solvers", "--times"));
    }

    @Test
    void shouldNoticeAnOptionThatIsGone() {
        assertThatThrownBy(() -> Main.commandLine().parseArgs("listen", "--fil", "a.wav"))
                .isInstanceOf(CommandLine.ParameterException.class);
    }
}

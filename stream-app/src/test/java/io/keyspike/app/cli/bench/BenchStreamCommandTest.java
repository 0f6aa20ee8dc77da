package io.keyspike.app.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyspike.app.cli.CommandRun;
import io.keyspike.app.cli.HomeProperty;
import io.keyspike.app.cli.shared.ExitCode;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BenchStreamCommandTest {

    private final HomeProperty home = HomeProperty.set(Path.of(System.getProperty("keyspike.root", "..")));

    @AfterEach
    void restoreHome() {
        home.close();
    }

    /** Few streams hear one recording; of more than it has frames, each has sound of its own, too. */
    @Test
    void shouldPrintALineForEachNumberOfStreamsPlaceOfTheSoundAndWay() {
        CommandRun run =
                CommandRun.of("bench", "stream", "--model", "yes-no-clips", "--streams", "4,2000", "--seconds", "0.2");

        assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.OK);
        String rest = " \\| [\\d,]+ \\| [\\d,]+ \\| [\\d.e+-]+ \\| [\\d,]+ \\|\n";
        assertThat(run.out())
                .startsWith("| model | streams in turn | audio in | mode |")
                .matches("(?s)[^\n]+\n[^\n]+\n"
                        + "\\| yes-no-clips \\| 4 \\| cache \\| groups" + rest
                        + "\\| yes-no-clips \\| 4 \\| cache \\| alone" + rest
                        + "\\| yes-no-clips \\| 2,000 \\| cache \\| groups" + rest
                        + "\\| yes-no-clips \\| 2,000 \\| cache \\| alone" + rest
                        + "\\| yes-no-clips \\| 2,000 \\| memory \\| groups" + rest
                        + "\\| yes-no-clips \\| 2,000 \\| memory \\| alone" + rest);
    }

    @Test
    void shouldRefuseLessThanOneStream() {
        CommandRun run = CommandRun.of("bench", "stream", "--streams", "60,0");

        assertThat(run.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(run.err()).contains("expected at least 1 stream, frames").contains("found [60, 0]");
    }
}

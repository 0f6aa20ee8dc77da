package io.keyspike.app.cli.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyspike.app.cli.CommandRun;
import io.keyspike.app.cli.shared.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CacheCommandTest {
    @TempDir
    private Path folder;

    @Test
    void shouldShowAndClearWhatIsKept() throws IOException {
        Path entry = Files.createDirectories(folder.resolve("0a")).resolve("bc.frames");
        Files.write(entry, new byte[1 << 20]);

        CommandRun shown = CommandRun.of("cache", "--cache", folder.toString());
        assertThat(shown.exitCode()).as(shown.err()).isEqualTo(ExitCode.OK);
        assertThat(shown.out().strip()).isEqualTo(folder + ": 1 samples, 1.0 MiB");

        CommandRun cleared = CommandRun.of("cache", "--cache", folder.toString(), "--clear");
        assertThat(cleared.out().strip()).isEqualTo(folder + ": removed 1 samples, 1.0 MiB");
        assertThat(entry).doesNotExist();
        assertThat(CommandRun.of("cache", "--cache", folder.toString()).out()).contains("0 samples, 0.0 MiB");
    }

    @Test
    void shouldPrintJson() throws IOException {
        Files.write(Files.createDirectories(folder.resolve("0a")).resolve("bc.frames"), new byte[100]);

        CommandRun run = CommandRun.of("cache", "--json", "--cache", folder.toString());

        assertThat(run.out().strip())
                .isEqualTo("{\"folder\":\"" + folder + "\",\"cleared\":false,\"samples\":1,\"bytes\":100}");
    }

    @Test
    void shouldRefuseALimitThatIsNone() {
        CommandRun run = CommandRun.of("cache", "--cache", folder.toString(), "--cache-limit", "-1");

        assertThat(run.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(run.err()).contains("--cache-limit: expected at least 0 GiB, found -1.0");
    }
}

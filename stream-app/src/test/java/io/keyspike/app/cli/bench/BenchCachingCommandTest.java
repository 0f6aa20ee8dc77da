package io.keyspike.app.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.keyspike.app.cli.CommandRun;
import io.keyspike.app.cli.shared.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BenchCachingCommandTest {
    @TempDir
    private Path folder;

    @Test
    void shouldMeasureTheFourWaysAndLeaveNothingBehind() throws IOException {
        CommandRun run =
                CommandRun.of("bench", "caching", "--seconds", "0.05", "--json", "--folder", folder.toString());

        assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.OK);
        List<String> ways = new ArrayList<>();
        for (JsonNode row : new ObjectMapper().readTree(run.out())) {
            ways.add(row.get("workload").asText() + " " + row.get("way").asText());
            boolean device = row.get("way").asText().equals("device");
            assertThat(row.get("available").asBoolean()).isNotEqualTo(device);
            if (!device) {
                assertThat(row.get("samplesPerSecond").asDouble()).isPositive();
            }
        }
        assertThat(ways)
                .containsExactly(
                        "filterbank none",
                        "filterbank disk",
                        "filterbank memory",
                        "filterbank device",
                        "log-mel none",
                        "log-mel disk",
                        "log-mel memory",
                        "log-mel device",
                        "events none",
                        "events disk",
                        "events memory",
                        "events device");
        try (Stream<Path> left = Files.list(folder)) {
            assertThat(left).isEmpty();
        }
    }

    @Test
    void shouldRefuseToMeasureWithNobody() {
        CommandRun run = CommandRun.of("bench", "caching", "--workers", "0");

        assertThat(run.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(run.err()).contains("expected at least 1 worker and more than 0 seconds, found 0 and 2.0");
    }
}

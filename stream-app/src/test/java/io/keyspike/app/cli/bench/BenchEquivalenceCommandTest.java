package io.keyspike.app.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.keyspike.app.cli.CommandRun;
import io.keyspike.app.cli.shared.ExitCode;
import io.keyspike.kernels.backends.Backends;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class BenchEquivalenceCommandTest {

    @Test
    void shouldFindNoDifferenceAnywhere() throws IOException {
        CommandRun run = CommandRun.of("bench", "equivalence", "--json");

        assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.OK);
        JsonNode rows = new ObjectMapper().readTree(run.out());
        assertThat(rows.findValuesAsText("backend"))
                .contains(Backends.available().toArray(String[]::new));
        assertThat(rows.findValuesAsText("solver")).contains("scan", "blocks", "convolution", "auto", "streaming");
        for (JsonNode row : rows) {
            var names =
                    List.copyOf(row.properties().stream().map(e -> e.getKey()).toList());
            assertThat(names)
                    .startsWith("backend", "solver", "spikeMismatches", "meanSquaredError", "maxAbsoluteDifference");
            assertThat(row.get("spikeMismatches").asLong()).as(row.toString()).isZero();
            assertThat(row.get("meanSquaredError").asDouble())
                    .as(row.toString())
                    .isZero();
            assertThat(row.get("maxAbsoluteDifference").asDouble())
                    .as(row.toString())
                    .isZero();
            assertThat(row.get("firingRate").asDouble()).isBetween(0.01, 0.1);
        }
    }

    @Test
    void shouldNotTakeAnotherBackendWhereADeviceIsMissing() {
        CommandRun run = CommandRun.of("bench", "equivalence", "--backend", "tornado");
        assertThat(run.exitCode()).isEqualTo(ExitCode.ENVIRONMENT);
        assertThat(run.err().strip()).startsWith("keyspike: backend tornado: ").doesNotContain("\n");
        assertThat(run.out()).isEmpty();
    }

    @Test
    void shouldPrintATableOfOneBackend() {
        CommandRun run = CommandRun.of("bench", "equivalence", "--backend", "scalar");

        assertThat(run.exitCode()).isEqualTo(ExitCode.OK);
        assertThat(run.out())
                .containsPattern("(?m)^input firing rate [45]\\.\\d\\d %")
                .containsPattern(
                        "(?m)^scalar +1  convolution +\\d\\.\\d\\d % +0 +0\\.0e\\+00 +0\\.0e\\+00 +\\d+ +\\d+$")
                .doesNotContainPattern("(?m)^vector");
    }

    @Test
    void shouldRefuseABackendThatIsNotHere() {
        CommandRun run = CommandRun.of("bench", "equivalence", "--backend", "abacus");

        assertThat(run.exitCode()).isEqualTo(ExitCode.ENVIRONMENT);
        assertThat(run.err()).contains("backend abacus is not available: expected one of scalar");
    }
}

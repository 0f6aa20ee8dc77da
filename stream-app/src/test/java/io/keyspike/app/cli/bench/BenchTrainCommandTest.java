package io.keyspike.app.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.keyspike.app.cli.CommandRun;
import io.keyspike.app.cli.shared.ExitCode;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BenchTrainCommandTest {

    @ParameterizedTest
    @ValueSource(strings = {"mel", "mnist"})
    void shouldTimeAWorkload(String work) throws IOException {
        CommandRun run = CommandRun.of("bench", "train", "--work", work, "--seconds", "0.2", "--json");

        assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.OK);
        JsonNode found = new ObjectMapper().readTree(run.out());
        assertThat(found.get("workload").asText()).isEqualTo(work);
        assertThat(found.get("samplesPerSecond").asDouble()).isPositive();
        assertThat(found.get("shareOfLimit").asDouble()).isPositive();
        assertThat(found.get("memoryBytes").asLong()).isPositive();
        assertThat(found.get("loss").asDouble()).isNotNegative();
    }

    @Test
    void shouldSayWhichWorkloadsThereAre() {
        CommandRun run = CommandRun.of("bench", "train", "--work", "chess");

        assertThat(run.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(run.err()).contains("--work: expected one of mel, long, events, mnist, found 'chess'");
    }

    @Test
    void shouldRefuseABackendThatIsNotHere() {
        CommandRun run = CommandRun.of("bench", "train", "--work", "mel", "--backend", "abacus");

        assertThat(run.exitCode()).isEqualTo(ExitCode.ENVIRONMENT);
        assertThat(run.err()).contains("backend abacus is not available");
    }
}

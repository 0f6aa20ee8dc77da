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
        found.get("firingRates").forEach(rate -> assertThat(rate.asDouble()).isBetween(0.09, 0.11));
        assertThat(found.get("shareOfTime").get("products").asDouble()).isPositive();
    }

    @Test
    void shouldHoldEachRateThatIsStated() throws IOException {
        CommandRun run =
                CommandRun.of("bench", "train", "--work", "mel", "--rates", "0.05,0.3", "--seconds", "0.2", "--json");

        assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.OK);
        JsonNode found = new ObjectMapper().readTree(run.out());
        assertThat(found).hasSize(2);
        found.get(0)
                .get("firingRates")
                .forEach(rate -> assertThat(rate.asDouble()).isBetween(0.045, 0.055));
        found.get(1)
                .get("firingRates")
                .forEach(rate -> assertThat(rate.asDouble()).isBetween(0.27, 0.33));
    }

    @Test
    void shouldGiveNoFigureForANetworkThatCannotBeHeld() {
        CommandRun run =
                CommandRun.of("bench", "train", "--work", "mel", "--rates", "0.999", "--seconds", "0.2", "--json");

        assertThat(run.exitCode()).isEqualTo(ExitCode.FAILED);
        assertThat(run.err()).contains("mel: expected layer 1 to fire in 99.9 % of steps, found");
        assertThat(run.out()).isEmpty();
    }

    @Test
    void shouldSayWhichWorkloadsThereAre() {
        CommandRun run = CommandRun.of("bench", "train", "--work", "chess");

        assertThat(run.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(run.err())
                .contains("--work: expected one of mel, long, events, mnist, adaptive, wake, found 'chess'");
    }

    @Test
    void shouldRefuseABackendThatIsNotHere() {
        CommandRun run = CommandRun.of("bench", "train", "--work", "mel", "--backend", "abacus");

        assertThat(run.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(run.err()).contains("expected one of [vector, scalar, tornado], found 'abacus'");
    }
}

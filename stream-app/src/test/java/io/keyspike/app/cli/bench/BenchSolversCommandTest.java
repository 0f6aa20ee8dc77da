package io.keyspike.app.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyspike.app.cli.CommandRun;
import io.keyspike.app.cli.shared.ExitCode;
import org.junit.jupiter.api.Test;

class BenchSolversCommandTest {

    @Test
    void shouldPrintTheSweepsByTimeConstantLengthAndFiringRate() {
        CommandRun run = CommandRun.of("bench", "solvers", "--reset", "zero", "--steps", "128,200");

        assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.OK);
        assertThat(run.out())
                .startsWith("| tau/dt | T | firing rate | blocks: sweeps |")
                .containsPattern(
                        "(?m)^\\| 5 \\| 128 \\| 1\\.0 % \\| \\d+ \\| \\d\\.\\d\\d \\| no \\| \\d+ \\| \\d+ \\|")
                .containsPattern("(?m)^\\| ∞ \\| 200 \\| 40\\.0 % \\|");
    }
}

package io.keyspike.app.cli.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.keyspike.app.cli.shared.CommandException;
import io.keyspike.app.cli.shared.ExitCode;
import io.keyspike.app.cli.shared.JsonOption;
import io.keyspike.kernels.backends.Backends;
import io.keyspike.kernels.backends.Devices;
import io.keyspike.trainer.bench.EquivalenceCheck;
import io.keyspike.trainer.bench.EquivalenceRow;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code bench equivalence}: compares spikes and membranes of every backend and solver with those of the scalar scan. */
@Command(
        name = "equivalence",
        description = {
            "Compares every backend and solver with the scalar scan on a layer of 8 LIF neurons with 16 inputs that fire in"
                    + " 5 %% of the steps (B=4, T=100).",
            "Exits with 1 if any spike differs."
        })
public final class BenchEquivalenceCommand implements Callable<Integer> {

    @Option(paramLabel = "NAME", names = "--backend", description = "Only this backend (default: all available).")
    private @Nullable String backend;

    @Option(
            paramLabel = "N",
            names = "--seed",
            description = "Random seed for inputs and weights (default: ${DEFAULT-VALUE}).",
            defaultValue = "1")
    private long seed;

    @Mixin
    private JsonOption json = new JsonOption();

    @Spec
    @SuppressWarnings("NullAway.Init") // injected by picocli
    private CommandSpec spec;

    @Override
    public Integer call() throws JsonProcessingException {
        var check = new EquivalenceCheck(seed);
        List<EquivalenceRow> rows = check.rows(backends());
        PrintWriter out = spec.commandLine().getOut();
        if (json.isSet()) {
            out.println(new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsString(rows));
        } else {
            print(out, check, rows);
        }
        out.flush();
        return rows.stream().allMatch(r -> r.spikeMismatches() == 0) ? ExitCode.OK : ExitCode.FAILED;
    }

    private List<String> backends() {
        List<String> available = Backends.available();
        if (backend == null) {
            return available;
        }
        if (backend.equals(Devices.TORNADO)) {
            Devices.names(); // says what is missing
        }
        if (!available.contains(backend)) {
            throw new CommandException(
                    ExitCode.ENVIRONMENT,
                    "backend " + backend + " is not available: expected one of " + String.join(", ", available));
        }
        return List.of(backend);
    }

    private static void print(PrintWriter out, EquivalenceCheck check, List<EquivalenceRow> rows) {
        out.printf(
                Locale.ROOT,
                "input firing rate %.2f %%; membranes and spikes compared with the scalar scan%n%n",
                100 * check.inputRate());
        out.printf(
                "%-10s %7s  %-12s %11s %17s %18s %18s %7s %12s%n",
                "backend",
                "threads",
                "solver",
                "firing rate",
                "spike mismatches",
                "mean squared error",
                "largest difference",
                "sweeps",
                "refinements");
        for (EquivalenceRow r : rows) {
            out.printf(
                    Locale.ROOT,
                    "%-10s %7d  %-12s %9.2f %% %18d %18.1e %18.1e %7d %12d%n",
                    r.backend(),
                    r.threads(),
                    r.solver(),
                    100 * r.firingRate(),
                    r.spikeMismatches(),
                    r.meanSquaredError(),
                    r.maxAbsoluteDifference(),
                    r.sweeps(),
                    r.refinements());
        }
    }
}

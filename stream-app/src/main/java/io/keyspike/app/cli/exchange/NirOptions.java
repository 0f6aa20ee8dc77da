package io.keyspike.app.cli.exchange;

import io.keyspike.app.cli.shared.CommandException;
import io.keyspike.app.cli.shared.ExitCode;
import io.keyspike.models.nir.Dialect;
import io.keyspike.models.nir.ResetRule;
import io.keyspike.models.nir.SimulationSettings;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that settle what a {@code .nir} file leaves open. */
final class NirOptions {

    @Option(
            names = "--dialect",
            paramLabel = "nir|snntorch|sinabs|norse|rockpool",
            defaultValue = "NIR",
            description = "Discretise a .nir file as this library does (default: nir, forward Euler).")
    private Dialect dialect = Dialect.NIR;

    @Option(
            names = "--dt",
            paramLabel = "SECONDS",
            description = {
                "Time step of a .nir file in seconds (default: that of its metadata, else the library's own: 1e-4 of snnTorch,"
                        + " 1e-3 of Norse and Rockpool).",
                "Sinabs's time constants are in steps, so its dialect does not use it."
            })
    private @Nullable Double stepSeconds;

    @Option(
            names = "--reset",
            paramLabel = "subtract|zero|v_reset|none",
            description =
                    "What a spike does to the membrane (default: nir: to v_reset where the file has one, else subtract;"
                            + " norse: v_reset; others: subtract).")
    private @Nullable ResetRule reset;

    @Option(
            names = "--reset-delay",
            paramLabel = "true|false",
            arity = "1",
            description =
                    "Whether a spike resets the membrane only in the next step (default: true for snntorch, else false).")
    private @Nullable Boolean resetDelayed;

    @Option(
            names = "--max-spikes",
            paramLabel = "COUNT",
            description =
                    "Most spikes of a neuron in one step (default: sinabs: no limit; rockpool: 65536; others: 1).")
    private @Nullable Integer maximumSpikes;

    @Option(
            names = "--min-membrane",
            paramLabel = "VALUE|none",
            description =
                    "Lower clamp of membranes after the reset (default: sinabs: minus the threshold for IF; else none).")
    private @Nullable String floor;

    @Option(
            names = "--norm-input",
            paramLabel = "true|false",
            arity = "1",
            defaultValue = "false",
            description =
                    "With --dialect sinabs, whether leaky neurons weigh their input by 1 - decay (default: false, as in"
                            + " networks that Sinabs imports).")
    private boolean normalisedInput;

    SimulationSettings settings() {
        try {
            return new SimulationSettings(
                    dialect,
                    stepSeconds,
                    reset,
                    resetDelayed,
                    new SimulationSettings.Membranes(maximumSpikes, floorValue(), normalisedInput));
        } catch (IllegalArgumentException e) {
            throw new CommandException(ExitCode.USAGE, String.valueOf(e.getMessage()), e);
        }
    }

    private @Nullable Double floorValue() {
        if (floor == null) {
            return null;
        }
        if (floor.equals("none")) {
            return Double.NEGATIVE_INFINITY;
        }
        try {
            return Double.valueOf(floor);
        } catch (NumberFormatException e) {
            throw new CommandException(
                    ExitCode.USAGE, "expected a number or none as --min-membrane, found '" + floor + "'", e);
        }
    }
}

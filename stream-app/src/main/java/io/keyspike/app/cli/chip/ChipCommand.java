package io.keyspike.app.cli.chip;

import io.keyspike.app.cli.shared.ExitCode;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code chip}: checks whether a model fits a neuromorphic chip, fits it to one, and estimates its power. */
@Command(
        name = "chip",
        description = {
            "Checks models against neuromorphic chips, fits models to them, and estimates power.",
            "",
            "Chips are described by profiles: h1, h1v2, xylo-like, or your own YAML file (docs/chip.md)."
        },
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            ChipCheckCommand.class,
            ChipFitCommand.class,
            ChipMapCommand.class,
            ChipExportCommand.class,
            ChipPowerCommand.class,
            ChipRatesCommand.class,
            ChipStressCommand.class
        })
public final class ChipCommand implements Callable<Integer> {

    @Spec
    @SuppressWarnings("NullAway.Init") // injected by picocli
    private CommandSpec spec;

    /** Without a subcommand, prints the usage. */
    @Override
    public Integer call() {
        spec.commandLine().usage(spec.commandLine().getErr());
        return ExitCode.USAGE;
    }
}

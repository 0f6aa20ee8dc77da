package io.keyspike.app.cli.chip;

import io.keyspike.app.cli.shared.ExitCode;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code chip}: whether a model fits a neuromorphic chip, what it needs to, and what it would draw. */
@Command(
        name = "chip",
        description = {
            "Checks models against neuromorphic chips, fits them, and estimates their power.",
            "",
            "A chip is a profile: h1, h1v2, xylo-like, or a YAML file of your own (docs/chip.md)."
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

    /** Without a command: what commands there are. */
    @Override
    public Integer call() {
        spec.commandLine().usage(spec.commandLine().getErr());
        return ExitCode.USAGE;
    }
}

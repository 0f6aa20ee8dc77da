package io.keyspike.app.cli.bench;

import io.keyspike.app.cli.shared.ExitCode;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code keyspike bench}: reproducible benchmarks. */
@Command(
        name = "bench",
        description = "Benchmarks Keyspike on this machine.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            BenchEquivalenceCommand.class,
            BenchSolversCommand.class,
            BenchTrainCommand.class,
            BenchCachingCommand.class,
            BenchStreamCommand.class,
            BenchDetectionCommand.class,
            BenchKafkaCommand.class,
            BenchGrowthCommand.class,
            BenchRescoreCommand.class
        })
public final class BenchCommand implements Callable<Integer> {

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

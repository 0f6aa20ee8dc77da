package io.keyspike.app.cli.bench;

import io.keyspike.app.cli.shared.ExitCode;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code keyspike bench}: measurements that anybody can repeat. */
@Command(
        name = "bench",
        description = "Measures Keyspike on this machine.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            BenchEquivalenceCommand.class,
            BenchSolversCommand.class,
            BenchTrainCommand.class,
            BenchCachingCommand.class,
            BenchStreamCommand.class,
            BenchKafkaCommand.class,
            BenchGrowthCommand.class,
            BenchRescoreCommand.class
        })
public final class BenchCommand implements Callable<Integer> {

    @Spec
    @SuppressWarnings("NullAway.Init") // injected by picocli
    private CommandSpec spec;

    /** Without a command: what there is to measure. */
    @Override
    public Integer call() {
        spec.commandLine().usage(spec.commandLine().getErr());
        return ExitCode.USAGE;
    }
}

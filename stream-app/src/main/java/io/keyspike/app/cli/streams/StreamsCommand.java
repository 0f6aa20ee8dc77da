package io.keyspike.app.cli.streams;

import io.keyspike.app.cli.shared.ExitCode;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code streams}: works with labelled streams. */
@Command(
        name = "streams",
        description = "Makes labelled streams to measure models on.",
        subcommands = {StreamsMakeCommand.class})
public final class StreamsCommand implements Callable<Integer> {

    @Spec
    @SuppressWarnings("NullAway.Init") // injected by picocli
    private CommandSpec spec;

    @Override
    public Integer call() {
        spec.commandLine().usage(spec.commandLine().getErr());
        return ExitCode.USAGE;
    }
}

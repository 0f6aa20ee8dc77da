package io.keyspike.app.cli.keyword;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code keyword}: models of one's own words. */
@Command(
        name = "keyword",
        description = "Makes a model of your own word.",
        subcommands = {KeywordNewCommand.class})
public final class KeywordCommand implements Runnable {

    @Spec
    @SuppressWarnings("NullAway.Init") // injected by picocli
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(),
                "expected a command: one of "
                        + String.join(", ", spec.subcommands().keySet()));
    }
}

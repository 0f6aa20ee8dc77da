package io.keyspike.app.cli;

import io.keyspike.app.cli.shared.ExitCode;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code completion}: prints a script that completes commands and options in a shell. */
@Command(
        name = "completion",
        description = {
            "Prints a script that completes commands, options and their values in a shell.",
            "Load it in the shell's start-up file, or save it where the shell looks for completions."
        })
final class CompletionCommand implements Callable<Integer> {

    /** A shell that the script is for. */
    enum Shell {
        BASH,
        ZSH;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    @Parameters(paramLabel = "SHELL", description = "${COMPLETION-CANDIDATES}.")
    @SuppressWarnings("NullAway.Init") // injected by picocli
    private Shell shell;

    @Spec
    @SuppressWarnings("NullAway.Init") // injected by picocli
    private CommandSpec spec;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        CommandSpec root = spec.root();
        if (shell == Shell.ZSH) {
            // As a file in zsh's fpath it needs the tag; the rest runs zsh's emulation of bash's completion.
            out.println("#compdef " + root.name());
        }
        out.print(AutoComplete.bash(root.name(), root.commandLine()));
        out.flush();
        return ExitCode.OK;
    }
}

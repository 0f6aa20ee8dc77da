package io.keyspike.app.cli.exec;

import io.keyspike.app.cli.shared.CommandException;
import io.keyspike.app.cli.shared.ExitCode;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The option {@code --exec}: a command to run at each detection. */
public final class ExecOption {

    @Option(
            names = "--exec",
            paramLabel = "COMMAND",
            description = "Run this command at each detection. The shell gets it as it is; the detection is in the"
                    + " variables KEYSPIKE_WORD, KEYSPIKE_SCORE, KEYSPIKE_TIME, KEYSPIKE_MODEL and KEYSPIKE_SOURCE.")
    private @Nullable String command;

    /**
     * What runs the command; null if none was given.
     *
     * @param live whether audio arrives in real time, so that detections are skipped rather than waited for while earlier
     *     commands are still running
     * @param remarks told of commands that fail or are skipped, from other threads
     */
    public @Nullable DetectionHook hook(boolean live, Consumer<String> remarks) {
        if (command == null) {
            return null;
        }
        if (command.isBlank()) {
            throw new CommandException(ExitCode.USAGE, "--exec: expected a command, found none");
        }
        return new DetectionHook(command, live, remarks);
    }
}

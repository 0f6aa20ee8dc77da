package io.keyspike.app.cli.shared;

/**
 * Ends a command with an {@link ExitCode} and one sentence that says what is wrong and how to fix it. Printed without a
 * stack trace unless {@code --verbose} is given.
 */
public final class CommandException extends RuntimeException {

    private final int exitCode;

    public CommandException(int exitCode, String sentence) {
        super(sentence);
        this.exitCode = exitCode;
    }

    public CommandException(int exitCode, String sentence, Throwable cause) {
        super(sentence, cause);
        this.exitCode = exitCode;
    }

    /** One of {@link ExitCode}. */
    public int exitCode() {
        return exitCode;
    }
}

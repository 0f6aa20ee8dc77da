package io.keyspike.app.cli.shared;

/** Exit codes of the process, the same for every command. */
public final class ExitCode {

    /** Success. */
    public static final int OK = 0;

    /** Failure, such as a missed word or an invalid model. */
    public static final int FAILED = 1;

    /** Invalid command line. */
    public static final int USAGE = 2;

    /** Something required is missing, such as a microphone, a broker or a JDK. */
    public static final int ENVIRONMENT = 3;

    /** Interrupted with Ctrl-C. */
    public static final int INTERRUPTED = 130;

    private ExitCode() {}
}

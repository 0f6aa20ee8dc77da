package io.keyspike.app.cli.shared;

/** What the process tells its caller, the same in every command. */
public final class ExitCode {

    /** Done as asked. */
    public static final int OK = 0;

    /** The thing asked for failed: a word was not heard, a model is not valid. */
    public static final int FAILED = 1;

    /** The command line itself is wrong. */
    public static final int USAGE = 2;

    /** Something the machine should have is missing: a microphone, a broker, a JDK. */
    public static final int ENVIRONMENT = 3;

    /** Stopped by Ctrl-C. */
    public static final int INTERRUPTED = 130;

    private ExitCode() {}
}

package io.keyspike.app.cli.shared;

/** Exit codes of the process, the same for every command. */
public final class ExitCode {

    /** Success. */
    public static final int OK = 0;

    /** Failure, such as a missed word, or a file whose content is not valid. */
    public static final int FAILED = 1;

    /** Invalid command line: an unknown option, a value out of range, a file, folder or model that does not exist. */
    public static final int USAGE = 2;

    /** Something required is missing: a microphone, a broker, a JDK, a free port, room on the disk, permission. */
    public static final int ENVIRONMENT = 3;

    /** Interrupted with Ctrl-C. */
    public static final int INTERRUPTED = 130;

    /** The reader of standard output has gone, as in {@code | head -1}; what the shell reports of other programs then. */
    public static final int READER_GONE = 141;

    private ExitCode() {}
}

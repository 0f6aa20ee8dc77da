package io.keyspike.app.cli.output;

import java.io.PrintWriter;

/** Standard output cannot be written to: the disk is full, or the reader of a pipe has gone. */
public final class OutputLostException extends RuntimeException {

    private OutputLostException() {
        super("standard output cannot be written to");
    }

    /**
     * Prints a line and makes sure that it has arrived, for commands that run on for long.
     *
     * @throws OutputLostException if this line or one before it was lost
     */
    public static void print(PrintWriter out, String line) {
        out.println(line);
        check(out);
    }

    /** Writes what is buffered. @throws OutputLostException if it, or anything before it, was lost */
    public static void check(PrintWriter out) {
        if (out.checkError()) {
            throw new OutputLostException();
        }
    }
}

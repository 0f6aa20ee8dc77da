package io.keyspike.app.cli;

import java.io.Console;

/** Whether a person is looking. */
final class Terminal {

    private Terminal() {}

    /** Whether both standard input and standard output are a terminal. */
    @SuppressWarnings("SystemConsoleNull") // from JDK 25 on it is null again where there is no terminal (JDK-8351435)
    static boolean isThere() {
        Console console = System.console();
        return console != null && console.isTerminal();
    }
}

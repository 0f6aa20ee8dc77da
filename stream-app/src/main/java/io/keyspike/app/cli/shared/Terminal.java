package io.keyspike.app.cli.shared;

import java.io.Console;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Whether the command runs in a terminal, and how wide it is. */
public final class Terminal {

    /** Width assumed if it cannot be determined. */
    private static final int USUAL_COLUMNS = 80;

    private static final long ANSWER_LIMIT_SECONDS = 2;

    private Terminal() {}

    /** Width in columns: the variable COLUMNS, or what {@code stty} reports, or 80. */
    public static int columns() {
        Integer told = positive(System.getenv("COLUMNS"));
        return told != null ? told : measured();
    }

    private static int measured() {
        File terminal = new File("/dev/tty");
        if (!terminal.canRead()) {
            return USUAL_COLUMNS;
        }
        try {
            Process stty = new ProcessBuilder("stty", "size")
                    .redirectInput(terminal)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            if (!stty.waitFor(ANSWER_LIMIT_SECONDS, TimeUnit.SECONDS)) {
                stty.destroyForcibly();
                return USUAL_COLUMNS;
            }
            String[] rowsAndColumns = new String(stty.getInputStream().readAllBytes(), StandardCharsets.US_ASCII)
                    .strip()
                    .split(" ", -1);
            Integer columns = rowsAndColumns.length == 2 ? positive(rowsAndColumns[1]) : null;
            return columns == null ? USUAL_COLUMNS : columns;
        } catch (IOException e) {
            return USUAL_COLUMNS; // no stty, or no terminal after all
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return USUAL_COLUMNS;
        }
    }

    private static @Nullable Integer positive(@Nullable String text) {
        return text != null && text.matches("[1-9]\\d{0,4}") ? Integer.valueOf(text) : null;
    }

    /** Whether standard input and standard output are both a terminal. */
    @SuppressWarnings("SystemConsoleNull") // from JDK 25 on it is null again where there is no terminal (JDK-8351435)
    public static boolean isThere() {
        Console console = System.console();
        return console != null && console.isTerminal();
    }
}

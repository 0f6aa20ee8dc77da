package io.keyspike.app.cli.exec;

import java.io.File;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Runs a user's command at each detection. The command is passed to the shell exactly as the user wrote it. What was detected
 * goes into environment variables alone, so that no label, device id or file name is ever read as part of a command.
 */
public final class DetectionHook implements AutoCloseable {

    /** More at once would let a command that hangs fill the machine. */
    private static final int MOST_AT_ONCE = 4;

    /** How long the end waits for commands that are still running; they are left running after that. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final List<String> command;
    private final String shown;
    private final boolean live;
    private final Consumer<String> remarks;
    private final Semaphore free = new Semaphore(MOST_AT_ONCE);

    DetectionHook(String command, boolean live, Consumer<String> remarks) {
        // Standard output is for detections alone, which may be read by a program.
        this.command = isWindows()
                ? List.of("cmd", "/c", command)
                : List.of("/bin/sh", "-c", "exec >&2; eval \"$1\"", "keyspike", command);
        this.shown = command;
        this.live = live;
        this.remarks = remarks;
    }

    /**
     * Starts the command, without waiting for its end.
     *
     * @param variables names without the prefix {@code KEYSPIKE_}, and their values
     */
    @SuppressWarnings("FutureReturnValueIgnored") // what becomes of the command is reported when it ends
    public void run(Map<String, String> variables) {
        if (!mayStart()) {
            remarks.accept(
                    "--exec: skipped, since " + MOST_AT_ONCE + " commands of earlier detections are still running");
            return;
        }
        try {
            var builder = new ProcessBuilder(command)
                    .redirectInput(ProcessBuilder.Redirect.from(new File(isWindows() ? "NUL" : "/dev/null")))
                    .redirectOutput(isWindows() ? ProcessBuilder.Redirect.DISCARD : ProcessBuilder.Redirect.INHERIT)
                    .redirectError(ProcessBuilder.Redirect.INHERIT);
            // A variable ends at a zero byte, which the system would refuse.
            variables.forEach((name, value) -> builder.environment().put("KEYSPIKE_" + name, value.replace("\0", "")));
            Process process = builder.start();
            process.onExit().thenAccept(this::ended);
        } catch (IOException e) {
            free.release();
            remarks.accept("--exec: cannot run the command: " + e.getMessage());
        }
    }

    private boolean mayStart() {
        if (live) {
            return free.tryAcquire();
        }
        free.acquireUninterruptibly();
        return true;
    }

    private void ended(Process process) {
        if (process.exitValue() != 0) {
            remarks.accept("--exec: exit code " + process.exitValue() + " of: " + shown);
        }
        free.release();
    }

    /** Waits a while for commands that are still running. */
    @Override
    public void close() {
        try {
            if (free.tryAcquire(MOST_AT_ONCE, PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                free.release(MOST_AT_ONCE);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static boolean isWindows() {
        return File.separatorChar == '\\';
    }
}

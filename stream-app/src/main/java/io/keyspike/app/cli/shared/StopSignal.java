package io.keyspike.app.cli.shared;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Ctrl-C as a condition that a loop polls. While one is open, the JVM waits for the command to finish cleanly (close the
 * microphone, print a summary) before it exits with code 130.
 */
public final class StopSignal implements BooleanSupplier, AutoCloseable {

    /** A command that hangs must not prevent the JVM from exiting. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Duration patience;
    private final CountDownLatch finished = new CountDownLatch(1);
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final Thread hook = new Thread(this::interrupted, "stop-signal");

    public StopSignal() {
        this(PATIENCE);
    }

    /** @param patience how long the JVM waits for the command to finish */
    public StopSignal(Duration patience) {
        this.patience = patience;
        Runtime.getRuntime().addShutdownHook(hook);
    }

    private void interrupted() {
        stopped.countDown();
        try {
            finished.await(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Whether the command should continue. */
    @Override
    public boolean getAsBoolean() {
        return stopped.getCount() > 0;
    }

    /** Sleeps until a time of {@link System#nanoTime}. @return false if stopped earlier */
    public boolean sleepUntil(long nanoTime) {
        try {
            long left = nanoTime - System.nanoTime();
            return left <= 0 ? getAsBoolean() : !stopped.await(left, TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** {@link ExitCode#INTERRUPTED} after Ctrl-C, else {@link ExitCode#OK}. */
    public int exitCode() {
        return getAsBoolean() ? ExitCode.OK : ExitCode.INTERRUPTED;
    }

    /** The command has finished. */
    @Override
    public void close() {
        finished.countDown();
        if (getAsBoolean()) {
            try {
                Runtime.getRuntime().removeShutdownHook(hook);
            } catch (IllegalStateException e) {
                // Ctrl-C arrived just now: the hook is running and no longer waits.
            }
        }
    }
}

package io.keyspike.models.registry;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A thread that looks at a folder whenever the system reports a change in it, and also at regular times, since reports do
 * not come from every file system.
 */
final class FolderWatch implements AutoCloseable {

    private static final System.Logger LOG = System.getLogger(FolderWatch.class.getName());

    /** Without a report, how long a change can go unseen. */
    private static final Duration POLL = Duration.ofSeconds(1);

    /** How long a file must stay as it is to count as written; at once after a change nothing can be known. */
    static final Duration SETTLE = Duration.ofMillis(50);

    /** Looks at the folder; tells whether something is unsettled and needs another look after {@link #SETTLE}. */
    @FunctionalInterface
    interface Look {
        boolean unsettled();
    }

    private final @Nullable WatchService reports;
    private final Thread thread;
    private final Look look;
    private volatile boolean closed;

    FolderWatch(Path folder, Look look) {
        this.look = look;
        this.reports = open(folder);
        this.thread = Thread.ofPlatform().daemon().name("keyspike-models-watch").start(this::run);
    }

    private static @Nullable WatchService open(Path folder) {
        try {
            WatchService service = folder.getFileSystem().newWatchService();
            folder.register(
                    service,
                    StandardWatchEventKinds.ENTRY_CREATE,
                    StandardWatchEventKinds.ENTRY_MODIFY,
                    StandardWatchEventKinds.ENTRY_DELETE);
            return service;
        } catch (IOException | UnsupportedOperationException e) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "folder " + folder + " cannot be watched; it is polled every " + POLL,
                    e);
            return null;
        }
    }

    private void run() {
        boolean unsettled = false;
        try {
            while (!closed) {
                if (unsettled) {
                    // Not ended by a report: two reports of one change must not pass for a time of rest between them.
                    Thread.sleep(SETTLE);
                } else {
                    awaitReport();
                }
                unsettled = lookOnce();
            }
        } catch (InterruptedException | ClosedWatchServiceException e) {
            // closed
        }
    }

    private boolean lookOnce() {
        try {
            return look.unsettled();
        } catch (RuntimeException e) {
            // Whatever happened, the next change must still be seen.
            LOG.log(System.Logger.Level.WARNING, "checking the models folder failed", e);
            return false;
        }
    }

    /** Until the system reports a change, {@link #POLL} at the longest. */
    private void awaitReport() throws InterruptedException {
        if (reports == null) {
            Thread.sleep(POLL);
            return;
        }
        WatchKey key = reports.poll(POLL.toMillis(), TimeUnit.MILLISECONDS);
        while (key != null) {
            key.pollEvents();
            key.reset();
            key = reports.poll();
        }
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
        try {
            if (reports != null) {
                reports.close();
            }
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

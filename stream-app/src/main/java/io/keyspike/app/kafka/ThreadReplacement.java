package io.keyspike.app.kafka;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.apache.kafka.streams.errors.MissingSourceTopicException;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler;
import org.apache.kafka.streams.errors.TopologyException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What happens when a stream thread dies: it is replaced, since brokers go away and come back; but not where trying again
 * cannot help, nor when threads die one after another.
 */
final class ThreadReplacement implements StreamsUncaughtExceptionHandler {

    private static final Logger log = LoggerFactory.getLogger(ThreadReplacement.class);

    private static final int MAXIMUM_REPLACEMENTS = 10;
    private static final Duration WINDOW = Duration.ofMinutes(5);

    private final InstantSource clock;
    private final ArrayDeque<Long> replacements = new ArrayDeque<>();
    private volatile @Nullable Throwable fatal;

    ThreadReplacement(InstantSource clock) {
        this.clock = clock;
    }

    @Override
    public synchronized StreamThreadExceptionResponse handle(Throwable exception) {
        if (hopeless(exception)) {
            log.error("a stream thread failed for good; the service stops", exception);
            fatal = exception;
            return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
        }
        long now = clock.millis();
        while (!replacements.isEmpty() && replacements.peekFirst() < now - WINDOW.toMillis()) {
            replacements.removeFirst();
        }
        replacements.addLast(now);
        if (replacements.size() > MAXIMUM_REPLACEMENTS) {
            log.error(
                    "{} stream threads failed within {} minutes; the service stops",
                    replacements.size(),
                    WINDOW.toMinutes(),
                    exception);
            fatal = exception;
            return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
        }
        log.warn("a stream thread failed and is replaced", exception);
        return StreamThreadExceptionResponse.REPLACE_THREAD;
    }

    /** What stopped the service, or null. */
    @Nullable
    Throwable fatal() {
        return fatal;
    }

    private static boolean hopeless(Throwable exception) {
        for (Throwable t = exception; t != null; t = t.getCause()) {
            if (t instanceof AuthenticationException
                    || t instanceof AuthorizationException
                    || t instanceof UnsupportedVersionException
                    || t instanceof MissingSourceTopicException
                    || t instanceof TopologyException
                    || t instanceof Error) {
                return true;
            }
        }
        return false;
    }
}

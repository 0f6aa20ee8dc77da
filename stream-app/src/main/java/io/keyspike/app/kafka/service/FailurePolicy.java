package io.keyspike.app.kafka.service;

import io.keyspike.app.kafka.wire.BrokerException;
import java.nio.channels.ClosedByInterruptException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.InvalidReplicationFactorException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.PolicyViolationException;
import org.apache.kafka.common.errors.RecordBatchTooLargeException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.apache.kafka.streams.errors.MissingSourceTopicException;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler;
import org.apache.kafka.streams.errors.TopologyException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides what happens when a stream thread dies. Four cases, by the outermost known cause:
 *
 * <ul>
 *   <li>{@link Cause#PASSING}: the broker is unavailable or busy (Kafka's retriable errors, with timeouts). The thread is
 *       replaced, however often it happens: a service outlives its broker's outage.
 *   <li>{@link Cause#DAMAGED}: the local state cannot be read. The service stops at once; {@link StateFolder} says what then.
 *   <li>{@link Cause#HOPELESS}: retrying cannot help (access denied, topic deleted, a broker too old, a record of the
 *       changelog that is too large, out of memory). The service stops at once and reports why.
 *   <li>{@link Cause#UNKNOWN}: anything else, such as a full disk or a bug. If the topics have come to be unsuitable
 *       meanwhile, the service stops at once with that reason. Otherwise the thread is replaced; after {@value #MAXIMUM_REPLACEMENTS} replacements within {@link #WINDOW} the service stops, and the process supervisor can
 *       restart it.
 * </ul>
 *
 * A replacement continues from the last commit, so nothing is lost or duplicated. Thread-safe.
 */
public final class FailurePolicy implements StreamsUncaughtExceptionHandler {

    /** Why a thread died, as far as that decides the response. */
    public enum Cause {
        PASSING,
        HOPELESS,
        DAMAGED,
        UNKNOWN
    }

    /** Number of threads that may die of {@link Cause#UNKNOWN} causes within {@link #WINDOW}. */
    public static final int MAXIMUM_REPLACEMENTS = 10;

    public static final Duration WINDOW = Duration.ofMinutes(5);

    private static final List<Class<? extends Throwable>> HOPELESS = List.of(
            AuthenticationException.class,
            AuthorizationException.class,
            UnsupportedVersionException.class,
            InvalidConfigurationException.class,
            RecordTooLargeException.class,
            RecordBatchTooLargeException.class,
            PolicyViolationException.class,
            InvalidReplicationFactorException.class,
            InvalidTopicException.class,
            ConfigException.class,
            MissingSourceTopicException.class,
            TopologyException.class,
            Error.class);

    private static final List<Class<? extends Throwable>> PASSING =
            List.of(RetriableException.class, ClosedByInterruptException.class);

    private static final Logger log = LoggerFactory.getLogger(FailurePolicy.class);

    private final LongSupplier nanoTime;
    private final ArrayDeque<Long> replacements = new ArrayDeque<>();
    private volatile @Nullable Throwable fatal;

    private final Supplier<@Nullable BrokerException> diagnosis;

    /** @param diagnosis asked after a failure of unknown cause: why the service cannot go on, or null */
    FailurePolicy(Supplier<@Nullable BrokerException> diagnosis) {
        this(diagnosis, System::nanoTime);
    }

    /** @param nanoTime a monotonic clock */
    FailurePolicy(Supplier<@Nullable BrokerException> diagnosis, LongSupplier nanoTime) {
        this.diagnosis = diagnosis;
        this.nanoTime = nanoTime;
    }

    @Override
    public synchronized StreamThreadExceptionResponse handle(Throwable exception) {
        switch (causeOf(exception)) {
            case PASSING ->
                log.warn("a stream thread failed because its broker is unavailable; replacing it", exception);
            case HOPELESS -> {
                log.error("a stream thread failed permanently; the service stops", exception);
                fatal = exception;
                return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
            }
            case DAMAGED -> {
                log.error("the local state is damaged; the service stops", exception);
                fatal = exception;
                return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
            }
            case UNKNOWN -> {
                BrokerException reason = diagnosis.get();
                if (reason != null) {
                    log.error("a stream thread failed permanently; the service stops", exception);
                    fatal = reason;
                    return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
                }
                if (tooMany()) {
                    log.error(
                            "{} stream threads failed within {} minutes; the service stops",
                            replacements.size(),
                            WINDOW.toMinutes(),
                            exception);
                    fatal = exception;
                    return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
                }
                log.warn("a stream thread failed; replacing it", exception);
            }
        }
        return StreamThreadExceptionResponse.REPLACE_THREAD;
    }

    private boolean tooMany() {
        long now = nanoTime.getAsLong();
        while (!replacements.isEmpty() && now - replacements.getFirst() > WINDOW.toNanos()) {
            replacements.removeFirst();
        }
        replacements.addLast(now);
        return replacements.size() > MAXIMUM_REPLACEMENTS;
    }

    /** Records that something other than a thread's death has stopped the service. */
    synchronized void stopped(Throwable cause) {
        if (fatal == null) {
            fatal = cause;
        }
    }

    /** What stopped the service, or null. */
    @Nullable
    Throwable fatal() {
        return fatal;
    }

    /** Which case an exception is, by the outermost of its causes that decides. */
    public static Cause causeOf(Throwable exception) {
        for (Throwable t = exception; t != null; t = t.getCause()) {
            if (isAny(HOPELESS, t)) {
                return Cause.HOPELESS;
            }
            if (isAny(PASSING, t)) {
                return Cause.PASSING;
            }
            // Its cause may be more specific.
        }
        return StateFolder.isDamaged(exception) ? Cause.DAMAGED : Cause.UNKNOWN;
    }

    private static boolean isAny(List<Class<? extends Throwable>> kinds, Throwable t) {
        return kinds.stream().anyMatch(kind -> kind.isInstance(t));
    }
}

package io.keyspike.app.cli.shared;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.filter.Filter;
import ch.qos.logback.core.spi.FilterReply;
import io.keyspike.monitoring.ServiceEvent;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Marker;
import org.slf4j.MarkerFactory;
import org.slf4j.event.KeyValuePair;

/**
 * Passes a repeated warning {@value #DEFAULT_ALLOWED} times per minute and then only counts it; at the end of the minute,
 * one line reports how many more there were. Warnings are alike if they are the same event for the same reason, or have the
 * same logger and message pattern. Lower levels always pass.
 */
public final class RepeatFilter extends Filter<ILoggingEvent> {

    private static final int DEFAULT_ALLOWED = 5;

    /** Maximum number of kinds of warnings; beyond it, warnings are alike if they have the same logger. */
    private static final int MAXIMUM_KINDS = 256;

    /** Marks the summary line, which always passes. */
    private static final Marker SUMMARY = MarkerFactory.getMarker("repeats");

    private static final class Kind {
        final String logger;
        final Level level;
        final String last;
        int seen;

        Kind(ILoggingEvent first) {
            logger = first.getLoggerName();
            level = first.getLevel();
            last = first.getFormattedMessage();
        }
    }

    private final Map<String, Kind> kinds = new HashMap<>();
    private int allowed = DEFAULT_ALLOWED;
    private long windowMillis = TimeUnit.MINUTES.toMillis(1);
    private @Nullable ScheduledFuture<?> sweep;

    /** Sets how many warnings of a kind pass per window. */
    public void setAllowed(int count) {
        allowed = count;
    }

    public void setWindowMillis(long millis) {
        windowMillis = millis;
    }

    @Override
    public void start() {
        sweep = getContext()
                .getScheduledExecutorService()
                .scheduleAtFixedRate(this::sumUp, windowMillis, windowMillis, TimeUnit.MILLISECONDS);
        super.start();
    }

    @Override
    public void stop() {
        ScheduledFuture<?> running = sweep;
        if (running != null) {
            running.cancel(false);
        }
        sumUp();
        super.stop();
    }

    @Override
    public FilterReply decide(ILoggingEvent event) {
        List<Marker> markers = event.getMarkerList();
        if (!event.getLevel().isGreaterOrEqual(Level.WARN) || (markers != null && markers.contains(SUMMARY))) {
            return FilterReply.NEUTRAL;
        }
        synchronized (kinds) {
            String key = key(event);
            if (!kinds.containsKey(key) && kinds.size() >= MAXIMUM_KINDS) {
                key = event.getLoggerName();
            }
            Kind kind = kinds.computeIfAbsent(key, k -> new Kind(event));
            kind.seen++;
            return kind.seen <= allowed ? FilterReply.NEUTRAL : FilterReply.DENY;
        }
    }

    private static String key(ILoggingEvent event) {
        List<KeyValuePair> pairs = event.getKeyValuePairs();
        if (pairs == null || pairs.isEmpty() || !pairs.getFirst().key.equals(ServiceEvent.KEY)) {
            return event.getLoggerName() + "\n" + event.getMessage();
        }
        var key = new StringBuilder(String.valueOf(pairs.getFirst().value));
        for (KeyValuePair pair : pairs) {
            if (pair.key.equals("reason")) {
                key.append('\n').append(pair.value);
            }
        }
        return key.toString();
    }

    /** Ends the window and logs the summaries. */
    void sumUp() {
        var due = new HashMap<Kind, Integer>();
        synchronized (kinds) {
            for (Iterator<Kind> each = kinds.values().iterator(); each.hasNext(); ) {
                Kind kind = each.next();
                if (kind.seen > allowed) {
                    due.put(kind, kind.seen - allowed);
                }
                each.remove();
            }
        }
        if (getContext() instanceof LoggerContext loggers) {
            due.forEach((kind, more) -> {
                Logger logger = loggers.getLogger(kind.logger);
                logger.atLevel(org.slf4j.event.Level.valueOf(kind.level.toString()))
                        .addMarker(SUMMARY)
                        .addKeyValue("repeats", more)
                        .log("… and {} more like it in the last {} s: {}", more, windowMillis / 1000, kind.last);
            });
        }
    }
}

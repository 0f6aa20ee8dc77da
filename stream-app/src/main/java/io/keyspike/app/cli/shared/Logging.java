package io.keyspike.app.cli.shared;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.OutputStreamAppender;
import io.keyspike.monitoring.ServiceEvent;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What {@code --verbose} and {@code --log-format} change; the rest is in {@code logback.xml}. */
public final class Logging {

    /** Format of log lines. */
    public enum Format {
        /** Plain text: time, level, logger, message. */
        TEXT,
        /** One JSON object per line. */
        JSON
    }

    private static final String APPENDER = "stderr";

    private static final Map<String, Level> VERBOSE = Map.of(
            Logger.ROOT_LOGGER_NAME,
            Level.INFO,
            "io.keyspike",
            Level.DEBUG,
            "io.keyspike.audio.features.Filterbank",
            Level.DEBUG,
            "org.apache.kafka",
            Level.WARN,
            "kafka",
            Level.WARN);

    private Logging() {}

    public static void verbose() {
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
            VERBOSE.forEach((name, level) -> context.getLogger(name).setLevel(level));
        }
    }

    /** Limits service events to warnings, for commands that report events themselves. */
    public static void quietEvents() {
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
            context.getLogger(ServiceEvent.LOGGER).setLevel(Level.WARN);
        }
    }

    /** Reports repeated warnings without waiting for the end of the minute; for the shutdown of a service. */
    public static void sumUp() {
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context
                && context.getLogger(Logger.ROOT_LOGGER_NAME).getAppender(APPENDER)
                        instanceof OutputStreamAppender<ILoggingEvent> appender) {
            for (var filter : appender.getCopyOfAttachedFiltersList()) {
                if (filter instanceof RepeatFilter repeats) {
                    repeats.sumUp();
                }
            }
        }
    }

    public static void format(Format format) {
        if (format == Format.JSON
                && LoggerFactory.getILoggerFactory() instanceof LoggerContext context
                && context.getLogger(Logger.ROOT_LOGGER_NAME).getAppender(APPENDER)
                        instanceof OutputStreamAppender<ILoggingEvent> appender) {
            var encoder = new JsonEncoder();
            encoder.setContext(context);
            // The formatted message is included; its arguments appear as key-value pairs.
            encoder.setWithMessage(false);
            encoder.setWithArguments(false);
            encoder.setWithFormattedMessage(true);
            encoder.setWithContext(false);
            encoder.setWithNanoseconds(false);
            encoder.setWithSequenceNumber(false);
            encoder.start();
            appender.setEncoder(encoder);
        }
    }
}

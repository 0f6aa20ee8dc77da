package io.keyspike.app.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The levels behind {@code --verbose}; those without it are in {@code logback.xml}. */
final class Logging {

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

    static void verbose() {
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
            VERBOSE.forEach((name, level) -> context.getLogger(name).setLevel(level));
        }
    }
}

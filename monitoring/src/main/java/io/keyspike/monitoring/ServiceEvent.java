package io.keyspike.monitoring;

import java.util.Locale;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * Events of interest to an operator, each logged as one line by its own logger below {@value #LOGGER}: a sentence for
 * people, and the same facts as key-value pairs for programs, the first of which is {@code event} with the event's
 * {@link #key}. {@code docs/monitoring.md} lists them.
 */
public enum ServiceEvent {
    STARTED(Level.INFO, "the service has started: broker, address, model, settings"),
    LISTENING(Level.INFO, "all partitions are assigned and their state is restored"),
    STOPPING(Level.INFO, "the service was asked to stop and is finishing work in progress"),
    STOPPED(Level.INFO, "everything is committed and closed"),
    MODEL_SWAPPED(Level.INFO, "another model is active"),
    MODEL_REFUSED(Level.WARN, "an invalid model was offered; the previous one stays active"),
    REBALANCE(Level.INFO, "a rebalance started or completed"),
    RESTORE(Level.INFO, "restoring device state: started, progress, or completed"),
    DEAD_LETTER(Level.WARN, "a record could not be read and became a dead-letter record, with the reason"),
    DEVICES_EXPIRED(Level.INFO, "the state of devices that sent nothing for the expiry period was removed"),
    CONFIG_REFUSED(Level.WARN, "the settings of a device or group are invalid; the previous ones stay in effect"),
    FAILED(Level.ERROR, "the service is stopping because of a failure, with the cause");

    /** Parent of the loggers of all events. */
    public static final String LOGGER = "service";

    /** Name of the key-value pair with the event's key. */
    public static final String KEY = "event";

    private final Level level;
    private final String meaning;

    ServiceEvent(Level level, String meaning) {
        this.level = level;
        this.meaning = meaning;
    }

    /** Its name in logs, such as {@code model-swapped}. */
    public String key() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** At which level it is logged. */
    public Level level() {
        return level;
    }

    /** What it means. */
    public String meaning() {
        return meaning;
    }

    /**
     * Logs the event.
     *
     * @param sentence for people
     * @param namesAndValues its facts, alternating names and values
     */
    public void log(String sentence, Object... namesAndValues) {
        pairs(namesAndValues).log(sentence);
    }

    /** Logs the event with the stack trace of its cause. */
    public void log(Throwable cause, String sentence, Object... namesAndValues) {
        pairs(namesAndValues).setCause(cause).log(sentence);
    }

    private LoggingEventBuilder pairs(Object... namesAndValues) {
        if (namesAndValues.length % 2 != 0) {
            throw new IllegalArgumentException(
                    "log: expected alternating names and values, found " + namesAndValues.length + " of them");
        }
        LoggingEventBuilder all =
                LoggerFactory.getLogger(LOGGER + "." + key()).atLevel(level).addKeyValue(KEY, key());
        for (int i = 0; i < namesAndValues.length; i += 2) {
            all = all.addKeyValue(String.valueOf(namesAndValues[i]), namesAndValues[i + 1]);
        }
        return all;
    }
}

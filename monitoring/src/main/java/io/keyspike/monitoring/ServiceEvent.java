package io.keyspike.monitoring;

import java.util.Locale;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * What a person who runs the service would want to read, each a line in the log, of a logger of its own below {@value
 * #LOGGER}: a sentence for people, and the same facts as key-value pairs for programs, the first of which is {@code event} with the event's
 * {@link #key}. {@code docs/monitoring.md} lists them.
 */
public enum ServiceEvent {
    STARTED(Level.INFO, "the service has begun: broker, address, model, settings"),
    LISTENING(Level.INFO, "all partitions are taken, their state is restored"),
    STOPPING(Level.INFO, "the service was told to stop and finishes what it has begun"),
    STOPPED(Level.INFO, "everything is committed and closed"),
    MODEL_SWAPPED(Level.INFO, "another model is in use"),
    MODEL_REFUSED(Level.WARN, "a model was offered that is not valid; the old one stays"),
    REBALANCE(Level.INFO, "partitions are being handed out anew, or this is done"),
    RESTORE(Level.INFO, "state of devices is being read back, how far it is, or this is done"),
    DEAD_LETTER(Level.WARN, "a record could not be read and was put aside, with the reason"),
    DEVICES_EXPIRED(Level.INFO, "state of devices was removed from which nothing came for so long"),
    CONFIG_REFUSED(Level.WARN, "settings of a device or a group are not valid; those before them stay"),
    FAILED(Level.ERROR, "the service stops by itself, with the cause");

    /** The logger above those of all events. */
    public static final String LOGGER = "service";

    /** Name of the pair that holds the event's key. */
    public static final String KEY = "event";

    private final Level level;
    private final String meaning;

    ServiceEvent(Level level, String meaning) {
        this.level = level;
        this.meaning = meaning;
    }

    /** As in logs: {@code model-swapped}. */
    public String key() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    public Level level() {
        return level;
    }

    /** When it is logged. */
    public String meaning() {
        return meaning;
    }

    /**
     * Writes the line.
     *
     * @param sentence for people
     * @param namesAndValues the facts in it, in turn name and value
     */
    public void log(String sentence, Object... namesAndValues) {
        pairs(namesAndValues).log(sentence);
    }

    /** Writes the line, with the stack trace of what caused it. */
    public void log(Throwable cause, String sentence, Object... namesAndValues) {
        pairs(namesAndValues).setCause(cause).log(sentence);
    }

    private LoggingEventBuilder pairs(Object... namesAndValues) {
        if (namesAndValues.length % 2 != 0) {
            throw new IllegalArgumentException(
                    "log: expected names and values in turn, found " + namesAndValues.length + " of them");
        }
        LoggingEventBuilder all =
                LoggerFactory.getLogger(LOGGER + "." + key()).atLevel(level).addKeyValue(KEY, key());
        for (int i = 0; i < namesAndValues.length; i += 2) {
            all = all.addKeyValue(String.valueOf(namesAndValues[i]), namesAndValues[i + 1]);
        }
        return all;
    }
}

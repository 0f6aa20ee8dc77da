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
    /** Logged with the longest time it may take, in seconds. */
    WARMING_UP(Level.INFO, "the service processes made-up audio before it joins, so that its code is compiled"),
    /** Logged with the seconds it took, the frames, and whether the compiler was done. */
    WARM(Level.INFO, "the warm-up is over"),
    /** Logged with the broker, the model and the settings in effect. */
    STARTED(Level.INFO, "the service has started: broker, address, model, settings"),
    /** Logged once, when the service has become ready to process frames. */
    LISTENING(Level.INFO, "all partitions are assigned and their state is restored"),
    /** Logged once, before the service closes. */
    STOPPING(Level.INFO, "the service was asked to stop and is finishing work in progress"),
    /** The last event of a service that was asked to stop. */
    STOPPED(Level.INFO, "everything is committed and closed"),
    /** Logged with the versions of the new model and of the one before. */
    MODEL_SWAPPED(Level.INFO, "another model is active"),
    /** Logged with the origin of the model and the reason. */
    MODEL_REFUSED(Level.WARN, "an invalid model was offered; the previous one stays active"),
    /** Logged at each beginning and each end, with the {@code state}. */
    REBALANCE(Level.INFO, "a rebalance started or completed"),
    /** Logged repeatedly during a long restoration, with the {@code state} and the number of records. */
    RESTORE(Level.INFO, "restoring device state: started, progress, or completed"),
    /** Logged with the folder that the damaged state was moved to. */
    STATE_DAMAGED(Level.WARN, "the local state was damaged and set aside; it is restored from Kafka"),
    /** Logged with the reason and the record's partition and offset. */
    DEAD_LETTER(Level.WARN, "a record could not be read and became a dead-letter record, with the reason"),
    /** Logged once for all devices that one check removes, with their {@code count}. */
    DEVICES_EXPIRED(Level.INFO, "the state of devices that sent nothing for the expiry period was removed"),
    /** Logged with the key of the settings and the reason. */
    CONFIG_REFUSED(Level.WARN, "the settings of a device or group are invalid; the previous ones stay in effect"),
    /** The only event at error level: the service does not recover from it. */
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

    /** {@return its name in logs, such as {@code model-swapped}} */
    public String key() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** {@return the level that it is logged at} */
    public Level level() {
        return level;
    }

    /** {@return what it means, a clause as in the table of {@code docs/monitoring.md}} */
    public String meaning() {
        return meaning;
    }

    /**
     * Logs the event.
     *
     * @param sentence for people
     * @param namesAndValues its facts, alternating names and values
     * @throws IllegalArgumentException if there is a name without a value
     */
    public void log(String sentence, Object... namesAndValues) {
        pairs(namesAndValues).log(sentence);
    }

    /**
     * Logs the event with the stack trace of its cause.
     *
     * @param cause logged with its stack trace
     * @param sentence for people
     * @param namesAndValues its facts, alternating names and values
     * @throws IllegalArgumentException if there is a name without a value
     */
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

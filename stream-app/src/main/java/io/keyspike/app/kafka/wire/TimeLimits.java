package io.keyspike.app.kafka.wire;

import java.time.Duration;

/**
 * Which record timestamps the topics that the service writes to accept, relative to their broker's clock.
 *
 * @param beforeMillis how far in the past a timestamp may lie; the smallest of the topics' {@code
 *     message.timestamp.before.max.ms}
 * @param afterMillis how far in the future; the smallest of the topics' {@code message.timestamp.after.max.ms}
 */
public record TimeLimits(long beforeMillis, long afterMillis) {

    /** What Kafka accepts by default: any past, and an hour of the future. */
    public static final TimeLimits DEFAULT =
            new TimeLimits(Long.MAX_VALUE, Duration.ofHours(1).toMillis());

    /** Everything is accepted, as where the broker stamps records itself. */
    static final TimeLimits NONE = new TimeLimits(Long.MAX_VALUE, Long.MAX_VALUE);

    /**
     * The smallest limit that the service can keep to: a state is sent up to a commit interval after its frame was
     * processed, by a clock that is not the broker's.
     */
    static final long LEAST_MILLIS = 10_000;

    /** What both accept. */
    TimeLimits and(TimeLimits other) {
        return new TimeLimits(Math.min(beforeMillis, other.beforeMillis), Math.min(afterMillis, other.afterMillis));
    }

    /**
     * The time with which the output of a record is sent: the record's own or, where a topic might refuse that, the time of
     * processing. Half of each limit is left for what lies between: the time until the output is sent, and the difference
     * between the clocks.
     *
     * @param time of the record, milliseconds since the epoch
     * @param now by the service's clock
     */
    long fit(long time, long now) {
        // Neither difference can overflow: times of records and clocks are not negative.
        boolean accepted = time >= 0 && now - time <= beforeMillis / 2 && time - now <= afterMillis / 2;
        return accepted ? time : now;
    }
}

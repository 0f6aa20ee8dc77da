package io.keyspike.app.kafka.device;

import java.time.Duration;

/**
 * How devices are treated, whatever cluster they are on.
 *
 * @param gaps what is done about frames that never came
 * @param expireAfter how long a device may send nothing before its state is removed
 */
public record HearingSettings(GapPolicy gaps, Duration expireAfter) {

    /**
     * Shortest {@link #expireAfter}: less than the pauses that a phone in a pocket makes would throw states away all the
     * time.
     */
    static final Duration SHORTEST_EXPIRY = Duration.ofMinutes(1);

    /**
     * Where nobody said otherwise: a week, Kafka's default for how long a topic keeps a record. Until then a repeated frame
     * can still arrive, and the state is what tells it from a new one.
     */
    public static final HearingSettings DEFAULT = new HearingSettings(GapPolicy.DEFAULT, Duration.ofDays(7));

    /** @throws IllegalArgumentException if devices would expire after less than {@link #SHORTEST_EXPIRY} */
    public HearingSettings {
        if (expireAfter.compareTo(SHORTEST_EXPIRY) < 0) {
            throw new IllegalArgumentException("expected devices to expire after at least "
                    + SHORTEST_EXPIRY.toSeconds() + " s, found " + expireAfter.toSeconds());
        }
    }
}

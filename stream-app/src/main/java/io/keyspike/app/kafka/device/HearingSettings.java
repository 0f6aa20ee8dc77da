package io.keyspike.app.kafka.device;

import java.time.Duration;

/**
 * How devices are handled, independent of the cluster.
 *
 * @param gaps how missing frames are handled
 * @param expireAfter how long a device may be silent before its state is removed
 */
public record HearingSettings(GapPolicy gaps, Duration expireAfter) {

    /**
     * Shortest {@link #expireAfter}: anything below the pauses of a phone in a pocket would constantly discard states.
     */
    static final Duration SHORTEST_EXPIRY = Duration.ofMinutes(1);

    /**
     * The default: a week, Kafka's default retention. Until then a duplicate frame can still arrive, and only the state
     * distinguishes it from a new one.
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

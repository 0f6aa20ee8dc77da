package io.keyspike.app.kafka.wire;

import java.time.InstantSource;

/** The {@link TimeLimits} of the topics that a running service writes to, for its {@link LenientTimestamps}. Thread-safe. */
public final class AcceptedTimes {

    private final InstantSource clock;
    private volatile TimeLimits limits = TimeLimits.DEFAULT;

    public AcceptedTimes(InstantSource clock) {
        this.clock = clock;
    }

    /** Called with what the topics' settings say, at the start and after a topic has refused a record. */
    public void learn(TimeLimits found) {
        limits = found;
    }

    long fit(long time) {
        return limits.fit(time, clock.millis());
    }
}

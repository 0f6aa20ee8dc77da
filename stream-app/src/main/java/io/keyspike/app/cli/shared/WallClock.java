package io.keyspike.app.cli.shared;

import java.time.Instant;

/** The time of day, as frames carry it. */
public final class WallClock {

    private WallClock() {}

    /** Microseconds since the epoch. */
    public static long micros() {
        Instant now = Instant.now();
        return Math.addExact(Math.multiplyExact(now.getEpochSecond(), 1_000_000L), now.getNano() / 1_000);
    }
}

package io.keyspike.app.cli.shared;

import java.time.Instant;

/** Wall-clock time in the unit of frame timestamps. */
public final class WallClock {

    private WallClock() {}

    /** Microseconds since the epoch. */
    public static long micros() {
        Instant now = Instant.now();
        return Math.addExact(Math.multiplyExact(now.getEpochSecond(), 1_000_000L), now.getNano() / 1_000);
    }
}

package io.keyspike.app.kafka.device;

import java.time.Duration;
import java.time.Instant;

/**
 * Which capture times of devices can be believed. A device without a clock, or before it has asked for the time, sends 0 or
 * the time since it was switched on; others send milliseconds or nanoseconds where microseconds are expected.
 */
public final class CaptureTime {

    /** No clock that was ever set shows an earlier time. */
    static final Instant EARLIEST = Instant.parse("2000-01-01T00:00:00Z");

    /** How far ahead of the service a device's clock may be: a wrong time zone is at most that. */
    static final Duration AHEAD = Duration.ofDays(1);

    /** Kafka's default retention: what was captured earlier is no longer late, but archived, or its clock is wrong. */
    static final Duration LONGEST_LATENCY = Duration.ofDays(7);

    private static final long EARLIEST_MICROS = EARLIEST.toEpochMilli() * 1_000;

    private CaptureTime() {}

    /**
     * Whether a device can have captured a frame then.
     *
     * @param micros by the device's clock, microseconds since the epoch
     * @param nowMillis by the service's clock, milliseconds since the epoch
     */
    static boolean isPlausible(long micros, long nowMillis) {
        return micros >= EARLIEST_MICROS && micros / 1_000 - nowMillis <= AHEAD.toMillis();
    }

    /** Whether a time can be shown as a date of four digits of year, as RFC 3339 requires. */
    public static boolean isDate(long micros) {
        return micros >= 0 && micros < 253_402_300_800_000_000L;
    }

    /**
     * The latency for the meters.
     *
     * @param seconds between the time of a device and the service's
     * @return the same, or NaN where the device's clock must be wrong
     */
    static double latency(double seconds) {
        return seconds <= LONGEST_LATENCY.toSeconds() && seconds >= -AHEAD.toSeconds() ? seconds : Double.NaN;
    }
}

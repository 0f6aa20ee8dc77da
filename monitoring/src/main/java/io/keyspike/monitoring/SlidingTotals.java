package io.keyspike.monitoring;

import io.micrometer.core.instrument.Clock;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleSupplier;

/**
 * Growth of running totals over the last ten seconds. Every second, the first caller of {@link #tick} records the totals; a
 * reading is the current totals minus those recorded ten seconds ago (up to eleven, as the records are a second apart; less
 * while the window is younger). Adding to a total thus costs nothing here, and nothing is allocated until a reading.
 * Thread-safe.
 */
final class SlidingTotals {

    static final int WINDOW_SECONDS = 10;

    private static final long WINDOW_NANOS = TimeUnit.SECONDS.toNanos(WINDOW_SECONDS);
    private static final long SPACING_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Clock clock;
    private final DoubleSupplier[] totals;
    /** Rings, one entry more than fits the window so that one lies at or before its start. */
    private final long[] times = new long[WINDOW_SECONDS + 2];

    private final double[][] notes;
    private int newest;
    private int filled;
    private volatile long nextNanos;

    SlidingTotals(Clock clock, DoubleSupplier... totals) {
        this.clock = clock;
        this.totals = totals.clone();
        notes = new double[times.length][totals.length];
        newest = times.length - 1;
        note(clock.monotonicTime());
    }

    /** To be called before anything is added to a total. */
    void tick() {
        long now = clock.monotonicTime();
        if (now - nextNanos >= 0) {
            note(now);
        }
    }

    private synchronized void note(long now) {
        if (filled > 0 && now - nextNanos < 0) {
            return; // another thread was first
        }
        newest = (newest + 1) % times.length;
        filled = Math.min(filled + 1, times.length);
        times[newest] = now;
        for (int i = 0; i < totals.length; i++) {
            notes[newest][i] = totals[i].getAsDouble();
        }
        nextNanos = now + SPACING_NANOS;
    }

    /** Growth of each total over the window, in the order given to the constructor. */
    synchronized double[] growth() {
        tick();
        long start = clock.monotonicTime() - WINDOW_NANOS;
        int base = newest;
        for (int back = 1; back < filled && times[base] - start > 0; back++) {
            base = (newest - back + times.length) % times.length;
        }
        double[] growth = new double[totals.length];
        for (int i = 0; i < growth.length; i++) {
            growth[i] = totals[i].getAsDouble() - notes[base][i];
        }
        return growth;
    }
}

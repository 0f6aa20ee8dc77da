package io.keyspike.monitoring;

import io.micrometer.core.instrument.Counter;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * Counters of one meter by the value of its tag, bounded in number; further values are counted as {@value #OTHER}, so
 * that a flood of unexpected values cannot flood the monitoring. Thread-safe.
 */
final class BoundedCounters {

    static final String OTHER = "other";

    private final int bound;
    private final Function<String, Counter> factory;
    private final ConcurrentHashMap<String, Counter> counters = new ConcurrentHashMap<>();

    BoundedCounters(int bound, Function<String, Counter> factory) {
        this.bound = bound;
        this.factory = factory;
    }

    Counter of(String value) {
        Counter known = counters.get(value);
        return known != null ? known : register(value);
    }

    private synchronized Counter register(String value) {
        // The overflow entry itself does not count towards the bound.
        int used = counters.size() - (counters.containsKey(OTHER) ? 1 : 0);
        String tag = counters.containsKey(value) || used < bound ? value : OTHER;
        return counters.computeIfAbsent(tag, factory);
    }
}

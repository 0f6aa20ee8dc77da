package io.keyspike.monitoring.http;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The browsers that have presented the token: a random cookie each, which ends with the service or after a day. */
final class Sessions {

    static final String COOKIE = "keyspike-session";

    private static final int MAXIMUM = 1_000;
    private static final long LIFE_NANOS = Duration.ofHours(24).toNanos();

    /** Start time of each; the oldest is removed when there are too many. */
    private final Map<String, Long> begun = new LinkedHashMap<>();

    /** @return the value of {@code Set-Cookie}; scripts cannot read it, and other sites' requests do not carry it */
    synchronized String begin() {
        if (begun.size() >= MAXIMUM) {
            begun.remove(begun.keySet().iterator().next());
        }
        String id = Access.newSecret();
        begun.put(id, System.nanoTime());
        return COOKIE + "=" + id + "; Path=/; HttpOnly; SameSite=Strict";
    }

    synchronized boolean knows(@Nullable String id) {
        Long start = id == null ? null : begun.get(id);
        if (start == null) {
            return false;
        }
        if (System.nanoTime() - start > LIFE_NANOS) {
            begun.remove(id);
            return false;
        }
        return true;
    }

    static @Nullable String cookie(@Nullable List<String> headers) {
        if (headers == null) {
            return null;
        }
        for (String header : headers) {
            for (String pair : header.split(";", -1)) {
                String trimmed = pair.strip();
                if (trimmed.startsWith(COOKIE + "=")) {
                    return trimmed.substring(COOKIE.length() + 1);
                }
            }
        }
        return null;
    }
}

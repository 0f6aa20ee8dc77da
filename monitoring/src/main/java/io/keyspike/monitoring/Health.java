package io.keyspike.monitoring;

import java.util.Map;

/**
 * The answer of {@code /health}.
 *
 * @param up answered with status 200, else 503
 * @param state in a word: {@code running}, {@code starting}, {@code failed}
 * @param details further facts by name: strings, numbers or booleans
 */
public record Health(boolean up, String state, Map<String, Object> details) {

    public Health {
        details = Map.copyOf(details);
    }

    /** Healthy, without details. */
    public static Health up(String state) {
        return new Health(true, state, Map.of());
    }

    /** Not healthy, without details. */
    public static Health down(String state) {
        return new Health(false, state, Map.of());
    }
}

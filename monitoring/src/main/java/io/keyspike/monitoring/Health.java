package io.keyspike.monitoring;

import java.util.Map;

/**
 * What {@code /health} answers.
 *
 * @param up answered with status 200, else 503
 * @param state in a word: {@code running}, {@code starting}, {@code failed}
 * @param details further facts by name: texts, numbers or truth values
 */
public record Health(boolean up, String state, Map<String, Object> details) {

    public Health {
        details = Map.copyOf(details);
    }

    public static Health up(String state) {
        return new Health(true, state, Map.of());
    }

    public static Health down(String state) {
        return new Health(false, state, Map.of());
    }
}

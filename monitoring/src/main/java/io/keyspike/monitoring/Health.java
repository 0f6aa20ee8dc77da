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

    /**
     * Copies the details.
     *
     * @throws NullPointerException if a name or a value is null
     */
    public Health {
        details = Map.copyOf(details);
    }

    /**
     * Healthy, without details.
     *
     * @param state in a word, such as {@code running}
     * @return an answer with status 200
     */
    public static Health up(String state) {
        return new Health(true, state, Map.of());
    }

    /**
     * Not healthy, without details.
     *
     * @param state in a word, such as {@code failed}
     * @return an answer with status 503
     */
    public static Health down(String state) {
        return new Health(false, state, Map.of());
    }
}

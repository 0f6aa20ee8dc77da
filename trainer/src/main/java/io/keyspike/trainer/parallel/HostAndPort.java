package io.keyspike.trainer.parallel;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a worker listens, such as {@code 0.0.0.0:9470} or {@code [::1]:9470}.
 *
 * @param host without brackets
 */
public record HostAndPort(String host, int port) {
    private static final Pattern FORM = Pattern.compile("(?:\\[([0-9a-fA-F:.%]+)]|([^\\s:\\[\\]]+)):(\\d{1,5})");
    private static final int HIGHEST_PORT = 65_535;

    /**
     * Reads an address.
     *
     * @throws IllegalArgumentException with one sentence, if it is none
     */
    public static HostAndPort of(String text) {
        Matcher m = FORM.matcher(text);
        if (!m.matches() || Integer.parseInt(m.group(3)) > HIGHEST_PORT) {
            throw new IllegalArgumentException(
                    "expected HOST:PORT with a port of at most " + HIGHEST_PORT + ", found '" + text + "'");
        }
        return new HostAndPort(m.group(1) != null ? m.group(1) : m.group(2), Integer.parseInt(m.group(3)));
    }

    @Override
    public String toString() {
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }
}

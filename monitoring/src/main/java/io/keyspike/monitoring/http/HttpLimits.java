package io.keyspike.monitoring.http;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/**
 * Limits of a server. Those of the JDK's server itself (headers, times, connections) apply to the whole process and are set
 * when its first server is created; the corresponding system properties, if set, take precedence.
 *
 * @param headerBytes names and values of all headers of a request
 * @param bodyBytes body of a request, unless its handler allows more
 * @param requestSeconds within which a request, with its body, has to have arrived
 * @param idleSeconds after which a connection without a request is closed
 * @param connections open at the same time, if the process may have four times as many files open; further ones are closed
 * @param requestsPerAddress concurrent requests of one address; further ones are answered with 429
 * @param stalledSeconds after which a streamed answer is ended if its client does not read
 */
public record HttpLimits(
        int headerBytes,
        int bodyBytes,
        int requestSeconds,
        int idleSeconds,
        int connections,
        int requestsPerAddress,
        int stalledSeconds) {

    /**
     * Generous for twenty browsers with a stream each. A connection that stays silent costs hardly more than its socket and is
     * closed after {@code requestSeconds}; the server cannot choose which of too many to close, so the number is one that
     * silent clients do not reach before that, and health checks still get through.
     */
    public static final HttpLimits DEFAULT = new HttpLimits(16 * 1024, 64 * 1024, 10, 30, 8_192, 128, 20);

    /**
     * Checks the limits.
     *
     * @throws IllegalArgumentException if one is below 1
     */
    public HttpLimits {
        int least = Math.min(
                Math.min(Math.min(headerBytes, bodyBytes), Math.min(requestSeconds, idleSeconds)),
                Math.min(Math.min(connections, requestsPerAddress), stalledSeconds));
        if (least < 1) {
            throw new IllegalArgumentException("HTTP limits: expected at least 1 each, found " + least);
        }
    }

    /** Configures the JDK's server, which reads the settings once, when it is first used. */
    void announce() {
        setUnlessGiven("sun.net.httpserver.maxReqHeaderSize", headerBytes);
        setUnlessGiven("sun.net.httpserver.maxReqTime", requestSeconds);
        setUnlessGiven("sun.net.httpserver.idleInterval", idleSeconds);
        setUnlessGiven("jdk.httpserver.maxConnections", affordable(connections));
        // Events are small and each is wanted at once.
        if (System.getProperty("sun.net.httpserver.nodelay") == null) {
            System.setProperty("sun.net.httpserver.nodelay", "true");
        }
    }

    private static final int FEW_CONNECTIONS = 512;

    /** Sockets are files: three quarters of what the process may open are left to everything else. */
    private static int affordable(int connections) {
        return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
                ? Math.clamp(unix.getMaxFileDescriptorCount() / 4, Math.min(FEW_CONNECTIONS, connections), connections)
                : connections;
    }

    private static void setUnlessGiven(String property, int value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, Integer.toString(value));
        }
    }
}

package io.keyspike.monitoring.http;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/**
 * Limits of a server.
 *
 * @param headerBytes first line and all headers of a request
 * @param bodyBytes body of a request, unless its handler allows more
 * @param requestSeconds within which a request, with its body, has to have arrived
 * @param idleSeconds after which a connection without a request is closed
 * @param connections open at the same time, if the process may have four times as many files open
 * @param connectionsPerAddress of one address at the same time; here and above, a further one replaces the one that has waited for
 *     a request for longest, and is closed if all are being answered
 * @param requestsPerAddress concurrent requests of one address; further ones are answered with 429
 * @param stalledSeconds after which a streamed answer is ended if its client does not read
 */
public record HttpLimits(
        int headerBytes,
        int bodyBytes,
        int requestSeconds,
        int idleSeconds,
        int connections,
        int connectionsPerAddress,
        int requestsPerAddress,
        int stalledSeconds) {

    /**
     * Generous for twenty browsers with a stream each, also behind one address. A connection that stays silent costs hardly more
     * than its socket and is closed after {@code requestSeconds}, or when another needs its place.
     */
    public static final HttpLimits DEFAULT = new HttpLimits(16 * 1024, 64 * 1024, 10, 30, 8_192, 256, 128, 20);

    /**
     * Checks the limits.
     *
     * @throws IllegalArgumentException if one is below 1
     */
    public HttpLimits {
        int least = Math.min(
                Math.min(Math.min(headerBytes, bodyBytes), Math.min(requestSeconds, idleSeconds)),
                Math.min(Math.min(connections, connectionsPerAddress), Math.min(requestsPerAddress, stalledSeconds)));
        if (least < 1) {
            throw new IllegalArgumentException("HTTP limits: expected at least 1 each, found " + least);
        }
    }

    private static final int FEW_CONNECTIONS = 512;

    /** Sockets are files: three quarters of what the process may open are left to everything else. */
    int affordableConnections() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
                ? Math.clamp(unix.getMaxFileDescriptorCount() / 4, Math.min(FEW_CONNECTIONS, connections), connections)
                : connections;
    }
}

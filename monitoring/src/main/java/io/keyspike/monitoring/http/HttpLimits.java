package io.keyspike.monitoring.http;

/**
 * How much a server takes on. Those of the JDK's server itself (headers, times, connections) hold for the whole process
 * and are set when its first server is made; system properties of the same meaning, where given, go before them.
 *
 * @param headerBytes names and values of all headers of a request
 * @param bodyBytes body of a request, unless its handler asks for more
 * @param requestSeconds within which a request, with its body, has to have arrived
 * @param idleSeconds after which a connection without a request is closed
 * @param connections open at the same time; further ones wait
 * @param requestsPerAddress under way at the same time for one address; further ones are answered with 429
 * @param stalledSeconds after which a streamed answer that its reader does not take is ended
 */
public record HttpLimits(
        int headerBytes,
        int bodyBytes,
        int requestSeconds,
        int idleSeconds,
        int connections,
        int requestsPerAddress,
        int stalledSeconds) {

    /** Twenty browsers with a stream each fit many times over. */
    public static final HttpLimits DEFAULT = new HttpLimits(16 * 1024, 64 * 1024, 10, 30, 512, 128, 20);

    public HttpLimits {
        int least = Math.min(
                Math.min(Math.min(headerBytes, bodyBytes), Math.min(requestSeconds, idleSeconds)),
                Math.min(Math.min(connections, requestsPerAddress), stalledSeconds));
        if (least < 1) {
            throw new IllegalArgumentException("HTTP limits: expected at least 1 each, found " + least);
        }
    }

    /** Tells the JDK's server; it reads them once, when it is first used. */
    void announce() {
        setUnlessGiven("sun.net.httpserver.maxReqHeaderSize", headerBytes);
        setUnlessGiven("sun.net.httpserver.maxReqTime", requestSeconds);
        setUnlessGiven("sun.net.httpserver.idleInterval", idleSeconds);
        setUnlessGiven("jdk.httpserver.maxConnections", connections);
        // Events are small and each is wanted at once.
        if (System.getProperty("sun.net.httpserver.nodelay") == null) {
            System.setProperty("sun.net.httpserver.nodelay", "true");
        }
    }

    private static void setUnlessGiven(String property, int value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, Integer.toString(value));
        }
    }
}

package io.keyspike.app.kafka.query;

import io.keyspike.app.kafka.wire.Topics;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says so at once where no broker can be reached: Kafka's clients try again for a long time, without a word. */
public final class BrokerProbe {

    private static final Logger log = LoggerFactory.getLogger(BrokerProbe.class);
    private static final int PATIENCE_MILLIS = 1_000;

    private BrokerProbe() {}

    /**
     * Logs a warning if none of the brokers accepts a connection.
     *
     * @param servers {@code HOST:PORT}, comma-separated; those of an unknown host, which a client refuses by name, are ignored
     */
    public static void sayIfSilent(String servers) {
        if (isSilent(servers)) {
            log.warn("no Kafka broker answers at {} yet; waiting for up to {} s", servers, Topics.TIMEOUT_SECONDS);
        }
    }

    static boolean isSilent(String servers) {
        boolean known = false;
        for (String server : servers.split(",", -1)) {
            InetSocketAddress address = address(server.strip());
            known |= address != null;
            if (address != null && answers(address)) {
                return false;
            }
        }
        return known;
    }

    /** Null for an unknown host. */
    private static @Nullable InetSocketAddress address(String server) {
        int colon = server.lastIndexOf(':');
        String host = server.substring(0, Math.max(0, colon))
                .replaceFirst("^\\w+://", "")
                .replaceAll("[\\[\\]]", "");
        int port = Integer.parseInt(server.substring(colon + 1));
        if (host.isEmpty() || port > 0xFFFF) {
            return null;
        }
        var address = new InetSocketAddress(host, port);
        return address.isUnresolved() ? null : address;
    }

    private static boolean answers(InetSocketAddress address) {
        try (var socket = new Socket()) {
            socket.connect(address, PATIENCE_MILLIS);
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}

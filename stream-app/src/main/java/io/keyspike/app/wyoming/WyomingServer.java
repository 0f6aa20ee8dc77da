package io.keyspike.app.wyoming;

import io.keyspike.models.decision.Detection;
import io.keyspike.models.spotter.KeywordSpotter;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves satellites over TCP, a virtual thread for each. A satellite may be idle between events for any length of time; but
 * if an event takes too long to arrive, or the satellite does not read what is sent to it, it is disconnected. The protocol
 * has neither passwords nor encryption: bind to an address that only satellites can reach.
 */
public final class WyomingServer implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(WyomingServer.class);

    private static final int BACKLOG = 64;

    /** Receives each detected wake word. */
    @FunctionalInterface
    public interface Listener {
        /** @param client address of the satellite */
        void heard(String client, Detection detection, String model);
    }

    /**
     * @param language of the words, as satellites are told
     * @param maximumConnections concurrent satellites; further ones are rejected
     * @param patience longest time for an event to arrive completely, or to be read by the satellite
     */
    public record Settings(String language, int maximumConnections, Duration patience) {
        /** The defaults. */
        public static final Settings DEFAULT = new Settings("en", 256, Duration.ofSeconds(30));
    }

    private final ServerSocket server;
    private final Supplier<KeywordSpotter> models;
    private final Settings settings;
    private final Listener listener;
    private final Set<Connection> connections = ConcurrentHashMap.newKeySet();
    private final ScheduledExecutorService watch = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("wyoming-watch").factory());
    private volatile boolean closed;

    private WyomingServer(ServerSocket server, Supplier<KeywordSpotter> models, Settings settings, Listener listener) {
        this.server = server;
        this.models = models;
        this.settings = settings;
        this.listener = listener;
    }

    /**
     * Starts serving.
     *
     * @param address port 0 for any free one
     * @param models the active model; called for each audio chunk
     * @throws IOException if the address is not available
     */
    public static WyomingServer start(
            InetSocketAddress address, Supplier<KeywordSpotter> models, Settings settings, Listener listener)
            throws IOException {
        var socket = new ServerSocket();
        try {
            socket.bind(address, BACKLOG);
        } catch (IOException e) {
            socket.close();
            throw new IOException("cannot listen at " + address + ": " + e.getMessage(), e);
        }
        var server = new WyomingServer(socket, models, settings, listener);
        long interval = Math.max(1, settings.patience().toMillis() / 4);
        @SuppressWarnings({"unused", "FutureReturnValueIgnored"}) // ends with the executor
        var watching = server.watch.scheduleAtFixedRate(
                () -> server.connections.forEach(Connection::cutOffIfStuck), interval, interval, TimeUnit.MILLISECONDS);
        Thread.ofVirtual().name("wyoming").start(server::accept);
        return server;
    }

    /** The address that it listens on. */
    public InetSocketAddress address() {
        return (InetSocketAddress) server.getLocalSocketAddress();
    }

    private void accept() {
        while (!closed) {
            try {
                Socket socket = server.accept();
                if (connections.size() >= settings.maximumConnections()) {
                    log.warn(
                            "rejecting {}: {} satellites are already connected",
                            socket.getRemoteSocketAddress(),
                            connections.size());
                    socket.close();
                    continue;
                }
                var connection = new Connection(socket);
                connections.add(connection);
                Thread.ofVirtual()
                        .name("wyoming-" + socket.getRemoteSocketAddress())
                        .start(connection::run);
            } catch (IOException e) {
                if (!closed) {
                    log.warn("cannot accept a satellite's connection: {}", e.getMessage());
                }
            }
        }
    }

    /** One satellite's connection. */
    private final class Connection {
        private final Socket socket;
        private final String client;
        private volatile long writingSinceNanos;
        private volatile boolean writing;
        private long eventEndsNanos;

        Connection(Socket socket) {
            this.socket = socket;
            this.client = String.valueOf(socket.getRemoteSocketAddress());
        }

        void run() {
            try (socket) {
                socket.setTcpNoDelay(true);
                socket.setKeepAlive(true);
                serve(new BufferedInputStream(new Patient()));
            } catch (SocketTimeoutException e) {
                log.warn(
                        "disconnecting {}: an event was still incomplete after {} s",
                        client,
                        settings.patience().toSeconds());
            } catch (IOException e) {
                log.debug("{} disconnected: {}", client, e.getMessage());
            } catch (RuntimeException e) {
                log.error("disconnecting {}", client, e);
            } finally {
                connections.remove(this);
            }
        }

        private void serve(InputStream in) throws IOException {
            var session = new WakeSession(
                    models,
                    settings.language(),
                    this::send,
                    (detection, model) -> listener.heard(client, detection, model));
            try {
                WyomingEvent event;
                while ((event = next(in)) != null) {
                    session.take(event);
                }
            } catch (WyomingException e) {
                log.warn("disconnecting {}: {}", client, e.getMessage());
                send(WyomingEvent.error(String.valueOf(e.getMessage())));
            }
        }

        private @Nullable WyomingEvent next(InputStream in) throws IOException {
            eventEndsNanos = 0;
            return WyomingCodec.read(
                    in,
                    () -> eventEndsNanos =
                            System.nanoTime() + settings.patience().toNanos());
        }

        private void send(WyomingEvent event) throws IOException {
            writingSinceNanos = System.nanoTime();
            writing = true;
            OutputStream out = socket.getOutputStream();
            WyomingCodec.write(out, event);
            writing = false;
        }

        void cutOffIfStuck() {
            if (writing
                    && System.nanoTime() - writingSinceNanos
                            > settings.patience().toNanos()) {
                log.warn("disconnecting {}: it does not read the events sent to it", client);
                close();
            }
        }

        void close() {
            try {
                socket.close();
            } catch (IOException e) {
                log.debug("closing {}", client, e);
            }
        }

        /** Waits indefinitely for an event's first byte, but only briefly for the rest. */
        private final class Patient extends InputStream {
            @Override
            public int read() throws IOException {
                byte[] one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
            }

            @Override
            public int read(byte[] bytes, int offset, int length) throws IOException {
                int millis = 0;
                if (eventEndsNanos != 0) {
                    long left = TimeUnit.NANOSECONDS.toMillis(eventEndsNanos - System.nanoTime());
                    if (left <= 0) {
                        throw new SocketTimeoutException("an event took too long");
                    }
                    millis = Math.toIntExact(left);
                }
                socket.setSoTimeout(millis);
                return socket.getInputStream().read(bytes, offset, length);
            }
        }
    }

    @Override
    public void close() {
        closed = true;
        watch.shutdownNow();
        try {
            server.close();
        } catch (IOException e) {
            log.debug("closing", e);
        }
        connections.forEach(Connection::close);
    }
}

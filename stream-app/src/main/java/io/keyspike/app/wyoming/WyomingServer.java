package io.keyspike.app.wyoming;

import io.keyspike.models.decision.Detection;
import io.keyspike.models.spotter.KeywordSpotter;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
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
 * Serves satellites over TCP, a thread for each, so that the scheduler of the operating system shares the cores among them
 * however much one sends. A satellite that has spoken may then be idle for any length of time; one that has not said anything,
 * takes too long over an event or does not read what is sent to it is disconnected. Where all places are taken, the one that
 * has been idle for longest makes room. The protocol has neither passwords nor encryption: bind to an address that only
 * satellites can reach.
 */
public final class WyomingServer implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(WyomingServer.class);

    private static final int BACKLOG = 64;
    private static final int LEAVING_MILLIS = 1_000;

    /** Receives each detected wake word. */
    @FunctionalInterface
    public interface Listener {
        /** @param client address of the satellite */
        void heard(String client, Detection detection, String model);
    }

    /**
     * @param language of the words, as satellites are told
     * @param maximumConnections concurrent satellites; further ones are rejected, unless one can make room
     * @param maximumPerAddress concurrent satellites of one address other than this machine's own
     * @param patience longest time for an event to arrive completely, or to be read by the satellite; twice that
     *     for a first event; one that has said nothing for a sixth of it, or nothing more for twice as long, makes room for others
     */
    public record Settings(String language, int maximumConnections, int maximumPerAddress, Duration patience) {
        /** The defaults. */
        public static final Settings DEFAULT = new Settings("en", 256, 64, Duration.ofSeconds(30));

        /** As many satellites of one address as there may be at all. */
        public Settings(String language, int maximumConnections, Duration patience) {
            this(language, maximumConnections, maximumConnections, patience);
        }
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
                String full = fullFor(socket.getInetAddress());
                if (full != null) {
                    log.warn("rejecting {}: {}", socket.getRemoteSocketAddress(), full);
                    reject(socket, full);
                    continue;
                }
                var connection = new Connection(socket);
                connections.add(connection);
                Thread.ofPlatform()
                        .daemon()
                        .name("wyoming-" + socket.getRemoteSocketAddress())
                        .start(connection::run);
            } catch (IOException e) {
                if (!closed) {
                    log.warn("cannot accept a satellite's connection: {}", e.getMessage());
                }
            }
        }
    }

    /** Why there is no place for one more satellite of an address; null if there is one, or one could be made. */
    private @Nullable String fullFor(InetAddress address) {
        if (!address.isLoopbackAddress()) {
            List<Connection> neighbours = connections.stream()
                    .filter(each -> each.socket.getInetAddress().equals(address))
                    .toList();
            if (neighbours.size() >= settings.maximumPerAddress() && !hasMadeRoom(neighbours)) {
                return neighbours.size() + " satellites of this address are already connected";
            }
        }
        return connections.size() >= settings.maximumConnections() && !hasMadeRoom(connections)
                ? connections.size() + " satellites are already connected"
                : null;
    }

    /** Disconnects the satellite that has been idle for longest, if it has been for long enough. */
    private boolean hasMadeRoom(Collection<Connection> among) {
        Connection longest = among.stream()
                .filter(Connection::canMakeRoom)
                .min(Comparator.comparingLong(each -> each.idleSinceNanos))
                .orElse(null);
        if (longest == null) {
            return false;
        }
        log.warn("disconnecting {}: it is idle, and another satellite needs its place", longest.client);
        connections.remove(longest);
        longest.close();
        return true;
    }

    /** Tells the peer why, apart from the thread that accepts. */
    private void reject(Socket socket, String why) {
        Thread.ofVirtual().start(() -> {
            try (socket) {
                WyomingCodec.write(socket.getOutputStream(), WyomingEvent.error(why));
                leave(socket);
            } catch (IOException e) {
                log.debug("rejecting a satellite", e);
            }
        });
    }

    /** Reads what is still under way for a moment: closing before would discard the last event sent. */
    private static void leave(Socket socket) throws IOException {
        socket.shutdownOutput();
        socket.setSoTimeout(LEAVING_MILLIS);
        long limit = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(LEAVING_MILLIS);
        byte[] rest = new byte[8_192];
        try {
            while (System.nanoTime() < limit && socket.getInputStream().read(rest) >= 0) {
                // discarded
            }
        } catch (SocketTimeoutException e) {
            // it had its time
        }
    }

    /** One satellite's connection. */
    private final class Connection {
        private final Socket socket;
        private final String client;
        private volatile long writingSinceNanos;
        private volatile boolean writing;
        private volatile long idleSinceNanos = System.nanoTime();
        private volatile boolean idle = true;
        private volatile boolean hasSpoken;
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
                        "disconnecting {}: {} after {} s",
                        client,
                        hasSpoken || !idle ? "an event was still incomplete" : "it has said nothing",
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
                leave(socket);
            }
        }

        private @Nullable WyomingEvent next(InputStream in) throws IOException {
            idleSinceNanos = System.nanoTime();
            idle = true;
            // The first event is waited for only so long; between events a satellite may rest.
            eventEndsNanos = hasSpoken ? 0 : end(2);
            WyomingEvent event = WyomingCodec.read(in, () -> {
                idle = false;
                eventEndsNanos = end(1);
            });
            hasSpoken = true;
            return event;
        }

        private long end(int patiences) {
            return (System.nanoTime() + patiences * settings.patience().toNanos()) | 1;
        }

        boolean canMakeRoom() {
            long patience = settings.patience().toNanos();
            return idle && System.nanoTime() - idleSinceNanos > (hasSpoken ? 2 * patience : patience / 6);
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

        /** Waits indefinitely for a further event to begin, and only briefly for the first one and for the rest of any. */
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

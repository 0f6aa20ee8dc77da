package io.keyspike.monitoring.http;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Accepts connections and reads requests from them, HTTP/1.1 and 1.0, a virtual thread for each. Connections that wait for a
 * request cost hardly more than their socket, and can take nobody's place: where an address, or all together, have as many as they
 * may, a new one replaces the one that has waited for longest. The JDK's server closes the new one instead, so that silent clients
 * shut out health checks.
 */
final class HttpListener implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(HttpListener.class);

    private static final int BACKLOG = 512;
    private static final int MOST_DRAINED = 1 << 16;
    private static final int LEAVING_MILLIS = 500;

    private final ServerSocket server;
    private final HttpLimits limits;
    private final int mostConnections;
    private final ExecutorService threads;
    private final Consumer<Exchange> handler;
    private final Set<Connection> connections = ConcurrentHashMap.newKeySet();
    private final Thread acceptor;
    private final Thread watch;
    private volatile boolean closed;

    /**
     * Starts listening.
     *
     * @param address port 0 for any free one
     * @param threads one for each connection
     * @param handler answers a request and closes the exchange
     * @throws java.net.BindException if the port is taken
     */
    HttpListener(InetSocketAddress address, HttpLimits limits, ExecutorService threads, Consumer<Exchange> handler)
            throws IOException {
        this.limits = limits;
        this.mostConnections = limits.affordableConnections();
        this.threads = threads;
        this.handler = handler;
        server = new ServerSocket();
        try {
            server.bind(address, BACKLOG);
        } catch (IOException e) {
            server.close();
            throw e;
        }
        acceptor = Thread.ofPlatform().name("http").start(this::accept);
        watch = Thread.ofVirtual().name("http-watch").start(this::watch);
    }

    InetSocketAddress address() {
        return (InetSocketAddress) server.getLocalSocketAddress();
    }

    private void accept() {
        while (!closed) {
            try {
                Socket socket = server.accept();
                if (!hasPlaceFor(socket.getInetAddress())) {
                    socket.close();
                    continue;
                }
                var connection = new Connection(socket);
                connections.add(connection);
                threads.execute(connection::run);
            } catch (IOException e) {
                if (!closed) {
                    LOG.warn("Cannot accept a connection: {}", e.getMessage());
                }
            } catch (RejectedExecutionException e) {
                return; // the service closes
            }
        }
    }

    private boolean hasPlaceFor(InetAddress address) {
        List<Connection> neighbours =
                connections.stream().filter(each -> each.from.equals(address)).toList();
        if (neighbours.size() >= limits.connectionsPerAddress()) {
            return hasMadeRoom(neighbours);
        }
        if (connections.size() < mostConnections) {
            return true;
        }
        // The address that has most gives one up.
        List<Connection> most = connections.stream().collect(Collectors.groupingBy(each -> each.from)).values().stream()
                .max(Comparator.comparingInt(List::size))
                .orElse(List.of());
        return hasMadeRoom(most) || hasMadeRoom(connections);
    }

    private boolean hasMadeRoom(Collection<Connection> among) {
        Connection longest = among.stream()
                .filter(each -> !each.answering)
                .min(Comparator.comparingLong(each -> each.waitingSince))
                .orElse(null);
        if (longest == null) {
            return false;
        }
        connections.remove(longest);
        longest.close();
        return true;
    }

    private void watch() {
        long stalled = TimeUnit.SECONDS.toNanos(limits.stalledSeconds());
        try {
            while (!closed) {
                Thread.sleep(TimeUnit.NANOSECONDS.toMillis(stalled) / 4 + 1);
                long now = System.nanoTime();
                for (Connection each : connections) {
                    long since = each.writingSince;
                    if (since != 0 && now - since > stalled) {
                        each.close();
                    }
                }
            }
        } catch (InterruptedException e) {
            // closed
        }
    }

    /** Stops listening; answers in progress have a second. */
    @Override
    public void close() {
        closed = true;
        watch.interrupt();
        closeServer();
        connections.stream().filter(each -> !each.answering).forEach(Connection::close);
        long limit = System.nanoTime() + TimeUnit.SECONDS.toNanos(1);
        while (!connections.isEmpty() && System.nanoTime() < limit) {
            try {
                Thread.sleep(5);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                break;
            }
        }
        connections.forEach(Connection::close);
        try {
            acceptor.join(1_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void closeServer() {
        try {
            server.close();
        } catch (IOException e) {
            LOG.debug("closing", e);
        }
    }

    /** One client's connection. */
    private final class Connection {
        private final Socket socket;
        private final InetAddress from;
        private volatile boolean answering;
        private volatile long waitingSince = System.nanoTime();
        /** 0 while nothing is being written. */
        private volatile long writingSince;
        /** Until when the next bytes must have come. */
        private long deadline;

        Connection(Socket socket) {
            this.socket = socket;
            this.from = socket.getInetAddress();
        }

        void run() {
            try (socket) {
                socket.setTcpNoDelay(true);
                InputStream in = new BufferedInputStream(new TimedIn());
                OutputStream out = new BufferedOutputStream(new WatchedOut());
                deadline = after(Math.min(limits.idleSeconds(), limits.requestSeconds()));
                while (!closed && served(in, out)) {
                    deadline = after(limits.idleSeconds());
                }
            } catch (IOException e) {
                LOG.debug("A client disconnected", e);
            } finally {
                connections.remove(this);
            }
        }

        /** Whether there was a request and another may follow. */
        private boolean served(InputStream in, OutputStream out) throws IOException {
            waitingSince = System.nanoTime();
            int first = in.read();
            if (first < 0) {
                return false;
            }
            deadline = after(limits.requestSeconds());
            RequestHead head;
            try {
                head = RequestHead.read(in, first, limits.headerBytes());
            } catch (RequestException e) {
                refuse(e, out);
                return false;
            }
            if (head == null) {
                return false;
            }
            answering = true;
            try {
                var exchange = new Exchange(socket, head, in, out);
                handler.accept(exchange);
                out.flush();
                if (exchange.mayGoOn()) {
                    return true;
                }
                leave();
                return false;
            } finally {
                answering = false;
            }
        }

        private void refuse(RequestException e, OutputStream out) throws IOException {
            byte[] body = (e.sentence() + "\n").getBytes(StandardCharsets.UTF_8);
            out.write(RequestHead.bytes("HTTP/1.1 " + e.status() + " \r\nContent-Type: text/plain; charset=utf-8\r\n"
                    + "Content-Length: " + body.length + "\r\nConnection: close\r\n\r\n"));
            out.write(body);
            out.flush();
            leave();
        }

        /** Reads what is still under way for a moment: closing before would discard the end of the answer. */
        private void leave() throws IOException {
            socket.shutdownOutput();
            deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(LEAVING_MILLIS);
            byte[] rest = new byte[8_192];
            var in = new TimedIn();
            try {
                int drained = 0;
                while (drained < MOST_DRAINED) {
                    int read = in.read(rest, 0, rest.length);
                    if (read < 0) {
                        return;
                    }
                    drained += read;
                }
            } catch (SocketTimeoutException e) {
                // it had its time
            }
        }

        void close() {
            try {
                socket.close();
            } catch (IOException e) {
                LOG.debug("closing", e);
            }
        }

        /** Reads until the deadline. */
        private final class TimedIn extends InputStream {
            @Override
            public int read() throws IOException {
                byte[] one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
            }

            @Override
            public int read(byte[] bytes, int offset, int length) throws IOException {
                long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
                if (left <= 0) {
                    throw new SocketTimeoutException("a request took too long");
                }
                socket.setSoTimeout(Math.toIntExact(left));
                return socket.getInputStream().read(bytes, offset, length);
            }
        }

        /** Notes since when a write has been waiting for its reader. */
        private final class WatchedOut extends OutputStream {
            @Override
            public void write(int b) throws IOException {
                write(new byte[] {(byte) b}, 0, 1);
            }

            @Override
            public void write(byte[] bytes, int offset, int length) throws IOException {
                writingSince = System.nanoTime() | 1;
                try {
                    socket.getOutputStream().write(bytes, offset, length);
                } finally {
                    writingSince = 0;
                }
            }
        }
    }

    private static long after(int seconds) {
        return System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    }
}

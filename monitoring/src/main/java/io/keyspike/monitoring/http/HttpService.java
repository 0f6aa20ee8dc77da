package io.keyspike.monitoring.http;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.OutputStream;
import java.net.BindException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A small HTTP server with a virtual thread per connection. It serves the routes given to {@link #add}, before
 * or after the start, subject to {@link Access}. Whatever a request does, it cannot exceed the {@link HttpLimits} or affect
 * other requests.
 */
public final class HttpService implements AutoCloseable {

    /** Reachable from this machine only. */
    public static final String DEFAULT_HOST = "127.0.0.1";

    private static final Logger LOG = LoggerFactory.getLogger(HttpService.class);

    /** Scripts and styles of our own files alone, nothing from elsewhere, never inside a frame. */
    private static final String CONTENT_POLICY =
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; media-src"
                    + " 'self' blob:; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

    private final HttpListener server;
    private final Access access;
    private final HttpLimits limits;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final CopyOnWriteArrayList<Route> routes = new CopyOnWriteArrayList<>();
    private final ConcurrentHashMap<InetAddress, Integer> underWay = new ConcurrentHashMap<>();
    private final StreamedAnswers streams;

    private HttpService(InetSocketAddress address, Access access, HttpLimits limits) throws IOException {
        this.access = access;
        this.limits = limits;
        this.streams = new StreamedAnswers(limits.stalledSeconds());
        this.server = listener(address);
    }

    @SuppressWarnings("this-escape") // nobody inherits
    private HttpListener listener(InetSocketAddress address) throws IOException {
        try {
            return new HttpListener(address, limits, threads, this::handle);
        } catch (IOException e) {
            streams.close();
            threads.close();
            throw e;
        }
    }

    /**
     * Starts serving, with the default access for the address: anyone on this machine on loopback, a new token
     * elsewhere.
     *
     * @param host name or address to listen on, usually {@link #DEFAULT_HOST}; {@code 0.0.0.0} for every interface
     * @param port 0 for any free one
     * @return a server that answers 404 until routes are added
     * @throws IOException with one sentence, if the port is taken or the host is not this machine
     */
    public static HttpService start(String host, int port) throws IOException {
        return start(host, port, Access.to(address(host)), HttpLimits.DEFAULT);
    }

    /**
     * As {@link #start(String, int)}, with given access rules and limits.
     *
     * @param host name or address to listen on
     * @param port 0 for any free one
     * @param access rules for every request
     * @param limits for every connection and request
     * @return a server that answers 404 until routes are added
     * @throws IOException with one sentence, if the port is taken, the host is not this machine, or it can be reached
     *     from other machines and {@code access} requires no token
     */
    public static HttpService start(String host, int port, Access access, HttpLimits limits) throws IOException {
        InetAddress address = address(host);
        if (!address.isLoopbackAddress() && !access.needsToken()) {
            throw new IOException(
                    "http: expected a token for " + host + ", which other machines can reach, found none");
        }
        try {
            return new HttpService(new InetSocketAddress(address, port), access, limits);
        } catch (BindException e) {
            throw new IOException(
                    "http: cannot listen on " + host + ":" + port + " (" + e.getMessage()
                            + "); choose another port, or 0 for any free one",
                    e);
        }
    }

    /**
     * Resolves a host name.
     *
     * @param host name or literal address
     * @return its first address
     * @throws IOException with one sentence, if there is none
     */
    public static InetAddress address(String host) throws IOException {
        try {
            return InetAddress.getByName(host);
        } catch (UnknownHostException e) {
            throw new IOException("http: expected a host name or an address to listen on, found " + host, e);
        }
    }

    /**
     * Adds a route. The longest matching path wins, an exact one before a prefix.
     *
     * @param route served from now on, also by a running server
     */
    public void add(Route route) {
        synchronized (routes) {
            routes.add(route);
            routes.sort(Comparator.comparing(Route::prefix)
                    .thenComparingInt(r -> -r.path().length()));
        }
    }

    /**
     * Adds several routes; see {@link #add}.
     *
     * @param more served from now on
     */
    public void addAll(List<Route> more) {
        more.forEach(this::add);
    }

    /**
     * The address of a path, to show to people. A server that listens on every interface is shown by its loopback
     * address.
     *
     * @param path absolute, with a query if there is one
     * @return an {@code http} address with host and port
     */
    public URI uri(String path) {
        InetSocketAddress address = server.address();
        InetAddress shown =
                address.getAddress().isAnyLocalAddress() ? InetAddress.getLoopbackAddress() : address.getAddress();
        return uri(shown, path);
    }

    private URI uri(InetAddress shown, String path) {
        String host = shown.getHostAddress();
        return URI.create("http://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + port() + path);
    }

    /**
     * As {@link #uri}, with the generated token, if there is one: to be shown once. A server that listens on every interface
     * is shown by an address that other machines can open as well.
     *
     * @param path absolute, without a query
     * @return an address that signs the browser in
     */
    public URI uriToOpen(String path) {
        String token = access.tokenToTell();
        String wanted = token == null ? path : path + "?token=" + token;
        InetAddress reachable = server.address().getAddress().isAnyLocalAddress() ? ownAddress() : null;
        return reachable == null ? uri(wanted) : uri(reachable, wanted);
    }

    /** An address of this machine in its network, IPv4 rather than IPv6; null if it is in none. */
    private static @Nullable InetAddress ownAddress() {
        try {
            return NetworkInterface.networkInterfaces()
                    .flatMap(NetworkInterface::inetAddresses)
                    .filter(each -> !each.isLoopbackAddress() && !each.isLinkLocalAddress())
                    .min(Comparator.comparing((InetAddress each) -> each instanceof Inet6Address)
                            .thenComparing(each -> !each.isSiteLocalAddress())
                            .thenComparing(InetAddress::getHostAddress))
                    .orElse(null);
        } catch (SocketException e) {
            return null;
        }
    }

    /** {@return the port listened on, also where any free one was asked for} */
    public int port() {
        return server.address().getPort();
    }

    /** {@return the required token, for instances that query each other; null if none is required} */
    public @Nullable String token() {
        return access.token();
    }

    /** Stops listening; streams end at once, other answers in progress have a second. */
    @Override
    public void close() {
        streams.close();
        server.close();
        threads.shutdownNow();
        threads.close();
    }

    private void handle(HttpExchange exchange) {
        InetAddress from = exchange.getRemoteAddress().getAddress();
        int now = underWay.merge(from, 1, Integer::sum);
        try (exchange) {
            send(exchange, now > limits.requestsPerAddress() ? tooMany() : answer(exchange));
        } catch (IOException e) {
            LOG.debug("A client reading {} disconnected", exchange.getRequestURI(), e);
        } catch (RuntimeException e) {
            LOG.warn("Cannot answer a request for {}", exchange.getRequestURI(), e);
        } finally {
            underWay.computeIfPresent(from, (address, count) -> count == 1 ? null : count - 1);
        }
    }

    private Answer tooMany() {
        return Answer.error(
                429,
                "expected at most " + limits.requestsPerAddress()
                        + " concurrent requests from one address, found more");
    }

    private Answer answer(HttpExchange exchange) {
        try {
            String path = exchange.getRequestURI().getPath();
            if (path == null || !path.startsWith("/")) {
                return Answer.error(400, "expected a path that begins with /, found something else");
            }
            String method = exchange.getRequestMethod();
            Route route = find(path, method);
            access.check(exchange, route != null && route.open());
            if (route != null) {
                return route.handler().answer(new Request(exchange, route, limits.bodyBytes()));
            }
            Set<String> allowed = methods(path);
            return allowed.isEmpty()
                    ? Answer.error(404, "not found")
                    : Answer.error(405, "expected one of " + String.join(", ", allowed))
                            .withHeader("Allow", String.join(", ", allowed));
        } catch (RequestException e) {
            return refused(exchange, e);
        } catch (IOException | RuntimeException e) {
            LOG.warn("Request for {} failed", exchange.getRequestURI().getPath(), e);
            return Answer.error(500, "the request failed; see the service's log");
        }
    }

    /** Asks a browser without the token for it, or takes it from the URL. */
    private Answer refused(HttpExchange exchange, RequestException e) {
        if (e.status() != 401) {
            return Answer.error(e.status(), e.sentence());
        }
        try {
            return SignIn.answer(new Request(exchange, SignIn.ROUTE, limits.bodyBytes()), access);
        } catch (RequestException again) {
            return Answer.error(again.status(), again.sentence()).withHeader("WWW-Authenticate", "Bearer");
        } catch (IOException io) {
            return Answer.error(400, "expected a complete request, found part of one");
        }
    }

    private @Nullable Route find(String path, String method) {
        for (Route route : routes) {
            if (route.matches(path) && route.answers(method)) {
                return route;
            }
        }
        return null;
    }

    private Set<String> methods(String path) {
        var methods = new TreeSet<String>();
        for (Route route : routes) {
            if (route.matches(path)) {
                methods.add(route.method());
                if (route.method().equals("GET")) {
                    methods.add("HEAD");
                }
            }
        }
        return methods;
    }

    private void send(HttpExchange exchange, Answer answer) throws IOException {
        Headers headers = exchange.getResponseHeaders();
        headers.set("Content-Type", answer.type());
        headers.set("Content-Security-Policy", CONTENT_POLICY);
        headers.set("X-Content-Type-Options", "nosniff");
        headers.set("X-Frame-Options", "DENY");
        headers.set("Referrer-Policy", "same-origin");
        headers.set("Cross-Origin-Resource-Policy", "same-origin");
        headers.set("Cross-Origin-Opener-Policy", "same-origin");
        headers.set("Cache-Control", "no-store");
        answer.headers().forEach(headers::set);
        switch (answer.body()) {
            case Answer.Body.Whole whole -> sendWhole(exchange, answer.status(), whole.bytes());
            case Answer.Body.Streamed streamed -> {
                boolean head = exchange.getRequestMethod().equals("HEAD");
                exchange.sendResponseHeaders(answer.status(), head ? -1 : 0);
                if (!head) {
                    streams.write(streamed.writer(), exchange.getResponseBody());
                }
            }
        }
    }

    private static void sendWhole(HttpExchange exchange, int status, byte[] body) throws IOException {
        boolean bodiless = status == 204 || status == 304;
        if (exchange.getRequestMethod().equals("HEAD") || bodiless || body.length == 0) {
            if (!bodiless) {
                exchange.getResponseHeaders().set("Content-Length", String.valueOf(body.length));
            }
            exchange.sendResponseHeaders(status, -1);
        } else {
            exchange.sendResponseHeaders(status, body.length);
            try (OutputStream out = exchange.getResponseBody()) {
                out.write(body);
            }
        }
    }
}

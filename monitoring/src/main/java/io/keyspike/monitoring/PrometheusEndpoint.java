package io.keyspike.monitoring;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.io.OutputStream;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A small HTTP server: {@code /metrics} in Prometheus' text format, {@code /health} as JSON (200 or 503). It answers GET
 * and HEAD, each request on a virtual thread of its own. There is no authentication, hence the default address.
 */
public final class PrometheusEndpoint implements AutoCloseable {

    /** Reachable from this machine only. */
    public static final String DEFAULT_HOST = "127.0.0.1";

    private static final Logger LOG = LoggerFactory.getLogger(PrometheusEndpoint.class);
    private static final String TEXT_FORMAT = "text/plain; version=0.0.4; charset=utf-8";
    private static final ObjectMapper JSON = new ObjectMapper();

    private final PrometheusMeterRegistry registry;
    private final Supplier<Health> health;
    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    private PrometheusEndpoint(PrometheusMeterRegistry registry, Supplier<Health> health, HttpServer server) {
        this.registry = registry;
        this.health = health;
        this.server = server;
    }

    /**
     * Starts to answer.
     *
     * @param host name or address to listen on, usually {@link #DEFAULT_HOST}; {@code 0.0.0.0} for every interface
     * @param port 0 for any free one
     * @param health asked at each request; what it throws is answered with 503
     * @throws IOException with one sentence, if the port is taken or the host is not this machine
     */
    public static PrometheusEndpoint start(
            PrometheusMeterRegistry registry, String host, int port, Supplier<Health> health) throws IOException {
        HttpServer server;
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getByName(host), port), 0);
        } catch (BindException e) {
            throw new IOException(
                    "metrics: cannot listen on " + host + ":" + port + " (" + e.getMessage()
                            + "); choose another port, or 0 for any free one",
                    e);
        } catch (UnknownHostException e) {
            throw new IOException("metrics: expected a host name or an address to listen on, found " + host, e);
        }
        var endpoint = new PrometheusEndpoint(registry, health, server);
        server.setExecutor(endpoint.threads);
        server.createContext("/", endpoint::answer);
        server.start();
        return endpoint;
    }

    /** Where the metrics are, to show to people. */
    public URI metricsUri() {
        InetSocketAddress address = server.getAddress();
        InetAddress shown =
                address.getAddress().isAnyLocalAddress() ? InetAddress.getLoopbackAddress() : address.getAddress();
        String host = shown.getHostAddress();
        return URI.create("http://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + port() + "/metrics");
    }

    /** The port listened on. */
    public int port() {
        return server.getAddress().getPort();
    }

    /** What is served; for binders of other libraries' meters. */
    public PrometheusMeterRegistry registry() {
        return registry;
    }

    /** Stops to listen; a scrape under way has a second to end. */
    @Override
    public void close() {
        server.stop(1);
        threads.close();
    }

    private void answer(HttpExchange exchange) {
        try (exchange) {
            String method = exchange.getRequestMethod();
            String path = exchange.getRequestURI().getPath();
            if (!path.equals("/metrics") && !path.equals("/health")) {
                send(exchange, 404, "text/plain; charset=utf-8", "Not here; there are /metrics and /health.\n");
            } else if (!method.equals("GET") && !method.equals("HEAD")) {
                exchange.getResponseHeaders().set("Allow", "GET, HEAD");
                send(exchange, 405, "text/plain; charset=utf-8", "Only GET and HEAD.\n");
            } else if (path.equals("/metrics")) {
                send(exchange, 200, TEXT_FORMAT, registry.scrape());
            } else {
                Health now = currentHealth();
                send(exchange, now.up() ? 200 : 503, "application/json", json(now));
            }
        } catch (IOException e) {
            LOG.debug("A reader of {} went away", exchange.getRequestURI(), e);
        } catch (RuntimeException e) {
            LOG.warn("{} could not be answered", exchange.getRequestURI(), e);
        }
    }

    private Health currentHealth() {
        try {
            return health.get();
        } catch (RuntimeException e) {
            LOG.warn("The state of the service could not be found out", e);
            return Health.down("unknown");
        }
    }

    private static String json(Health health) throws JsonProcessingException {
        var object = JSON.createObjectNode();
        object.put("status", health.up() ? "up" : "down");
        object.put("state", health.state());
        new TreeMap<>(health.details()).forEach(object::putPOJO);
        return JSON.writeValueAsString(object) + "\n";
    }

    private static void send(HttpExchange exchange, int status, String type, String text) throws IOException {
        byte[] body = text.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", type);
        if (exchange.getRequestMethod().equals("HEAD")) {
            exchange.getResponseHeaders().set("Content-Length", String.valueOf(body.length));
            exchange.sendResponseHeaders(status, -1);
        } else {
            exchange.sendResponseHeaders(status, body.length);
            try (OutputStream out = exchange.getResponseBody()) {
                out.write(body);
            }
        }
    }
}

package io.keyspike.monitoring;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.keyspike.monitoring.http.Answer;
import io.keyspike.monitoring.http.Route;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Endpoints for monitoring systems: {@code /metrics} in Prometheus' text format; {@code /health} and {@code /ready} as JSON,
 * 200 or 503. The latter two reveal nothing private and need no token.
 */
public final class MonitoringRoutes {

    private static final Logger LOG = LoggerFactory.getLogger(MonitoringRoutes.class);
    private static final String TEXT_FORMAT = "text/plain; version=0.0.4; charset=utf-8";
    private static final ObjectMapper JSON = new ObjectMapper();

    private MonitoringRoutes() {}

    /**
     * {@code /metrics}: all meters of a registry in Prometheus' text format. Needs the token where one is required.
     *
     * @param registry scraped at each request
     * @return a route for GET
     */
    public static Route metrics(PrometheusMeterRegistry registry) {
        return Route.get(
                "/metrics",
                request -> Answer.bytes(200, TEXT_FORMAT, registry.scrape().getBytes(StandardCharsets.UTF_8)));
    }

    /**
     * {@code /health}: liveness, whether the service works at all; if not, the process should be restarted.
     *
     * @param health called at each request; an exception is logged and answered with 503
     * @return a route for GET that needs no token
     */
    public static Route health(Supplier<Health> health) {
        return Route.get("/health", request -> state(health)).withoutToken();
    }

    /**
     * {@code /ready}: readiness, whether the service is processing; otherwise like {@link #health}.
     *
     * @param ready called at each request; an exception is logged and answered with 503
     * @return a route for GET that needs no token
     */
    public static Route ready(Supplier<Health> ready) {
        return Route.get("/ready", request -> state(ready)).withoutToken();
    }

    /**
     * All three routes.
     *
     * @param registry of {@link #metrics}
     * @param health of {@link #health}
     * @param ready of {@link #ready}
     * @return what {@link io.keyspike.monitoring.http.HttpService#addAll} takes
     */
    public static List<Route> of(PrometheusMeterRegistry registry, Supplier<Health> health, Supplier<Health> ready) {
        return List.of(metrics(registry), health(health), ready(ready));
    }

    private static Answer state(Supplier<Health> health) {
        Health now;
        try {
            now = health.get();
        } catch (RuntimeException e) {
            LOG.warn("Cannot determine the state of the service", e);
            now = Health.down("unknown");
        }
        ObjectNode object = JSON.createObjectNode();
        object.put("status", now.up() ? "up" : "down");
        object.put("state", now.state());
        new TreeMap<>(now.details()).forEach(object::putPOJO);
        return Answer.json(now.up() ? 200 : 503, object);
    }
}

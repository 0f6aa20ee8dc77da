package io.keyspike.app.cli.stream;

import io.keyspike.app.cli.shared.HttpOptions;
import io.keyspike.app.kafka.device.RegisteredSpotters;
import io.keyspike.app.kafka.service.KafkaMeters;
import io.keyspike.app.live.LivePage;
import io.keyspike.app.live.LiveStreams;
import io.keyspike.models.registry.ModelRegistry;
import io.keyspike.models.spotter.KeywordSpotter;
import io.keyspike.monitoring.Health;
import io.keyspike.monitoring.JvmMeters;
import io.keyspike.monitoring.KeyspikeMeters;
import io.keyspike.monitoring.MonitoringRoutes;
import io.keyspike.monitoring.OtlpExport;
import io.keyspike.monitoring.http.HttpLimits;
import io.keyspike.monitoring.http.HttpService;
import io.keyspike.monitoring.http.Route;
import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.kafka.streams.KafkaStreams;
import org.jspecify.annotations.Nullable;

/** A service's meters and the HTTP address that serves them, its health, and any other routes. */
public final class ServiceMonitor implements AutoCloseable {

    private final PrometheusMeterRegistry prometheus = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final MeterRegistry registry;
    private final KeyspikeMeters meters;
    private final JvmMeters jvm;
    private final ScheduledExecutorService heartbeat = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("meters").factory());
    private volatile @Nullable Supplier<KeywordSpotter> model;
    private final List<Route> routes = new ArrayList<>();
    private volatile @Nullable LivePage page;
    private @Nullable HttpService http;
    private @Nullable KafkaMeters kafka;

    public ServiceMonitor() {
        this(null);
    }

    /** @param otlp where metrics are exported to as well, or null */
    public ServiceMonitor(@Nullable OtlpExport otlp) {
        registry = otlp == null
                ? prometheus
                : new CompositeMeterRegistry(Clock.SYSTEM, List.of(prometheus, otlp.start(Clock.SYSTEM)));
        registry.config().meterFilter(KafkaMeters.filter());
        meters = new KeyspikeMeters(registry, Clock.SYSTEM);
        jvm = JvmMeters.bind(registry);
        @SuppressWarnings({"unused", "FutureReturnValueIgnored"}) // ends with the executor
        var ticking = heartbeat.scheduleAtFixedRate(meters::tick, 1, 1, TimeUnit.SECONDS);
    }

    public KeyspikeMeters meters() {
        return meters;
    }

    /** Sets the source of the active model; queried now and after each change. */
    public void follow(Supplier<KeywordSpotter> current) {
        model = current;
        RegisteredSpotters.describe(meters, current.get());
    }

    /** Called when a model was activated or refused. */
    public void changed(ModelRegistry.Event event) {
        Supplier<KeywordSpotter> current = model;
        if (current == null) {
            return;
        }
        meters.reload(event instanceof ModelRegistry.Event.Swapped);
        if (event instanceof ModelRegistry.Event.Swapped) {
            RegisteredSpotters.describe(meters, current.get());
            LivePage shown = page;
            if (shown != null) {
                shown.modelChanged();
            }
        }
    }

    /** Also serves Kafka's own meters of a service, until this is closed. */
    public void watch(KafkaStreams streams) {
        kafka = KafkaMeters.bind(streams, registry);
    }

    /** Also serves a route; may be called before or after {@link #serve}. */
    void add(Route route) {
        HttpService open = http;
        if (open == null) {
            routes.add(route);
        } else {
            open.add(route);
        }
    }

    /** Also serves the live page, and counts updates that its viewers miss. */
    public void show(LivePage page, LiveStreams live) {
        this.page = page;
        live.feed().onDrop(meters.queue("live-page", live.feed()::waiting));
        page.routes().forEach(this::add);
    }

    /**
     * Starts serving.
     *
     * @param health whether the process works at all
     * @param ready whether it can do its work now
     * @return the HTTP service, whose addresses can be shown
     */
    public HttpService serve(HttpOptions options, Supplier<Health> health, Supplier<Health> ready) throws IOException {
        HttpService started = HttpService.start(options.host(), options.port(), options.access(), HttpLimits.DEFAULT);
        started.addAll(MonitoringRoutes.of(prometheus, health, ready));
        started.addAll(routes);
        http = started;
        return started;
    }

    @Override
    public void close() {
        HttpService open = http;
        if (open != null) {
            open.close();
        }
        KafkaMeters bound = kafka;
        if (bound != null) {
            bound.close();
        }
        heartbeat.shutdownNow();
        jvm.close();
        registry.close(); // exports a last time
    }
}

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

/** The meters of a service, what it hears with, and the address that answers with them and with whatever else it shows. */
public final class ServiceMonitor implements AutoCloseable {

    private final PrometheusMeterRegistry prometheus = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final MeterRegistry registry;
    private final KeyspikeMeters meters;
    private final JvmMeters jvm;
    private final ScheduledExecutorService heartbeat = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("meters").factory());
    private volatile @Nullable Supplier<KeywordSpotter> model;
    private final List<Route> routes = new ArrayList<>();
    private @Nullable HttpService http;
    private @Nullable KafkaMeters kafka;

    public ServiceMonitor() {
        this(null);
    }

    /** @param otlp where meters are sent as well, or null */
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

    /** Where the model in use comes from; asked now and after each change. */
    public void follow(Supplier<KeywordSpotter> current) {
        model = current;
        RegisteredSpotters.describe(meters, current.get());
    }

    /** A model was taken into use or refused. */
    public void changed(ModelRegistry.Event event) {
        Supplier<KeywordSpotter> current = model;
        if (current == null) {
            return;
        }
        meters.reload(event instanceof ModelRegistry.Event.Swapped);
        if (event instanceof ModelRegistry.Event.Swapped) {
            RegisteredSpotters.describe(meters, current.get());
        }
    }

    /** Also serves Kafka's own meters of a service, until this is closed. */
    public void watch(KafkaStreams streams) {
        kafka = KafkaMeters.bind(streams, registry);
    }

    /** Answers this too; may be called before {@link #serve} and after. */
    void add(Route route) {
        HttpService open = http;
        if (open == null) {
            routes.add(route);
        } else {
            open.add(route);
        }
    }

    /** Shows the live page too, and counts what its viewers miss. */
    public void show(LivePage page, LiveStreams live) {
        live.feed().onDrop(meters.queue("live-page", live.feed()::waiting));
        page.routes().forEach(this::add);
    }

    /**
     * Begins to answer.
     *
     * @param health whether the process works at all
     * @param ready whether it does its work now
     * @return what answers, for the addresses to show
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
        registry.close(); // sends a last time
    }
}

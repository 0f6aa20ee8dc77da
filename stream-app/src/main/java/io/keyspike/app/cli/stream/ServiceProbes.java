package io.keyspike.app.cli.stream;

import io.keyspike.app.kafka.service.KeywordService;
import io.keyspike.monitoring.Health;
import org.jspecify.annotations.Nullable;

/** The responses of {@code /health} and {@code /ready}, from before a service has started until it ends. */
final class ServiceProbes {

    private static final String STARTING = "starting";

    private volatile @Nullable KeywordService service;

    /** The service has been started. */
    void watch(KeywordService started) {
        service = started;
    }

    /** A service that is still starting is healthy. */
    Health health() {
        KeywordService started = service;
        return started == null ? Health.up(STARTING) : started.health();
    }

    Health ready() {
        KeywordService started = service;
        return started == null ? Health.down(STARTING) : started.ready();
    }
}

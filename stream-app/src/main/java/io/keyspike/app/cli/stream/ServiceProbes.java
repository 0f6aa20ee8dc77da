package io.keyspike.app.cli.stream;

import io.keyspike.app.kafka.service.KeywordService;
import io.keyspike.monitoring.Health;
import org.jspecify.annotations.Nullable;

/** What a service answers to {@code /health} and {@code /ready} from before its start to its end. */
final class ServiceProbes {

    private static final String STARTING = "starting";

    private volatile @Nullable KeywordService service;

    /** The service has been started. */
    void watch(KeywordService started) {
        service = started;
    }

    /** One that is still starting is well. */
    Health health() {
        KeywordService started = service;
        return started == null ? Health.up(STARTING) : started.health();
    }

    Health ready() {
        KeywordService started = service;
        return started == null ? Health.down(STARTING) : started.ready();
    }
}

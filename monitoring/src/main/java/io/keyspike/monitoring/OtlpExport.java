package io.keyspike.monitoring;

import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.registry.otlp.OtlpConfig;
import io.micrometer.registry.otlp.OtlpMeterRegistry;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Where meters are sent in OpenTelemetry's protocol (OTLP 1, protobuf over HTTP), beside being served to Prometheus. Totals
 * are cumulative and times in seconds, so that both report the same numbers. An unreachable collector costs
 * only a line in the log; what it missed is part of the next export.
 *
 * @param endpoint of the collector, such as {@code http://localhost:4318}; {@code /v1/metrics} is added if it has no
 *     path. Headers, such as a token, come from the variable {@code OTEL_EXPORTER_OTLP_HEADERS}
 * @param interval between exports
 */
public record OtlpExport(URI endpoint, Duration interval) {

    /** Time between two exports unless the user chooses another. */
    public static final Duration DEFAULT_INTERVAL = Duration.ofSeconds(15);

    private static final String SIGNAL_PATH = "/v1/metrics";

    /**
     * Checks the endpoint and the interval.
     *
     * @throws IllegalArgumentException with one sentence, if the endpoint is not one of HTTP or the interval is shorter
     *     than 1 s
     */
    public OtlpExport {
        boolean http = "http".equals(endpoint.getScheme()) || "https".equals(endpoint.getScheme());
        if (!http || endpoint.getHost() == null) {
            throw new IllegalArgumentException(
                    "OTLP: expected an endpoint such as http://localhost:4318, found " + endpoint);
        }
        if (interval.compareTo(Duration.ofSeconds(1)) < 0) {
            throw new IllegalArgumentException(
                    "OTLP: expected an interval of at least 1 s, found " + interval.toMillis() + " ms");
        }
    }

    /**
     * Creates a registry that exports its meters until it is closed, and once more on closing.
     *
     * @param clock gives the times of the exported values
     * @return a registry to add meters to, or to add to a composite; close it to end the export
     */
    public MeterRegistry start(Clock clock) {
        return new OtlpMeterRegistry(new Settings(), clock);
    }

    private final class Settings implements OtlpConfig {

        /** Micrometer's defaults for all other keys. */
        @Override
        public @Nullable String get(String key) {
            return null;
        }

        @Override
        public String url() {
            String path = endpoint.getPath();
            boolean bare = path == null || path.isEmpty() || path.equals("/");
            return bare ? endpoint.resolve(SIGNAL_PATH).toString() : endpoint.toString();
        }

        @Override
        public Duration step() {
            return interval;
        }

        @Override
        public TimeUnit baseTimeUnit() {
            return TimeUnit.SECONDS;
        }

        @Override
        public Map<String, String> resourceAttributes() {
            var attributes = new TreeMap<>(OtlpConfig.super.resourceAttributes());
            attributes.putIfAbsent("service.name", "keyspike");
            return attributes;
        }
    }
}

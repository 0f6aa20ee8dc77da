package io.keyspike.monitoring;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.MeterRegistry;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.metrics.v1.Metric;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OtlpExportTest {

    private record Received(String path, String contentType, ExportMetricsServiceRequest request) {}

    private final BlockingQueue<Received> received = new LinkedBlockingQueue<>();
    private HttpServer collector;

    @BeforeEach
    void listen() throws IOException {
        collector = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        collector.createContext("/", this::take);
        collector.start();
    }

    @AfterEach
    void stop() {
        collector.stop(0);
    }

    private void take(HttpExchange exchange) throws IOException {
        try (exchange) {
            boolean zipped = "gzip".equals(exchange.getRequestHeaders().getFirst("Content-Encoding"));
            InputStream body = zipped ? new GZIPInputStream(exchange.getRequestBody()) : exchange.getRequestBody();
            received.add(new Received(
                    exchange.getRequestURI().getPath(),
                    exchange.getRequestHeaders().getFirst("Content-Type"),
                    ExportMetricsServiceRequest.parseFrom(body)));
            exchange.sendResponseHeaders(200, -1);
        }
    }

    private URI address(String path) {
        return URI.create("http://127.0.0.1:" + collector.getAddress().getPort() + path);
    }

    @Test
    void shouldSendEveryMeterOfTheCatalogueWithTheNumbersThatPrometheusSees() throws Exception {
        MeterRegistry registry = new OtlpExport(address(""), Duration.ofHours(1)).start(Clock.SYSTEM);
        var meters = new KeyspikeMeters(registry, Clock.SYSTEM);
        ModelFacts model = TestFacts.of("a@1", 0.5, 1, 0, "hidden 10 2");
        meters.model(model);
        FrameTally tally = meters.tally();
        tally.select(KeyspikeMeters.DEFAULT_GROUP, model);
        tally.frame(0.08, 0.1);
        tally.frame(0.08, 0.1);
        tally.spikes(0, 7, 10);
        meters.keyword("yes", 0.9, 0.3);
        meters.shadowKeyword("yes");
        meters.mark("yes", true);
        meters.deadLetter("too-short");
        meters.queue("live-feed", () -> 5).run();
        registry.close();

        Received sent = received.poll(30, TimeUnit.SECONDS);
        assertThat(sent).isNotNull();
        assertThat(sent.path()).isEqualTo("/v1/metrics");
        assertThat(sent.contentType()).isEqualTo("application/x-protobuf");
        var resource = sent.request().getResourceMetrics(0);
        assertThat(resource.getResource().getAttributesList())
                .anyMatch(a -> a.getKey().equals("service.name")
                        && a.getValue().getStringValue().equals("keyspike"));
        Map<String, Metric> byName = resource.getScopeMetricsList().stream()
                .flatMap(scope -> scope.getMetricsList().stream())
                .collect(Collectors.toMap(Metric::getName, Function.identity(), (a, b) -> a));
        assertThat(byName.keySet())
                .containsAll(Arrays.stream(MeterCatalogue.values())
                        .map(MeterCatalogue::meterName)
                        .toList());
        assertThat(requireNonNull(byName.get("keyspike.frames"))
                        .getSum()
                        .getDataPoints(0)
                        .getAsDouble())
                .isEqualTo(2);
        assertThat(requireNonNull(byName.get("keyspike.spikes"))
                        .getSum()
                        .getDataPoints(0)
                        .getAsDouble())
                .isEqualTo(7);
        assertThat(requireNonNull(byName.get("keyspike.queue.depth"))
                        .getGauge()
                        .getDataPoints(0)
                        .getAsDouble())
                .isEqualTo(5);
        var latency = requireNonNull(byName.get("keyspike.event.latency"));
        assertThat(latency.getUnit()).isEqualTo("seconds");
        assertThat(latency.getHistogram().getDataPoints(0).getSum()).isEqualTo(0.3);
        assertThat(latency.getHistogram().getDataPoints(0).getExplicitBoundsList())
                .startsWith(0.005, 0.01)
                .endsWith(2.0, 5.0);
    }

    @Test
    void shouldKeepAPathThatIsGiven() throws Exception {
        MeterRegistry registry = new OtlpExport(address("/tenant/metrics"), Duration.ofHours(1)).start(Clock.SYSTEM);
        registry.counter("keyspike.test").increment();
        registry.close();
        Received sent = received.poll(30, TimeUnit.SECONDS);
        assertThat(sent).isNotNull();
        assertThat(sent.path()).isEqualTo("/tenant/metrics");
    }

    @Test
    void shouldDoNoHarmWhereNobodyListens() {
        collector.stop(0);
        MeterRegistry registry = new OtlpExport(address(""), Duration.ofHours(1)).start(Clock.SYSTEM);
        registry.counter("keyspike.test").increment();
        registry.close();
        assertThat(received).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost:4318", "ftp://localhost", "/v1/metrics", "grpc://localhost:4317"})
    void shouldRefuseWhatIsNoEndpoint(String text) {
        assertThatThrownBy(() -> new OtlpExport(URI.create(text), OtlpExport.DEFAULT_INTERVAL))
                .hasMessage("OTLP: expected an endpoint such as http://localhost:4318, found " + text);
    }

    @Test
    void shouldRefuseToSendWithoutAPause() {
        assertThatThrownBy(() -> new OtlpExport(URI.create("http://localhost"), Duration.ZERO))
                .hasMessage("OTLP: expected an interval of at least 1 s, found 0 ms");
    }
}

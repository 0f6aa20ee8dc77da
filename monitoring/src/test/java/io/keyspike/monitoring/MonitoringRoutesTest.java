package io.keyspike.monitoring;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.keyspike.monitoring.http.HttpService;
import io.micrometer.core.instrument.Clock;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MonitoringRoutesTest {

    /** A sample line of the text format: name, labels, value. */
    private static final Pattern SAMPLE = Pattern.compile(
            "([a-z_:][a-z0-9_:]*)(?:\\{((?:[a-z_]+=\"[^\"]*\",?)*)\\})? (-?[0-9.]+(?:E-?[0-9]+)?|NaN|\\+Inf)");

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final AtomicReference<Health> health = new AtomicReference<>(Health.up("running"));
    private final HttpClient client = HttpClient.newHttpClient();
    private final KeyspikeMeters meters = new KeyspikeMeters(registry, Clock.SYSTEM);
    private FrameTally tally;
    private boolean broken;
    private HttpService endpoint;

    @BeforeEach
    void start() throws IOException {
        endpoint = HttpService.start(HttpService.DEFAULT_HOST, 0);
        endpoint.addAll(MonitoringRoutes.of(registry, this::health, this::health));
        ModelFacts model = TestFacts.of("yes-no@0123", 1e-10, 2e-12, 0, "hidden 64 2", "output 2 0");
        meters.model(model);
        tally = meters.tally();
        tally.select(KeyspikeMeters.DEFAULT_GROUP, model);
        tally.frame(0.5, 0.1);
        tally.spikes(0, 400, 62);
        meters.queue("live-feed", () -> 3).run();
        meters.keyword("yes", 0.93, 0.04);
        meters.shadowKeyword("yes");
        meters.deadLetter("too-short");
        meters.reload(true);
        meters.mark("yes", false);
    }

    private Health health() {
        if (broken) {
            throw new IllegalStateException("planted");
        }
        return Objects.requireNonNull(health.get());
    }

    @AfterEach
    void stop() {
        endpoint.close();
        client.close();
    }

    @Test
    void shouldServeEveryMeterOfTheCatalogueInTheTextFormat() throws Exception {
        HttpResponse<String> response = get("/metrics");

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("Content-Type")).hasValue("text/plain; version=0.0.4; charset=utf-8");
        List<String> samples =
                response.body().lines().filter(l -> !l.startsWith("#")).toList();
        assertThat(samples).allMatch(l -> SAMPLE.matcher(l).matches());
        for (MeterCatalogue meter : MeterCatalogue.values()) {
            String type = switch (meter.kind()) {
                case COUNTER -> "counter";
                case GAUGE -> "gauge";
                case TIMER, DISTRIBUTION -> "histogram";
            };
            assertThat(response.body())
                    .contains("# HELP " + meter.prometheusName() + " " + meter.description() + "\n")
                    .contains("# TYPE " + meter.prometheusName() + " " + type + "\n");
        }
        assertThat(value(samples, "keyspike_spikes_total", "layer=\"hidden\"")).isEqualTo(400);
        assertThat(value(samples, "keyspike_model_info", "version=\"yes-no@0123\""))
                .isEqualTo(1);
        assertThat(value(samples, "keyspike_event_latency_seconds_bucket", "le=\"0.02\""))
                .isEqualTo(0);
        assertThat(value(samples, "keyspike_event_latency_seconds_bucket", "le=\"0.05\""))
                .isEqualTo(1);
        assertThat(value(samples, "keyspike_keyword_score_percent_bucket", "le=\"90.0\""))
                .isEqualTo(0);
        assertThat(value(samples, "keyspike_keyword_score_percent_bucket", "le=\"95.0\""))
                .isEqualTo(1);
        assertThat(samples.stream().filter(l -> l.startsWith("keyspike_event_latency_seconds_bucket")))
                .as("explicit buckets and +Inf")
                .hasSize(11);
    }

    @Test
    void shouldTellTheStateOfTheService() throws Exception {
        health.set(new Health(true, "running", Map.of("streams", 3, "model", "yes-no@0123")));
        HttpResponse<String> up = get("/health");
        health.set(Health.down("starting"));
        HttpResponse<String> down = get("/health");

        assertThat(up.statusCode()).isEqualTo(200);
        assertThat(new ObjectMapper().readTree(up.body())).isEqualTo(new ObjectMapper().readTree("""
            {"status": "up", "state": "running", "streams": 3, "model": "yes-no@0123"}\
            """));
        assertThat(down.statusCode()).isEqualTo(503);
        assertThat(new ObjectMapper().readTree(down.body()).get("state").asText())
                .isEqualTo("starting");
    }

    @Test
    void shouldAnswer503WhenTheStateCannotBeFoundOut() throws Exception {
        broken = true;

        assertThat(get("/health").statusCode()).isEqualTo(503);
        assertThat(get("/ready").statusCode()).isEqualTo(503);
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "PUT", "DELETE", "OPTIONS"})
    void shouldOnlyAnswerGetAndHead(String method) throws Exception {
        var request = HttpRequest.newBuilder(endpoint.uri("/metrics"))
                .method(method, BodyPublishers.noBody())
                .build();
        HttpResponse<String> response = client.send(request, BodyHandlers.ofString());
        assertThat(response.statusCode()).isEqualTo(405);
        assertThat(response.headers().firstValue("Allow")).hasValue("GET, HEAD");
    }

    @Test
    void shouldAnswerHeadWithoutABody() throws Exception {
        var request = HttpRequest.newBuilder(endpoint.uri("/metrics"))
                .method("HEAD", BodyPublishers.noBody())
                .build();
        HttpResponse<String> response = client.send(request, BodyHandlers.ofString());
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body()).isEmpty();
        assertThat(response.headers().firstValueAsLong("Content-Length").orElse(0))
                .isPositive();
    }

    @Test
    void shouldServeManyAtOnceWhileFramesAreCounted() throws Exception {
        try (var readers = Executors.newVirtualThreadPerTaskExecutor()) {
            var scrapes = Arrays.asList(new java.util.concurrent.Future<?>[20]);
            scrapes.replaceAll(none -> readers.submit(() -> get("/metrics").statusCode()));
            for (int i = 0; i < 10_000; i++) {
                tally.frame(0.01, 0.1);
                tally.spikes(0, 1, 1);
            }
            for (var scrape : scrapes) {
                assertThat(scrape.get(30, TimeUnit.SECONDS)).isEqualTo(200);
            }
        }
    }

    @Test
    void shouldServeTheJvmsMetersToo() throws Exception {
        JvmMeters jvm = JvmMeters.bind(registry);
        assertThat(get("/metrics").body()).contains("jvm_memory_used_bytes{", "jvm_threads_live_threads ");
        jvm.close();
    }

    @Test
    void shouldPassPromtoolsLint() throws Exception {
        Assumptions.assumeTrue(promtoolIsThere(), "skipped: promtool is not installed");
        Process lint = new ProcessBuilder("promtool", "check", "metrics")
                .redirectErrorStream(true)
                .start();
        try (var in = lint.getOutputStream()) {
            in.write(get("/metrics").body().getBytes(java.nio.charset.StandardCharsets.UTF_8));
        }
        String said = new String(lint.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        assertThat(said).isEmpty();
        assertThat(lint.waitFor()).isZero();
    }

    private static boolean promtoolIsThere() throws InterruptedException {
        try {
            return new ProcessBuilder("promtool", "--version")
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) {
            return false;
        }
    }

    private static double value(List<String> samples, String name, String label) {
        for (String line : samples) {
            Matcher m = SAMPLE.matcher(line);
            if (m.matches()
                    && m.group(1).equals(name)
                    && m.group(2) != null
                    && m.group(2).contains(label)) {
                return Double.parseDouble(m.group(3));
            }
        }
        throw new AssertionError("no sample " + name + " with " + label);
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return client.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + endpoint.port() + path))
                        .build(),
                BodyHandlers.ofString());
    }
}

package io.keyspike.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.keyspike.app.cli.shared.HttpOptions;
import io.keyspike.app.cli.shared.WallClock;
import io.keyspike.app.cli.stream.ServiceMonitor;
import io.keyspike.app.kafka.TestModels;
import io.keyspike.app.kafka.broker.EmbeddedBroker;
import io.keyspike.app.kafka.device.SpotterProvider;
import io.keyspike.app.kafka.service.KeywordService;
import io.keyspike.app.kafka.service.ServiceConfig;
import io.keyspike.app.kafka.wire.FramePublisher;
import io.keyspike.app.kafka.wire.Topics;
import io.keyspike.models.registry.ModelRegistry;
import io.keyspike.models.spotter.KeywordSpotter;
import io.keyspike.monitoring.Health;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every query of every shipped dashboard, asked of a real Prometheus that has scraped a real run: a service, a broker and
 * devices that send in real time.
 */
@Tag("slow")
class GrafanaQueriesTest {

    private static final Path MONITORING = Path.of(System.getProperty("keyspike.root", ".."), "monitoring");
    private static final Pattern LABEL_VALUES = Pattern.compile("label_values\\((\\w+), (\\w+)\\)");
    private static final int DEVICES = 6;
    private static final int RUN_SECONDS = 25;

    @TempDir
    Path folder;

    private final KeywordSpotter first = TestModels.spotter("first", 1);
    private final KeywordSpotter second = TestModels.spotter("second", 2);
    private volatile KeywordSpotter current = first;

    @Test
    void shouldHaveDataForEveryQueryOfEveryDashboard() throws Exception {
        try (var broker = EmbeddedBroker.start();
                var monitor = new ServiceMonitor()) {
            var config = ServiceConfig.at(broker.bootstrapServers()).withStateDir(folder.resolve("state"));
            Topics.create(config.clientSettings(), 4);
            monitor.follow(() -> current);
            var http = monitor.serve(new HttpOptions(), () -> Health.up("running"), () -> Health.up("running"));
            try (var prometheus = PrometheusProcess.scraping(
                            http.port(), MONITORING.resolve("prometheus/alerts.yaml"), folder);
                    var service = KeywordService.start(config, new Changing(), monitor.meters())) {
                long from = Instant.now().getEpochSecond();
                monitor.watch(service.streams());
                service.awaitRunning(Duration.ofMinutes(2));
                // What people and other parts of a service do now and then.
                monitor.meters().queue("live-feed", () -> 3).run();
                monitor.meters().mark("yes", false);
                monitor.meters().shadowKeyword("yes");
                play(broker.bootstrapServers(), monitor);

                // Prometheus scrapes when it gets to it.
                long limit = System.nanoTime() + Duration.ofMinutes(1).toNanos();
                long to;
                List<String> empty;
                do {
                    TimeUnit.SECONDS.sleep(2);
                    to = Instant.now().getEpochSecond();
                    empty = withoutData(prometheus, from, to);
                } while (!empty.isEmpty() && System.nanoTime() < limit);
                assertThat(empty).isEmpty();
                for (JsonNode group : prometheus.ask("/api/v1/rules", List.of()).get("groups")) {
                    for (JsonNode rule : group.get("rules")) {
                        assertThat(rule.get("health").asText())
                                .as(rule.toString())
                                .isEqualTo("ok");
                    }
                }
                assertThat(prometheus.hasNumbers("keyspike_no_such_meter", from, to))
                        .as("a query without data is seen as one")
                        .isFalse();
            }
        }
    }

    /** Devices that speak in real time, a swap of models, and records that are no frames. */
    private void play(String servers, ServiceMonitor monitor) throws Exception {
        short[] sound = TestModels.sound(3, RUN_SECONDS * TestModels.RATE_HZ);
        var settings = Map.<String, Object>of("bootstrap.servers", servers);
        try (var publisher = new FramePublisher(servers, Map.of());
                var garbage = new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
            var sessions = new ArrayList<FramePublisher.Session>();
            for (int i = 0; i < DEVICES; i++) {
                sessions.add(publisher.open("device-" + i, TestModels.RATE_HZ));
            }
            long start = System.nanoTime();
            for (int at = 0; at + TestModels.FRAME <= sound.length; at += TestModels.FRAME) {
                for (FramePublisher.Session session : sessions) {
                    session.send(sound, at, at + TestModels.FRAME, WallClock.micros() - 20_000);
                }
                if (at % TestModels.RATE_HZ == 0) {
                    garbage.send(new ProducerRecord<>(Topics.AUDIO_FRAMES, new byte[] {'k'}, new byte[] {1}))
                            .get();
                }
                if (at == TestModels.RATE_HZ * RUN_SECONDS / 2) {
                    String before = current.model().version();
                    current = second;
                    monitor.changed(new ModelRegistry.Event.Swapped(
                            before, second.model().version()));
                    System.gc(); // so that a pause can be seen
                }
                long due = start + (at + TestModels.FRAME) * 1_000_000_000L / TestModels.RATE_HZ;
                TimeUnit.NANOSECONDS.sleep(due - System.nanoTime());
            }
        }
    }

    private static List<String> withoutData(PrometheusProcess prometheus, long from, long to) throws Exception {
        var empty = new ArrayList<String>();
        int asked = 0;
        List<Path> dashboards;
        try (var files = Files.list(MONITORING.resolve("grafana/dashboards"))) {
            dashboards = files.toList();
        }
        for (Path file : dashboards) {
            JsonNode dashboard = new ObjectMapper().readTree(file.toFile());
            var expressions = new ArrayList<String>();
            dashboard
                    .at("/annotations/list")
                    .forEach(each -> expressions.add(each.get("expr").asText()));
            for (JsonNode panel : dashboard.get("panels")) {
                panel.path("targets")
                        .forEach(each -> expressions.add(each.get("expr").asText()));
            }
            for (String expression : expressions) {
                asked++;
                if (!prometheus.hasNumbers(substituted(expression), from, to)) {
                    empty.add(file.getFileName() + ": " + expression);
                }
            }
            for (JsonNode variable : dashboard.at("/templating/list")) {
                if (variable.get("type").asText().equals("query")) {
                    asked++;
                    String query = variable.at("/query/query").asText();
                    Matcher parts = LABEL_VALUES.matcher(query);
                    assertThat(parts.matches()).as(query).isTrue();
                    JsonNode values = prometheus.ask(
                            "/api/v1/label/" + parts.group(2) + "/values", List.of("match[]", parts.group(1)));
                    if (values.isEmpty()) {
                        empty.add(file.getFileName() + ": " + query);
                    }
                }
            }
        }
        assertThat(asked).isGreaterThan(50);
        return empty;
    }

    /** As Grafana would with everything chosen; with a scrape each second, five hold enough of them. */
    private static String substituted(String expression) {
        String query = expression.replace("$__rate_interval", "5s").replaceAll("\\$(instance|group|word)", ".*");
        assertThat(query).doesNotContain("$");
        return query;
    }

    /** One model in use, which changes. */
    private final class Changing implements SpotterProvider {

        @Override
        public KeywordSpotter current() {
            return current;
        }

        @Override
        public @Nullable KeywordSpotter ofVersion(String version) {
            return first.model().version().equals(version) ? first : second;
        }
    }
}

package io.keyspike.app.cli.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyspike.app.cli.HardwareModel;
import io.keyspike.app.cli.shared.HttpOptions;
import io.keyspike.kernels.backends.Backends;
import io.keyspike.models.registry.ModelRegistry;
import io.keyspike.models.spotter.KeywordSpotter;
import io.keyspike.monitoring.Health;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServiceMonitorTest {

    @Test
    void shouldServeTheModelInUseAndFollowItsChanges() throws Exception {
        KeywordSpotter first = spotter("yes-no", 1);
        KeywordSpotter second = spotter("other", 2);
        String old = first.model().version();
        String fresh = second.model().version();
        var current = new AtomicReference<>(first);
        try (var monitor = new ServiceMonitor()) {
            monitor.follow(current::get);
            String address = monitor.serve(new HttpOptions(), () -> Health.up("running"), () -> Health.up("running"))
                    .uri("/metrics")
                    .toString();
            String before = get(address);

            current.set(second);
            monitor.changed(new ModelRegistry.Event.Swapped(old, fresh));
            monitor.changed(new ModelRegistry.Event.Refused("bad", "not a model"));
            String after = get(address);

            assertThat(before)
                    .contains("keyspike_model_info{version=\"" + old + "\"} 1")
                    .contains("keyspike_firing_rate_ratio{group=\"default\",layer=\"hidden\"} 0.0");
            assertThat(after)
                    .contains("keyspike_model_info{version=\"" + fresh + "\"} 1")
                    .doesNotContain(old)
                    .contains("keyspike_model_reloads_total{outcome=\"swapped\"} 1.0")
                    .contains("keyspike_model_reloads_total{outcome=\"refused\"} 1.0");
        }
    }

    /** Streams that are never started have meters already, so that no broker is needed. */
    @Test
    void shouldServeKafkasOwnMetersBesideOurs(@TempDir Path state) throws Exception {
        var settings = new Properties();
        settings.put(StreamsConfig.APPLICATION_ID_CONFIG, "test");
        settings.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "127.0.0.1:1");
        settings.put(StreamsConfig.STATE_DIR_CONFIG, state.toString());
        var topology = new StreamsBuilder();
        topology.stream("in").to("out");
        try (var streams = new KafkaStreams(topology.build(), settings);
                var monitor = new ServiceMonitor()) {
            monitor.watch(streams);
            String address = monitor.serve(new HttpOptions(), () -> Health.up("running"), () -> Health.up("running"))
                    .uri("/metrics")
                    .toString();

            assertThat(get(address)).contains("\nkafka_", "\nkeyspike_frames_total 0.0", "\njvm_memory_used_bytes{");
        }
    }

    private static KeywordSpotter spotter(String name, long seed) {
        return new KeywordSpotter(HardwareModel.of(name, seed), Backends.preferredSteps());
    }

    private static String get(String address) throws IOException, InterruptedException {
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(HttpRequest.newBuilder(URI.create(address)).build(), BodyHandlers.ofString())
                    .body();
        }
    }
}

package io.keyspike.app.kafka.service;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyspike.app.kafka.SharedBroker;
import io.keyspike.app.kafka.TestModels;
import io.keyspike.app.kafka.device.SpotterProvider;
import io.keyspike.monitoring.KeyspikeMeters;
import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.Meter;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.streams.KafkaStreams;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("slow")
class KafkaMetersTest {

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

    /** Each thread that joins or leaves makes the partitions be handed out anew. */
    @Test
    void shouldForgetThreadsThatAreGone(@TempDir Path folder) throws Exception {
        SharedBroker.reset();
        registry.config().meterFilter(KafkaMeters.filter());
        var config =
                ServiceConfig.at(SharedBroker.address()).withStateDir(folder).withThreads(1);
        var meters = new KeyspikeMeters(registry, Clock.SYSTEM);
        try (var service = KeywordService.start(config, SpotterProvider.fixed(TestModels.spotter("first", 1)), meters);
                var bound = KafkaMeters.bind(service.streams(), registry, Duration.ofMillis(200))) {
            service.awaitRunning(Duration.ofMinutes(2));
            String threads = "kafka.stream.thread.process.ratio";
            SharedBroker.await("meters of the thread", () -> count(threads) == 1);
            KafkaStreams streams = service.streams();
            SharedBroker.await("meters to settle", () -> kafka().size() > 100);
            int atFirst = kafka().size();
            for (int i = 0; i < 3; i++) {
                assertThat(streams.addStreamThread()).isPresent();
                SharedBroker.await("meters of a second thread", () -> count(threads) == 2);
                assertThat(streams.removeStreamThread()).isPresent();
                SharedBroker.await("the thread's meters to go", () -> count(threads) == 1);
            }

            SharedBroker.await("meters to be as few as before", () -> kafka().size() <= atFirst * 1.2);
            assertThat(kafka().stream()
                            .flatMap(m -> m.getId().getTags().stream().map(io.micrometer.core.instrument.Tag::getKey)))
                    .doesNotContain("partition", "task.id", "node.id");
            assertThat(bound).isNotNull();
        }
        assertThat(kafka()).as("closed with the service").isEmpty();
    }

    private long count(String meter) {
        return registry.find(meter).meters().size();
    }

    private List<Meter> kafka() {
        return registry.getMeters().stream()
                .filter(m -> m.getId().getName().startsWith("kafka."))
                .toList();
    }
}

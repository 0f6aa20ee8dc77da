package io.keyspike.app.kafka.query;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.keyspike.app.hearing.KeywordEvent;
import io.keyspike.app.kafka.DeviceSound;
import io.keyspike.app.kafka.SharedBroker;
import io.keyspike.app.kafka.TestModels;
import io.keyspike.app.kafka.device.DeviceState;
import io.keyspike.app.kafka.device.SpotterProvider;
import io.keyspike.app.kafka.service.KeywordService;
import io.keyspike.app.kafka.service.ServiceConfig;
import io.keyspike.models.spotter.KeywordSpotter;
import io.keyspike.monitoring.KeyspikeMeters;
import io.keyspike.monitoring.http.HttpService;
import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two instances that share the devices, asked over HTTP. */
class DeviceQueryTest {

    private static final int DEVICES = 12;
    private static final int FRAMES = 60;

    private final KeywordSpotter spotter = TestModels.spotter("first", 1);
    private final List<Instance> instances = new ArrayList<>();
    private final List<DeviceSound> sounds = new ArrayList<>();
    private final HttpClient client = HttpClient.newHttpClient();

    @TempDir
    Path folder;

    /** A service and what it answers with. */
    private record Instance(KeywordService service, HttpService http) {
        static Instance start(Path state, KeywordSpotter spotter) throws Exception {
            HttpService http = HttpService.start("127.0.0.1", 0);
            var config = ServiceConfig.at(SharedBroker.address())
                    .withStateDir(state)
                    .withThreads(1)
                    .withPeers("127.0.0.1:" + http.port(), null);
            var meters = new KeyspikeMeters(new SimpleMeterRegistry(), Clock.SYSTEM);
            var service = KeywordService.start(config, SpotterProvider.fixed(spotter), meters);
            http.add(service.devices());
            return new Instance(service, http);
        }

        String address() {
            return "127.0.0.1:" + http.port();
        }

        void stop() {
            http.close();
            service.close();
        }
    }

    @BeforeEach
    void start() throws Exception {
        SharedBroker.reset();
        instances.add(Instance.start(folder.resolve("first"), spotter));
        instances.add(Instance.start(folder.resolve("second"), spotter));
        for (int d = 0; d < DEVICES; d++) {
            sounds.add(DeviceSound.of(d, FRAMES));
        }
        send();
        SharedBroker.await(
                "each instance to serve half, and to follow the other half",
                () -> instances.stream().allMatch(DeviceQueryTest::hasItsShare));
    }

    private static boolean hasItsShare(Instance instance) {
        var now = instance.service().ready();
        return now.up()
                && Objects.equals(now.details().get("partitions"), 2)
                && Objects.equals(now.details().get("standbyPartitions"), 2);
    }

    @SuppressWarnings("FutureReturnValueIgnored") // what is missing is missed by the test
    private void send() {
        var settings = Map.<String, Object>of("bootstrap.servers", SharedBroker.address());
        try (var producer = new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
            for (DeviceSound sound : sounds) {
                for (int i = 0; i < FRAMES; i++) {
                    producer.send(sound.record(i));
                }
            }
            producer.flush();
        }
    }

    @AfterEach
    void stop() {
        instances.forEach(Instance::stop);
        client.close();
    }

    @Test
    void shouldTellOfEveryDeviceWhicheverInstanceIsAskedAndFromACopyWhenItsInstanceIsGone() throws Exception {
        Instance first = instances.getFirst();
        Instance second = instances.getLast();
        var servedBy = new java.util.HashMap<String, String>();
        for (DeviceSound sound : sounds) {
            SharedBroker.await(
                    "all sound of " + sound.device(),
                    () -> device(first, sound.device()).path("lastSequence").asLong(-1) == FRAMES - 1);
            JsonNode state = device(first, sound.device());
            List<KeywordEvent.Identity> events = sound.expected(spotter);

            assertThat(state.path("device").asText()).isEqualTo(sound.device());
            assertThat(state.path("role").asText()).isEqualTo("active");
            assertThat(state.path("stale").asBoolean()).isFalse();
            assertThat(state.path("model").asText()).isEqualTo(spotter.model().version());
            assertThat(state.path("sessionId").asText()).isEqualTo("%016x".formatted(sound.session()));
            assertThat(state.path("firingRates")).hasSize(2);
            assertThat(state.path("recentEvents")).hasSize(Math.min(DeviceState.RECENT_EVENTS, events.size()));
            assertThat(state.path("recentEvents").path(0).path("samplePosition").asLong())
                    .isEqualTo(position(events.get(Math.max(0, events.size() - DeviceState.RECENT_EVENTS))));
            servedBy.put(sound.device(), state.path("instance").asText());
            assertThat(device(second, sound.device()).path("instance").asText())
                    .isEqualTo(state.path("instance").asText());
        }
        assertThat(servedBy.values()).contains(first.address(), second.address());
        assertThat(names(first, "?limit=5")).hasSize(5);
        assertThat(names(first, "")).isEqualTo(names(second, "")).hasSize(DEVICES);
        assertThat(names(second, "?prefix=device-00")).hasSize(10);
        assertThat(first.service().elsewhere("", 1_000).instances())
                .as("the page's list of devices that another instance hears")
                .isEqualTo(servedBy.entrySet().stream()
                        .filter(entry -> entry.getValue().equals(second.address()))
                        .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue)));
        assertThat(first.service().elsewhere("VICE-0", 2).instances()).hasSizeLessThanOrEqualTo(2);
        assertThat(get(first, "/devices/nobody").statusCode()).isEqualTo(404);
        assertThat(get(first, "/devices/" + "x".repeat(257)).statusCode()).isEqualTo(400);
        assertThat(get(first, "/devices?limit=1001").statusCode()).isEqualTo(400);

        // A commit comes a second after the last at the latest, and what is committed reaches the copies.
        second.stop();
        for (DeviceSound sound : sounds) {
            boolean lost = second.address().equals(servedBy.get(sound.device()));
            JsonNode state = device(first, sound.device());
            assertThat(state.path("lastSequence").asLong()).isEqualTo(FRAMES - 1);
            assertThat(state.path("instance").asText()).isEqualTo(first.address());
            assertThat(state.path("stale").asBoolean()).isEqualTo(lost);
            if (lost) {
                assertThat(state.path("role").asText()).isEqualTo("standby");
                assertThat(state.path("lagRecords").asLong(-1)).isNotNegative();
            }
        }
        JsonNode listing = body(get(first, "/devices"));
        assertThat(listing.path("incomplete").asBoolean()).isTrue();
        assertThat(listing.path("devices").size()).isBetween(1, DEVICES - 1);
        assertThat(first.service().elsewhere("", 10).incomplete()).isTrue();
    }

    private static long position(KeywordEvent.Identity event) {
        return Long.parseLong(event.id().split("/", -1)[2]);
    }

    private JsonNode device(Instance asked, String device) {
        return body(get(asked, "/devices/" + device));
    }

    private List<String> names(Instance asked, String query) {
        var names = new ArrayList<String>();
        body(get(asked, "/devices" + query))
                .path("devices")
                .forEach(d -> names.add(d.path("device").asText()));
        return names;
    }

    private HttpResponse<String> get(Instance asked, String path) {
        try {
            return client.send(
                    HttpRequest.newBuilder(asked.http().uri(path)).build(), HttpResponse.BodyHandlers.ofString());
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private static JsonNode body(HttpResponse<String> response) {
        try {
            return new ObjectMapper().readTree(response.body());
        } catch (Exception e) {
            throw new AssertionError(response.body(), e);
        }
    }
}

package io.keyspike.app.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keyspike.app.hearing.Sensitivity;
import io.keyspike.app.kafka.SharedBroker;
import io.keyspike.app.kafka.TestModels;
import io.keyspike.app.kafka.device.SpotterProvider;
import io.keyspike.app.kafka.device.TunedSpotters;
import io.keyspike.app.kafka.wire.BrokerException;
import io.keyspike.app.kafka.wire.Topics;
import io.keyspike.kernels.StepKernels;
import io.keyspike.kernels.backends.Backends;
import io.keyspike.models.KeywordModel;
import io.keyspike.models.file.ModelFileException;
import io.keyspike.models.file.ModelFiles;
import io.keyspike.models.registry.ModelRegistry.Event;
import io.keyspike.models.spotter.KeywordSpotter;
import io.keyspike.monitoring.KeyspikeMeters;
import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InvalidTxnStateException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The topics of models and of settings on a real broker: what commands write there, and what a service makes of it. */
class ClusterModelsTest {

    private static final StepKernels KERNELS = Backends.stepsNamed("scalar");
    private static final Map<String, String> SETTINGS = Map.of("bootstrap.servers", SharedBroker.address());

    private final KeywordModel first = TestModels.model("first", 1);
    private final KeywordModel second = TestModels.model("second", 2);
    private final KeywordModel third = TestModels.model("third", 3);
    private final KeywordSpotter standIn = TestModels.spotter("stand-in", 9);
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final List<Event> events = new CopyOnWriteArrayList<>();
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");
    private final PublishedModels models = new PublishedModels(SETTINGS, KERNELS, this::tick);

    @TempDir
    Path folder;

    private Instant tick() {
        now = now.plusSeconds(1);
        return now;
    }

    @BeforeEach
    void emptyTopics() throws Exception {
        SharedBroker.clear();
        ClusterSettings.createTopics(SETTINGS);
    }

    @Test
    void shouldSwapInEveryServiceToWhatIsPublishedAndChosen() throws Exception {
        publish(first);
        publish(second);
        models.use("first");
        try (ClusterSettings one = follow();
                ClusterSettings other = follow()) {
            assertThat(version(one)).as("from before the start").isEqualTo(first.version());

            models.use(second.version());
            awaitVersion(one, second);
            awaitVersion(other, second);

            assertThat(models.rollback()).isEqualTo(first.version());
            awaitVersion(one, first);
            awaitVersion(other, first);
        }
        assertThat(events).contains(new Event.Swapped(first.version(), second.version()));
        assertThatThrownBy(models::rollback)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("an earlier model");
        try (ClusterSettings late = follow()) {
            assertThat(version(late)).isEqualTo(first.version());
        }
    }

    @Test
    void shouldCarryAModelOfManyPiecesAndHearAsTheFileDoes() throws Exception {
        byte[] file = file(first);
        int piece = 1_000;
        put(chunks(file, piece));
        put(new ProducerRecord<>(
                ModelsTopic.NAME,
                ModelsTopic.key("model/" + first.version()),
                new ModelManifest(
                                first.version(),
                                ModelFetch.sha256(file),
                                file.length,
                                Math.ceilDiv(file.length, piece),
                                now)
                        .encode()));

        assertThat(models.file("first")).isEqualTo(file);
        models.use("first");
        try (ClusterSettings service = follow()) {
            short[] sound = TestModels.sound(5, 32_000);
            assertThat(TestModels.hear(service.spotters().current(), sound))
                    .isEqualTo(TestModels.hear(TestModels.spotter("first", 1), sound))
                    .isNotEmpty();
        }
    }

    @Test
    void shouldNeverUseAModelThatIsHalfWrittenOrDamaged() throws Exception {
        publish(first);
        models.use("first");
        byte[] file = file(second);
        String sha256 = ModelFetch.sha256(file);
        int pieces = Math.ceilDiv(file.length, 1_000);
        var pieceRecords = chunks(file, 1_000);
        put(pieceRecords.subList(0, pieces - 1));
        assertThat(models.list()).as("pieces alone are no model").hasSize(1);
        put(manifest(second, sha256, file.length, pieces));

        assertThatThrownBy(() -> models.use("second"))
                .isInstanceOf(ModelFileException.class)
                .hasMessageContaining("expected " + pieces + " chunks, found no chunk " + (pieces - 1));

        try (ClusterSettings service = follow()) {
            // What a writer that does not check would do.
            put(choice(second));
            SharedBroker.await("the refusal", () -> !refusals().isEmpty());
            assertThat(version(service)).isEqualTo(first.version());
            assertThat(refusals().getFirst()).contains(second.version(), "no chunk " + (pieces - 1));

            byte[] damaged = file.clone();
            damaged[damaged.length - 3] ^= 1;
            put(chunks(damaged, 1_000, sha256).get(pieces - 1));
            SharedBroker.await("the second refusal", () -> refusals().size() > 1);
            assertThat(version(service)).isEqualTo(first.version());
            assertThat(refusals().get(1)).contains("of SHA-256 " + sha256);
        }
    }

    @Test
    void shouldRefuseAModelThatIsNoneBeforeAnythingIsWritten() throws Exception {
        byte[] file = file(first);
        file[file.length - 1] ^= 1;
        assertThatThrownBy(() -> models.publish(file, "bad.safetensors"))
                .isInstanceOf(ModelFileException.class)
                .hasMessageContaining("bad.safetensors");
        assertThat(models.list()).isEmpty();
        assertThatThrownBy(() -> models.use("first"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'first'");
    }

    @Test
    void shouldTakeAwayModelsThatNobodyNeedsWithAllTheirPieces() throws Exception {
        publish(first);
        publish(second);
        publish(third);
        models.use("first");
        models.shadow("second");
        new DeviceConfigs(SETTINGS).change("kitchen", c -> new DeviceConfig(null, third.version(), Map.of()));
        for (KeywordModel needed : List.of(first, second, third)) {
            assertThatThrownBy(() -> models.remove(needed.name()))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining(needed.version());
        }

        models.endShadow();
        models.remove("second");

        assertThat(models.list().stream().map(PublishedModels.Entry::version))
                .containsExactly(first.version(), third.version());
        var index = new ModelsIndex();
        CompactedTopic.read(SETTINGS, ModelsTopic.NAME, index::apply);
        assertThat(index.chunks(ModelFetch.sha256(file(second)))).isEmpty();
    }

    /** As a broker with much to do does now and then, at the send or at the commit. */
    @Test
    void shouldMakeAChangeAnewWhoseTransactionTheBrokerLost() {
        var asked = new AtomicInteger();
        List<ProducerRecord<byte[], byte[]>> records = List.of(new ProducerRecord<>(
                DeviceConfigs.TOPIC, key("kitchen"), "{\"group\":\"up\"}".getBytes(StandardCharsets.UTF_8)));
        CompactedTopic.change(SETTINGS, DeviceConfigs.TOPIC, () -> {
            if (asked.incrementAndGet() < 3) {
                throw new KafkaException("in an error state", new InvalidTxnStateException("lost"));
            }
            return records;
        });
        assertThat(asked.get()).isEqualTo(3);
        assertThat(new DeviceConfigs(SETTINGS).list()).containsOnlyKeys("kitchen");

        asked.set(0);
        assertThatThrownBy(() -> CompactedTopic.change(SETTINGS, DeviceConfigs.TOPIC, () -> {
                    asked.incrementAndGet();
                    throw new InvalidTxnStateException("lost for good");
                }))
                .isInstanceOf(BrokerException.class)
                .hasMessage("the broker rejected the change to " + DeviceConfigs.TOPIC + ": lost for good");
        assertThat(asked.get()).isEqualTo(3);
    }

    @Test
    void shouldShutOutAChangeThatAnotherOneOvertook() {
        assertThatThrownBy(() -> CompactedTopic.change(SETTINGS, DeviceConfigs.TOPIC, () -> {
                    new DeviceConfigs(SETTINGS).change("kitchen", c -> new DeviceConfig("down", null, Map.of()));
                    return List.of(new ProducerRecord<>(
                            DeviceConfigs.TOPIC,
                            key("kitchen"),
                            "{\"group\":\"up\"}".getBytes(StandardCharsets.UTF_8)));
                }))
                .hasMessageContaining("at the same time");
        assertThat(new DeviceConfigs(SETTINGS).list())
                .containsOnlyKeys("kitchen")
                .satisfies(c -> assertThat(c.get("kitchen")).isEqualTo(new DeviceConfig("down", null, Map.of())));
    }

    @Test
    void shouldGiveEachDeviceItsModelAndThresholdsLive() throws Exception {
        publish(first);
        publish(second);
        models.use("first");
        var configs = new DeviceConfigs(SETTINGS);
        configs.change(
                "group:down",
                c -> new DeviceConfig(
                        null,
                        second.version(),
                        Map.of("second-alpha", Optional.of(0.9f), "no-word", Optional.of(0.1f))));
        for (String device : List.of("kitchen", "hall")) {
            configs.change(device, c -> new DeviceConfig("down", null, Map.of()));
        }
        configs.change("attic", c -> new DeviceConfig(null, null, Map.of("first-beta", Optional.empty())));
        try (ClusterSettings service = follow()) {
            SpotterProvider spotters = service.spotters();
            assertThat(spotters.forDevice("unknown")).isSameAs(spotters.current());
            assertThat(spotters.forDevice("kitchen")).isSameAs(spotters.forDevice("hall"));
            assertThat(spotters.forDevice("kitchen").model().version()).isEqualTo(second.version());
            assertThat(thresholds(spotters, "kitchen"))
                    .isEqualTo(Map.of("second-alpha", 0.9f, "second-beta", 0.45f, "second-gamma", 0.45f));
            assertThat(thresholds(spotters, "attic")).containsOnlyKeys("first-alpha", "first-gamma");
            assertThat(spotters.group("kitchen")).isEqualTo("down");

            configs.change("kitchen", c -> new DeviceConfig("down", null, Map.of("second-alpha", Optional.of(0.2f))));
            SharedBroker.await(
                    "the threshold",
                    () -> Float.valueOf(0.2f)
                            .equals(thresholds(spotters, "kitchen").get("second-alpha")));
            assertThat(thresholds(spotters, "hall")).containsEntry("second-alpha", 0.9f);

            KeywordSpotter hall = spotters.forDevice("hall");
            models.use("second");
            awaitVersion(service, second);
            SharedBroker.await("attic follows", () -> spotters.forDevice("attic") == spotters.current());
            assertThat(spotters.forDevice("hall"))
                    .as("what stays the same stays the same object")
                    .isSameAs(hall);

            configs.change("hall", c -> DeviceConfig.NONE);
            SharedBroker.await("hall is as others", () -> spotters.forDevice("hall") == spotters.current());
        }
    }

    @Test
    void shouldKeepTheEarlierSettingsWhereNewOnesAreMalformed() throws Exception {
        var configs = new DeviceConfigs(SETTINGS);
        configs.change("kitchen", c -> new DeviceConfig(null, null, Map.of("stand-in-alpha", Optional.of(0.2f))));
        try (ClusterSettings service = follow()) {
            for (String malformed : List.of(
                    "{\"treshold\":1}",
                    "{\"thresholds\":{\"stand-in-alpha\":7}}",
                    "{\"model\":\"../../etc\"}",
                    "[]",
                    "{",
                    "\u0000")) {
                put(new ProducerRecord<>(
                        DeviceConfigs.TOPIC, key("kitchen"), malformed.getBytes(StandardCharsets.UTF_8)));
            }
            SharedBroker.await("all refused", () -> refusedConfigs() == 6);
            assertThat(thresholds(service.spotters(), "kitchen")).containsEntry("stand-in-alpha", 0.2f);
        }
    }

    @Test
    void shouldSayThatAPinnedModelIsMissingAndUseItOnceItIsThere() throws Exception {
        publish(first);
        models.use("first");
        new DeviceConfigs(SETTINGS).change("kitchen", c -> new DeviceConfig(null, second.version(), Map.of()));
        try (ClusterSettings service = follow()) {
            assertThat(service.spotters().forDevice("kitchen"))
                    .isSameAs(service.spotters().current());
            assertThat(unpinned()).isEqualTo(1);

            publish(second);
            SharedBroker.await(
                    "the pinned model",
                    () -> service.spotters()
                            .forDevice("kitchen")
                            .model()
                            .version()
                            .equals(second.version()));
            assertThat(unpinned()).isZero();
            assertThat(service.spotters().ofVersion(second.version()))
                    .isSameAs(service.spotters().forDevice("kitchen"));
        }
    }

    @Test
    void shouldStandInAsLongAsNothingIsChosenAndWithoutTopics() throws Exception {
        SharedBroker.reset();
        ClusterSettings.createTopics(SETTINGS);
        publish(first);
        try (ClusterSettings service = follow()) {
            assertThat(service.modelsFromTopic()).isTrue();
            assertThat(service.spotters().current()).isSameAs(standIn);
            assertThat(service.spotters().shadow()).isNull();
            models.shadow("first");
            SharedBroker.await("the refusal without a topic", () -> refusals().size() == 1);
            assertThat(refusals().getFirst()).contains(Topics.SHADOW_EVENTS);
            PublishedModels.createShadowTopic(SETTINGS);
            models.endShadow();
            models.shadow("first");
            SharedBroker.await("the shadow", () -> service.spotters().shadow() != null);
            models.endShadow();
            SharedBroker.await("the shadow's end", () -> service.spotters().shadow() == null);
        }
        SharedBroker.clear();
        try (ClusterSettings service = follow()) {
            assertThat(service.modelsFromTopic()).isFalse();
            assertThat(service.spotters().forDevice("any")).isSameAs(standIn);
        }
    }

    private ClusterSettings follow() throws InterruptedException {
        return ClusterSettings.follow(
                SETTINGS,
                SpotterProvider.fixed(standIn),
                new TunedSpotters(Sensitivity.OF_MODEL),
                KERNELS,
                true,
                new KeyspikeMeters(registry, Clock.SYSTEM),
                events::add);
    }

    private void publish(KeywordModel model) throws IOException {
        assertThat(models.publish(file(model), model.name())).isEqualTo(model.version());
    }

    private byte[] file(KeywordModel model) throws IOException {
        Path file = folder.resolve(model.name() + ".safetensors");
        ModelFiles.write(file, model);
        return Files.readAllBytes(file);
    }

    private static String version(ClusterSettings service) {
        return service.spotters().current().model().version();
    }

    private static void awaitVersion(ClusterSettings service, KeywordModel model) {
        SharedBroker.await(model.version(), () -> version(service).equals(model.version()));
    }

    private static Map<String, Float> thresholds(SpotterProvider spotters, String device) {
        return spotters.forDevice(device).model().decision().thresholds();
    }

    private List<String> refusals() {
        return events.stream()
                .filter(Event.Refused.class::isInstance)
                .map(e -> ((Event.Refused) e).reason())
                .toList();
    }

    private double refusedConfigs() {
        return registry.get("keyspike.config.refusals").counter().count();
    }

    private double unpinned() {
        return registry.get("keyspike.unpinned.devices").gauge().value();
    }

    private static byte[] key(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static List<ProducerRecord<byte[], byte[]>> chunks(byte[] file, int piece) {
        return chunks(file, piece, ModelFetch.sha256(file));
    }

    private static List<ProducerRecord<byte[], byte[]>> chunks(byte[] file, int piece, String sha256) {
        return java.util.stream.IntStream.range(0, Math.ceilDiv(file.length, piece))
                .mapToObj(i -> new ProducerRecord<>(
                        ModelsTopic.NAME,
                        key(ModelsTopic.chunkKey(sha256, i)),
                        java.util.Arrays.copyOfRange(file, i * piece, Math.min(file.length, (i + 1) * piece))))
                .toList();
    }

    private ProducerRecord<byte[], byte[]> manifest(KeywordModel model, String sha256, int bytes, int pieces) {
        return new ProducerRecord<>(
                ModelsTopic.NAME,
                key("model/" + model.version()),
                new ModelManifest(model.version(), sha256, bytes, pieces, now).encode());
    }

    private ProducerRecord<byte[], byte[]> choice(KeywordModel model) {
        return new ProducerRecord<>(
                ModelsTopic.NAME, key("current"), new ModelChoice(model.version(), List.of(), now).encode());
    }

    private static void put(ProducerRecord<byte[], byte[]> record) {
        put(List.of(record));
    }

    private static void put(List<ProducerRecord<byte[], byte[]>> records) {
        try (var producer = new KafkaProducer<>(
                Map.copyOf(SharedBroker.settings()), new ByteArraySerializer(), new ByteArraySerializer())) {
            for (ProducerRecord<byte[], byte[]> record : records) {
                var unused = producer.send(record);
            }
        }
    }
}

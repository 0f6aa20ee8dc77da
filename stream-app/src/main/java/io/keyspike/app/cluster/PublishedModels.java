package io.keyspike.app.cluster;

import io.keyspike.app.kafka.wire.BrokerException;
import io.keyspike.app.kafka.wire.Topics;
import io.keyspike.kernels.StepKernels;
import io.keyspike.models.KeywordModel;
import io.keyspike.models.description.Spelling;
import io.keyspike.models.file.ModelFileException;
import io.keyspike.models.file.ModelFiles;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/**
 * The models of a cluster, for administration: lists them, and makes the changes that every service follows. A model is
 * fetched, checked and run once before it is activated.
 */
public final class PublishedModels {

    private final Map<String, String> settings;
    private final StepKernels kernels;
    private final InstantSource clock;

    /** A model as a listing shows it. */
    public record Entry(String version, int bytes, Instant publishedAt, boolean inUse, boolean shadow) {}

    /** @param settings of a Kafka client, {@code bootstrap.servers} at least */
    public PublishedModels(Map<String, String> settings, StepKernels kernels, InstantSource clock) {
        this.settings = Map.copyOf(settings);
        this.kernels = kernels;
        this.clock = clock;
    }

    /** Creates the models topic if it does not exist. @throws BrokerException if the broker refuses */
    public static void createTopic(Map<String, String> settings) {
        CompactedTopic.create(settings, ModelsTopic.NAME);
    }

    /**
     * Creates the topic of shadow events if it does not exist, with as many partitions as the topic of events.
     *
     * @throws BrokerException if the broker refuses
     */
    public static void createShadowTopic(Map<String, String> settings) {
        Topics.createLike(settings, Topics.SHADOW_EVENTS, Topics.KEYWORD_EVENTS);
    }

    /** All models, by version. @throws BrokerException if there is no models topic */
    public List<Entry> list() {
        ModelsIndex index = index();
        ModelChoice current = index.current();
        ModelChoice shadow = index.shadow();
        return index.manifests().values().stream()
                .map(m -> new Entry(
                        m.version(),
                        m.bytes(),
                        m.publishedAt(),
                        current != null && current.version().equals(m.version()),
                        shadow != null && shadow.version().equals(m.version())))
                .toList();
    }

    /** When the current shadow model was set; null if there is none. */
    public @Nullable Instant shadowSince() {
        ModelChoice shadow = index().shadow();
        return shadow == null ? null : shadow.changedAt();
    }

    /**
     * Publishes a model file without activating it. Replaces an existing file of the same version.
     *
     * @param origin names the file in errors
     * @return the model's version
     * @throws ModelFileException if it is not a valid audio model
     */
    public String publish(byte[] file, String origin) throws ModelFileException {
        KeywordModel model = ModelFiles.parse(file, origin);
        ModelFetch.running(model, kernels, origin);
        String sha256 = ModelFetch.sha256(file);
        int chunks = Math.ceilDiv(file.length, ModelsTopic.CHUNK_BYTES);
        var manifest = new ModelManifest(model.version(), sha256, file.length, chunks, clock.instant());
        change(index -> {
            var records = new ArrayList<ProducerRecord<byte[], byte[]>>();
            for (int i = 0; i < chunks; i++) {
                int from = i * ModelsTopic.CHUNK_BYTES;
                records.add(record(
                        ModelsTopic.chunkKey(sha256, i),
                        Arrays.copyOfRange(file, from, Math.min(file.length, from + ModelsTopic.CHUNK_BYTES))));
            }
            records.add(record(ModelsTopic.MODEL + model.version(), manifest.encode()));
            ModelManifest before = index.manifests().get(model.version());
            if (before != null && !before.sha256().equals(sha256)) {
                records.addAll(tombstones(index, before));
            }
            return records;
        });
        return model.version();
    }

    /**
     * Activates a model in every service of the cluster.
     *
     * @param model a version, or a name for its most recently published version
     * @return its version
     * @throws ModelFileException if it is incomplete or invalid; the active model stays
     * @throws IllegalArgumentException listing the available models, if it is not one of them
     */
    public String use(String model) throws ModelFileException {
        return choose(ModelsTopic.CURRENT, index -> resolve(index, model));
    }

    /**
     * Sets the shadow model in every service of the cluster.
     *
     * @return its version
     * @throws ModelFileException if it is incomplete or invalid
     * @throws IllegalArgumentException listing the available models, if it is not one of them
     */
    public String shadow(String model) throws ModelFileException {
        return choose(ModelsTopic.SHADOW, index -> resolve(index, model));
    }

    /** Removes the shadow model. */
    public void endShadow() {
        change(index -> List.of(record(ModelsTopic.SHADOW, null)));
    }

    /**
     * Goes back to the previously active model; called again, to the one before that. Removed models are skipped.
     *
     * @return its version
     * @throws IllegalStateException if there was none
     * @throws ModelFileException if it is no longer valid; the active model stays
     */
    public String rollback() throws ModelFileException {
        ModelsIndex seen = index();
        ModelChoice back = before(seen);
        fetch(seen, resolve(seen, back.version()));
        change(index -> List.of(record(ModelsTopic.CURRENT, before(index).encode())));
        return back.version();
    }

    /**
     * Removes a model.
     *
     * @param model a version, or a name for its most recently published version
     * @return its version
     * @throws IllegalStateException if it is the active or the shadow model, or a device is pinned to it
     */
    public String remove(String model) {
        String version = resolve(index(), model).version();
        List<String> pinned = CompactedTopic.exists(settings, DeviceConfigs.TOPIC)
                ? new DeviceConfigs(settings).pinnedTo(version)
                : List.of();
        if (!pinned.isEmpty()) {
            throw new IllegalStateException(
                    "expected an unused model, found " + version + " with devices pinned to it: " + pinned);
        }
        change(index -> {
            ModelManifest manifest = index.manifests().get(version);
            if (manifest == null || isChosen(index.current(), version) || isChosen(index.shadow(), version)) {
                throw new IllegalStateException("expected an unused model, found " + version
                        + (manifest == null ? " removed" : " in use as the active or the shadow model"));
            }
            var records = new ArrayList<ProducerRecord<byte[], byte[]>>();
            records.add(record(ModelsTopic.MODEL + version, null));
            records.addAll(tombstones(index, manifest));
            return records;
        });
        return version;
    }

    /** The file of a published model. @throws IllegalArgumentException if it is not a published model */
    public byte[] file(String model) throws ModelFileException {
        ModelsIndex index = index();
        ModelManifest manifest = resolve(index, model);
        return ModelFetch.file(settings, manifest, index.chunks(manifest.sha256()));
    }

    /** Resolves a name or version. @throws IllegalArgumentException listing the available models, if there is none */
    public String resolve(String model) {
        return resolve(index(), model).version();
    }

    private static boolean isChosen(@Nullable ModelChoice choice, String version) {
        return choice != null && choice.version().equals(version);
    }

    private static ModelManifest resolve(ModelsIndex index, String model) {
        ModelManifest exact = index.manifests().get(model);
        if (exact != null) {
            return exact;
        }
        return index.manifests().values().stream()
                .filter(m -> m.name().equals(model))
                .max(Comparator.comparing(ModelManifest::publishedAt))
                .orElseThrow(() -> new IllegalArgumentException("expected one of the models in " + ModelsTopic.NAME
                        + ", " + index.manifests().keySet() + ", found '" + model + "'"
                        + Spelling.hint(
                                model,
                                index.manifests().values().stream()
                                        .map(ModelManifest::name)
                                        .toList())));
    }

    private String choose(String key, Function<ModelsIndex, ModelManifest> chosen) throws ModelFileException {
        ModelsIndex seen = index();
        ModelManifest manifest = chosen.apply(seen);
        fetch(seen, manifest);
        change(index -> {
            ModelManifest still = index.manifests().get(manifest.version());
            if (!manifest.equals(still)) {
                throw new IllegalStateException(
                        "expected " + manifest.version() + " as it was checked, but it has changed since");
            }
            ModelChoice before = key.equals(ModelsTopic.CURRENT) ? index.current() : null;
            ModelChoice next = before == null
                    ? new ModelChoice(manifest.version(), List.of(), clock.instant())
                    : before.then(manifest.version(), clock.instant());
            return List.of(record(key, next.encode()));
        });
        return manifest.version();
    }

    /** The choice to roll back to, with the earlier ones as its history. */
    private ModelChoice before(ModelsIndex index) {
        ModelChoice current = index.current();
        var history = new ArrayList<>(current == null ? List.of() : current.history());
        while (!history.isEmpty()) {
            String version = history.removeLast();
            if (index.manifests().containsKey(version) && !isChosen(current, version)) {
                return new ModelChoice(version, history, clock.instant());
            }
        }
        throw new IllegalStateException(ModelsTopic.NAME + ": expected an earlier model to roll back to, found none");
    }

    private void fetch(ModelsIndex index, ModelManifest manifest) throws ModelFileException {
        ModelFetch.spotter(settings, manifest, index.chunks(manifest.sha256()), kernels);
    }

    private static List<ProducerRecord<byte[], byte[]>> tombstones(ModelsIndex index, ModelManifest manifest) {
        return index.chunks(manifest.sha256()).keySet().stream()
                .map(i -> record(ModelsTopic.chunkKey(manifest.sha256(), i), null))
                .toList();
    }

    private void change(Function<ModelsIndex, List<ProducerRecord<byte[], byte[]>>> change) {
        CompactedTopic.change(settings, ModelsTopic.NAME, () -> change.apply(index()));
    }

    private ModelsIndex index() {
        var index = new ModelsIndex();
        CompactedTopic.read(settings, ModelsTopic.NAME, record -> {
            try {
                index.apply(record);
            } catch (IllegalArgumentException e) {
                // A service logs it; here it only means that the record is ignored.
            }
        });
        return index;
    }

    private static ProducerRecord<byte[], byte[]> record(String key, byte @Nullable [] value) {
        return new ProducerRecord<>(ModelsTopic.NAME, ModelsTopic.key(key), value);
    }
}

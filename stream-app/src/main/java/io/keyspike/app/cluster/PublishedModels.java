package io.keyspike.app.cluster;

import io.keyspike.app.kafka.wire.BrokerException;
import io.keyspike.app.kafka.wire.Topics;
import io.keyspike.kernels.StepKernels;
import io.keyspike.models.KeywordModel;
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
 * The models of a cluster, for whoever administers it: what there is, and the changes that every service follows. A model
 * is fetched, checked and run once before it is chosen.
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

    /** Creates the topic of models if it is not there. @throws BrokerException if the broker refuses */
    public static void createTopic(Map<String, String> settings) {
        CompactedTopic.create(settings, ModelsTopic.NAME);
    }

    /**
     * Creates the topic of the shadow's events if it is not there, with as many partitions as that of events has.
     *
     * @throws BrokerException if the broker refuses
     */
    public static void createShadowTopic(Map<String, String> settings) {
        Topics.createLike(settings, Topics.SHADOW_EVENTS, Topics.KEYWORD_EVENTS);
    }

    /** All models, by version. @throws BrokerException if there is no topic of models */
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

    /** When the shadow that listens now was chosen; null where none listens. */
    public @Nullable Instant shadowSince() {
        ModelChoice shadow = index().shadow();
        return shadow == null ? null : shadow.changedAt();
    }

    /**
     * Publishes a model file; does not take it into use. A file of a version that is there already takes its place.
     *
     * @param origin names the file in errors
     * @return the model's version
     * @throws ModelFileException if it is not a valid model that hears sound
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
     * Takes a model into use, in every service of the cluster.
     *
     * @param model a version, or a name: then the one published last under it
     * @return its version
     * @throws ModelFileException if it is not whole and valid; the one in use stays
     * @throws IllegalArgumentException naming the models there are, if it is not among them
     */
    public String use(String model) throws ModelFileException {
        return choose(ModelsTopic.CURRENT, index -> resolve(index, model));
    }

    /**
     * Lets a model listen beside the one in use, in every service of the cluster.
     *
     * @return its version
     * @throws ModelFileException if it is not whole and valid
     * @throws IllegalArgumentException naming the models there are, if it is not among them
     */
    public String shadow(String model) throws ModelFileException {
        return choose(ModelsTopic.SHADOW, index -> resolve(index, model));
    }

    /** No model listens beside the one in use any more. */
    public void endShadow() {
        change(index -> List.of(record(ModelsTopic.SHADOW, null)));
    }

    /**
     * Back to the model in use before; asked again, to the one before that. Models that were taken away are passed over.
     *
     * @return its version
     * @throws IllegalStateException if there was none
     * @throws ModelFileException if it is not valid any more; the one in use stays
     */
    public String rollback() throws ModelFileException {
        ModelsIndex seen = index();
        ModelChoice back = before(seen);
        fetch(seen, resolve(seen, back.version()));
        change(index -> List.of(record(ModelsTopic.CURRENT, before(index).encode())));
        return back.version();
    }

    /**
     * Takes a model away.
     *
     * @param model a version, or a name: then the one published last under it
     * @return its version
     * @throws IllegalStateException if it is in use, listens as the shadow, or a device is pinned to it
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

    /** The file of a published model. @throws IllegalArgumentException naming the models there are, if it is none */
    public byte[] file(String model) throws ModelFileException {
        ModelsIndex index = index();
        ModelManifest manifest = resolve(index, model);
        return ModelFetch.file(settings, manifest, index.chunks(manifest.sha256()));
    }

    /** The version meant by a name or a version. @throws IllegalArgumentException naming the models there are */
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
                        + ", " + index.manifests().keySet() + ", found '" + model + "'"));
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

    /** The choice to go back to, with what was before it as its history. */
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
                // A service says so in its log; here it only means that the record counts for nothing.
            }
        });
        return index;
    }

    private static ProducerRecord<byte[], byte[]> record(String key, byte @Nullable [] value) {
        return new ProducerRecord<>(ModelsTopic.NAME, ModelsTopic.key(key), value);
    }
}

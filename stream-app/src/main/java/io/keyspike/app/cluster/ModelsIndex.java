package io.keyspike.app.cluster;

import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * The contents of {@link ModelsTopic}, updated record by record. Only the locations of chunks are kept, so following the
 * topic takes hardly any memory however many models it holds. Not thread-safe.
 */
final class ModelsIndex {

    /** Location of a record. */
    record Place(TopicPartition partition, long offset) {}

    private final TreeMap<String, ModelManifest> manifests = new TreeMap<>();
    private final Map<String, SortedMap<Integer, Place>> chunks = new HashMap<>();
    private @Nullable ModelChoice current;
    private @Nullable ModelChoice shadow;

    /**
     * Adds a record.
     *
     * @throws IllegalArgumentException if it is not one of those that {@link ModelsTopic} defines; nothing has changed then
     */
    void apply(ConsumerRecord<byte[], byte[]> record) {
        byte[] value = record.value();
        String key = record.key() == null ? "" : new String(record.key(), StandardCharsets.UTF_8);
        if (key.equals(ModelsTopic.CURRENT)) {
            current = value == null ? null : ModelChoice.decode(value);
        } else if (key.equals(ModelsTopic.SHADOW)) {
            shadow = value == null ? null : ModelChoice.decode(value);
        } else if (key.startsWith(ModelsTopic.MODEL)) {
            manifest(key.substring(ModelsTopic.MODEL.length()), value);
        } else if (key.startsWith(ModelsTopic.CHUNK)) {
            chunk(key.substring(ModelsTopic.CHUNK.length()), record);
        } else {
            throw new IllegalArgumentException(ModelsTopic.NAME
                    + ": expected a key such as 'current' or 'model/NAME@DIGITS', found '" + key + "'");
        }
    }

    private void manifest(String version, byte @Nullable [] value) {
        if (value == null) {
            manifests.remove(version);
            return;
        }
        ModelManifest manifest = ModelManifest.decode(value);
        if (!manifest.version().equals(version)) {
            throw new IllegalArgumentException(
                    "manifest: expected version " + version + " as the key says, found " + manifest.version());
        }
        manifests.put(version, manifest);
    }

    private void chunk(String rest, ConsumerRecord<byte[], byte[]> record) {
        int slash = rest.indexOf('/');
        int index;
        try {
            index = Integer.parseInt(rest.substring(slash + 1));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("chunk: expected a key chunk/SHA256/INDEX, found chunk/" + rest, e);
        }
        String sha256 = rest.substring(0, Math.max(0, slash));
        if (record.value() != null) {
            chunks.computeIfAbsent(sha256, digest -> new TreeMap<>())
                    .put(index, new Place(new TopicPartition(record.topic(), record.partition()), record.offset()));
        } else if (chunks.containsKey(sha256)) {
            SortedMap<Integer, Place> left = chunks.get(sha256);
            left.remove(index);
            if (left.isEmpty()) {
                chunks.remove(sha256);
            }
        }
    }

    /** All completely published models, by version. */
    SortedMap<String, ModelManifest> manifests() {
        return Collections.unmodifiableSortedMap(manifests);
    }

    /** Locations of the chunks of a file that have been read. */
    SortedMap<Integer, Place> chunks(String sha256) {
        return Collections.unmodifiableSortedMap(chunks.getOrDefault(sha256, new TreeMap<>()));
    }

    @Nullable
    ModelChoice current() {
        return current;
    }

    @Nullable
    ModelChoice shadow() {
        return shadow;
    }
}

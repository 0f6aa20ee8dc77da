package io.keyspike.app.cluster;

import io.keyspike.app.kafka.wire.BrokerException;
import io.keyspike.kernels.StepKernels;
import io.keyspike.models.KeywordModel;
import io.keyspike.models.file.ModelFileException;
import io.keyspike.models.file.ModelFiles;
import io.keyspike.models.spotter.KeywordSpotter;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;

/** Fetches a model from {@link ModelsTopic}: joins its chunks, checks length and digest, then parses it strictly. */
final class ModelFetch {

    private static final long LIMIT_NANOS = Duration.ofSeconds(30).toNanos();
    private static final Duration POLL = Duration.ofMillis(200);

    private ModelFetch() {}

    /**
     * Fetches a model and makes sure that it runs.
     *
     * @param chunks locations of its chunks
     * @throws ModelFileException if chunks are missing or inconsistent, or the file is not an audio model
     * @throws BrokerException if the broker does not answer
     */
    static KeywordSpotter spotter(
            Map<String, String> settings,
            ModelManifest manifest,
            SortedMap<Integer, ModelsIndex.Place> chunks,
            StepKernels kernels)
            throws ModelFileException {
        String origin = origin(manifest);
        KeywordModel model = ModelFiles.parse(file(settings, manifest, chunks), origin);
        if (!model.version().equals(manifest.version())) {
            throw new ModelFileException(origin + ": expected that version, found " + model.version());
        }
        return running(model, kernels, origin);
    }

    /** @throws ModelFileException if the model is valid but does not run on audio */
    static KeywordSpotter running(KeywordModel model, StepKernels kernels, String origin) throws ModelFileException {
        try {
            var spotter = new KeywordSpotter(model, kernels);
            spotter.warm();
            return spotter;
        } catch (RuntimeException e) {
            throw new ModelFileException(
                    origin + ": expected a model that can process audio, found one that fails with " + e.getMessage(),
                    e);
        }
    }

    /** The whole file. */
    static byte[] file(
            Map<String, String> settings, ModelManifest manifest, SortedMap<Integer, ModelsIndex.Place> chunks)
            throws ModelFileException {
        String origin = origin(manifest);
        List<ModelsIndex.Place> places = places(manifest, chunks, origin);
        byte[] file = new byte[manifest.bytes()];
        int length = 0;
        try (var consumer = CompactedTopic.consumer(settings, 1)) {
            var partitions = new LinkedHashSet<>(
                    places.stream().map(ModelsIndex.Place::partition).toList());
            consumer.assign(partitions);
            consumer.pause(partitions);
            for (int i = 0; i < manifest.chunks(); i++) {
                byte[] chunk = chunk(consumer, places.get(i), ModelsTopic.chunkKey(manifest.sha256(), i), origin);
                if (length + chunk.length > file.length) {
                    throw new ModelFileException(
                            origin + ": expected " + file.length + " bytes, found more in its chunks");
                }
                System.arraycopy(chunk, 0, file, length, chunk.length);
                length += chunk.length;
            }
        } catch (KafkaException e) {
            throw new BrokerException("cannot read " + origin + ": " + BrokerException.rootMessage(e), e);
        }
        String found = sha256(file);
        if (length != file.length || !found.equals(manifest.sha256())) {
            throw new ModelFileException(origin + ": expected " + file.length + " bytes of SHA-256 " + manifest.sha256()
                    + ", found " + length + " of " + found);
        }
        return file;
    }

    private static List<ModelsIndex.Place> places(
            ModelManifest manifest, SortedMap<Integer, ModelsIndex.Place> chunks, String origin)
            throws ModelFileException {
        var places = new ArrayList<ModelsIndex.Place>();
        for (int i = 0; i < manifest.chunks(); i++) {
            ModelsIndex.Place place = chunks.get(i);
            if (place == null) {
                throw new ModelFileException(
                        origin + ": expected " + manifest.chunks() + " chunks, found no chunk " + i);
            }
            places.add(place);
        }
        return places;
    }

    private static byte[] chunk(
            KafkaConsumer<byte[], byte[]> consumer, ModelsIndex.Place place, String key, String origin)
            throws ModelFileException {
        var partition = List.of(place.partition());
        consumer.seek(place.partition(), place.offset());
        consumer.resume(partition);
        long limit = System.nanoTime() + LIMIT_NANOS;
        while (System.nanoTime() < limit) {
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                consumer.pause(partition);
                if (record.offset() == place.offset()
                        && record.value() != null
                        && Arrays.equals(record.key(), key.getBytes(StandardCharsets.UTF_8))) {
                    return record.value();
                }
                throw new ModelFileException(
                        origin + ": expected " + key + " at offset " + place.offset() + ", but it has been removed");
            }
        }
        throw new BrokerException("cannot read " + origin + ": the broker did not answer in time");
    }

    private static String origin(ModelManifest manifest) {
        return manifest.version() + " in " + ModelsTopic.NAME;
    }

    static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}

package io.keyspike.app.cluster;

import io.keyspike.app.kafka.device.SpotterProvider;
import io.keyspike.app.kafka.wire.BrokerException;
import io.keyspike.app.kafka.wire.Topics;
import io.keyspike.kernels.StepKernels;
import io.keyspike.models.file.ModelFileException;
import io.keyspike.models.registry.ModelRegistry;
import io.keyspike.models.spotter.KeywordSpotter;
import io.keyspike.models.spotter.WarmKinds;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;

/**
 * The models of {@link ModelsTopic} as a service uses them. A chosen model is fetched, checked and warmed up by the thread
 * that follows the topic, and only then replaces the active one; an incomplete or invalid model is reported once, and the
 * previous one stays active. While none is chosen, a fallback is used.
 */
final class TopicModels implements SpotterProvider {

    /** Models kept for states that they created and devices pinned to them, in addition to the active ones. */
    private static final int MAXIMUM_LOADED = 32;

    private final Map<String, String> settings;
    private final StepKernels kernels;
    private final SpotterProvider standIn;
    private final Consumer<ModelRegistry.Event> listener;

    private final ModelsIndex index = new ModelsIndex();
    private final WarmKinds warm = new WarmKinds();
    private final Slot current = new Slot();
    private final Slot shadow = new Slot();
    private final Map<String, KeywordSpotter> loaded = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, KeywordSpotter> eldest) {
            return size() > MAXIMUM_LOADED;
        }
    };

    /** What {@link #settle} last tried for one choice, so that it retries only after a change. */
    private record Attempt(ModelChoice choice, @Nullable ModelManifest manifest, int chunks) {}

    /** A choice and its model. */
    private static final class Slot {
        volatile @Nullable KeywordSpotter spotter;

        @Nullable
        Attempt attempt;
    }

    /**
     * @param settings of a Kafka client
     * @param standIn used while no model is chosen, and for models that the topic does not have
     * @param listener notified of activated and refused models
     */
    TopicModels(
            Map<String, String> settings,
            StepKernels kernels,
            SpotterProvider standIn,
            Consumer<ModelRegistry.Event> listener) {
        this.settings = settings;
        this.kernels = kernels;
        this.standIn = standIn;
        this.listener = listener;
    }

    @Override
    public KeywordSpotter current() {
        KeywordSpotter chosen = current.spotter;
        return chosen != null ? chosen : standIn.current();
    }

    @Override
    public @Nullable KeywordSpotter shadow() {
        return shadow.spotter;
    }

    @Override
    public @Nullable KeywordSpotter ofVersion(String version) {
        KeywordSpotter here = published(version);
        return here != null ? here : standIn.ofVersion(version);
    }

    private synchronized @Nullable KeywordSpotter published(String version) {
        for (KeywordSpotter used : new KeywordSpotter[] {current.spotter, shadow.spotter, loaded.get(version)}) {
            if (used != null && used.model().version().equals(version)) {
                return used;
            }
        }
        ModelManifest manifest = index.manifests().get(version);
        if (manifest == null) {
            return null;
        }
        try {
            return load(manifest);
        } catch (ModelFileException e) {
            refuse(version, String.valueOf(e.getMessage()));
        } catch (BrokerException | KafkaException e) {
            refuse(version, "cannot be fetched: " + e.getMessage());
        }
        return null;
    }

    synchronized void read(ConsumerRecord<byte[], byte[]> record) {
        try {
            index.apply(record);
        } catch (IllegalArgumentException e) {
            refuse("offset " + record.offset(), String.valueOf(e.getMessage()));
        }
    }

    /** Switches to the topic's choices as far as they are valid. */
    synchronized void settle() {
        KeywordSpotter before = current();
        settle(current, index.current());
        settle(shadow, index.shadow());
        KeywordSpotter now = current();
        if (!now.model().version().equals(before.model().version())) {
            listener.accept(new ModelRegistry.Event.Swapped(
                    before.model().version(), now.model().version()));
        }
    }

    private void settle(Slot slot, @Nullable ModelChoice choice) {
        if (choice == null) {
            slot.spotter = null;
            slot.attempt = null;
            return;
        }
        ModelManifest manifest = index.manifests().get(choice.version());
        int chunks = manifest == null ? 0 : index.chunks(manifest.sha256()).size();
        var attempt = new Attempt(choice, manifest, chunks);
        if (attempt.equals(slot.attempt)) {
            return;
        }
        slot.attempt = attempt;
        KeywordSpotter now = slot.spotter;
        if (now != null && now.model().version().equals(choice.version())) {
            return; // chosen or published again: it behaves the same
        }
        try {
            if (manifest == null) {
                throw new ModelFileException(
                        choice.version() + " in " + ModelsTopic.NAME + ": expected a complete model, found none");
            }
            if (slot == shadow && !CompactedTopic.exists(settings, Topics.SHADOW_EVENTS)) {
                throw new ModelFileException(choice.version() + " as the shadow model: expected a topic "
                        + Topics.SHADOW_EVENTS + " for its events, found none; 'keyspike models shadow' creates it");
            }
            KeywordSpotter next = load(manifest);
            warm.running(current());
            warm.prepare(next);
            slot.spotter = next;
        } catch (ModelFileException e) {
            refuse(choice.version(), String.valueOf(e.getMessage()));
        } catch (BrokerException | KafkaException e) {
            slot.attempt = null; // not the model's fault
            throw e;
        }
    }

    private KeywordSpotter load(ModelManifest manifest) throws ModelFileException {
        KeywordSpotter known = loaded.get(manifest.version());
        if (known != null) {
            return known;
        }
        SortedMap<Integer, ModelsIndex.Place> chunks = index.chunks(manifest.sha256());
        KeywordSpotter spotter = ModelFetch.spotter(settings, manifest, chunks, kernels);
        loaded.put(manifest.version(), spotter);
        return spotter;
    }

    private void refuse(String what, String reason) {
        listener.accept(new ModelRegistry.Event.Refused(ModelsTopic.NAME + " " + what, reason));
    }
}

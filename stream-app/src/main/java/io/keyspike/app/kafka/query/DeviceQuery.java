package io.keyspike.app.kafka.query;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.keyspike.app.kafka.device.SavedDevice;
import io.keyspike.app.kafka.wire.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.KeyQueryMetadata;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.LagInfo;
import org.apache.kafka.streams.StoreQueryParameters;
import org.apache.kafka.streams.StreamsMetadata;
import org.apache.kafka.streams.TaskMetadata;
import org.apache.kafka.streams.errors.InvalidStateStoreException;
import org.apache.kafka.streams.state.HostInfo;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.QueryableStoreTypes;
import org.apache.kafka.streams.state.ReadOnlyKeyValueStore;
import org.jspecify.annotations.Nullable;

/**
 * Answers queries about a device, wherever its partition is served. The instance that receives the query answers from its
 * own active state if it can; otherwise it asks the instance that serves the device and, if that one does not answer, falls
 * back to a standby replica, its own or another's; a replica reports its lag.
 *
 * <p>A device's partition is computed as Kafka's Java producer does (murmur2 of the key). Audio sent with a different
 * partitioner is processed all the same, but its devices are found only on the instance that serves them.
 */
public final class DeviceQuery {

    /** Longest wait for the broker to report a replica's lag; after that the answer omits it. */
    private static final Duration LAG_TIMEOUT = Duration.ofSeconds(1);

    /** Devices of each instance that are searched for a part of their id. */
    private static final int SEARCHED = 1_000;

    /** Result of a query. */
    sealed interface Result {
        /** @param state as {@link DeviceJson} writes it */
        record Found(ObjectNode state) implements Result {}

        /** The instance that serves the device has no state of it: never received audio from it, or the state expired. */
        record Unknown() implements Result {}

        /**
         * No instance that could know answers.
         *
         * @param sentence for the client
         */
        record Unavailable(String sentence) implements Result {}
    }

    /**
     * Devices, ordered by id.
     *
     * @param more whether there are more after the last
     * @param incomplete whether an instance did not answer
     */
    record Listing(NavigableMap<String, ObjectNode> devices, boolean more, boolean incomplete) {}

    /**
     * Devices of other instances.
     *
     * @param instances by device, ordered, the instance that serves it, {@code host:port}
     * @param more whether there are more
     * @param incomplete whether an instance did not answer
     */
    public record Elsewhere(NavigableMap<String, String> instances, boolean more, boolean incomplete) {}

    private final KafkaStreams streams;
    private final String self;
    private final @Nullable HostInfo selfHost;
    private final PeerInstances peers;

    /** @param self the address at which other instances reach this one, {@code host:port}; null if they do not */
    public DeviceQuery(KafkaStreams streams, @Nullable String self, PeerInstances peers) {
        this.streams = streams;
        this.self = self == null ? "this" : self;
        this.selfHost = self == null ? null : HostInfo.buildFromEndpoint(self);
        this.peers = peers;
    }

    /** Queries the whole cluster. */
    Result find(String device) {
        KeyQueryMetadata where = whereIs(device);
        if (where == null || selfHost == null || where.activeHost().equals(selfHost)) {
            return findHere(device);
        }
        Result active = peers.device(where.activeHost(), device);
        if (!(active instanceof Result.Unavailable)) {
            return active;
        }
        Result here = findHere(device);
        if (!(here instanceof Result.Unavailable)) {
            return here;
        }
        for (HostInfo standby : where.standbyHosts()) {
            if (!standby.equals(selfHost) && peers.device(standby, device) instanceof Result.Found found) {
                return found;
            }
        }
        return active;
    }

    private @Nullable KeyQueryMetadata whereIs(String device) {
        try {
            KeyQueryMetadata where = streams.queryMetadataForKey(Topics.STATE_STORE, device, new StringSerializer());
            return where == null || KeyQueryMetadata.NOT_AVAILABLE.equals(where) ? null : where;
        } catch (IllegalStateException | InvalidStateStoreException e) {
            return null;
        }
    }

    /** Queries this instance only: first its active state, then its standby replicas. */
    Result findHere(String device) {
        boolean looked = false;
        for (boolean stale : new boolean[] {false, true}) {
            for (int partition : partitionsHere(stale)) {
                try {
                    byte[] state = store(partition, stale).get(device);
                    looked = true;
                    if (state != null) {
                        return new Result.Found(json(device, state, partition, stale));
                    }
                } catch (InvalidStateStoreException e) {
                    // Just moved to another instance, or still being restored.
                }
            }
        }
        KeyQueryMetadata where = whereIs(device);
        boolean ours = where == null || selfHost == null || where.activeHost().equals(selfHost);
        return looked && ours && streams.state() == KafkaStreams.State.RUNNING
                ? new Result.Unknown()
                : new Result.Unavailable(
                        "the device's state is not available here at the moment (" + streams.state() + ")");
    }

    private ObjectNode json(String device, byte[] state, int partition, boolean stale) {
        ObjectNode json = DeviceJson.state(device, SavedDevice.read(state));
        json.put("instance", self).put("role", stale ? "standby" : "active").put("stale", stale);
        json.put("partition", partition);
        if (stale) {
            Long lag = lag(partition);
            json.put("lagRecords", lag);
        }
        return json;
    }

    /** Devices that this instance serves. */
    Listing listHere(String prefix, int limit) {
        var devices = new TreeMap<String, ObjectNode>();
        boolean incomplete = false;
        for (int partition : partitionsHere(false)) {
            try (KeyValueIterator<String, byte[]> found = beginningWith(prefix, store(partition, false))) {
                // One more than wanted, to know whether there are more.
                for (int i = 0; i <= limit && found.hasNext(); i++) {
                    KeyValue<String, byte[]> device = found.next();
                    ObjectNode entry = DeviceJson.entry(device.key, SavedDevice.read(device.value));
                    devices.put(device.key, entry.put("instance", self));
                }
            } catch (InvalidStateStoreException e) {
                incomplete = true;
            }
        }
        return cut(devices, limit, false, incomplete);
    }

    private static KeyValueIterator<String, byte[]> beginningWith(
            String prefix, ReadOnlyKeyValueStore<String, byte[]> store) {
        return prefix.isEmpty() ? store.all() : store.prefixScan(prefix, new StringSerializer());
    }

    /** Devices that any instance serves. */
    Listing list(String prefix, int limit) {
        Listing here = listHere(prefix, limit);
        var devices = here.devices();
        boolean more = here.more();
        boolean incomplete = here.incomplete();
        for (HostInfo other : others()) {
            Listing there = peers.devices(other, prefix, limit);
            if (there == null) {
                incomplete = true;
            } else {
                devices.putAll(there.devices());
                more |= there.more();
                incomplete |= there.incomplete();
            }
        }
        return cut(devices, limit, more, incomplete);
    }

    /**
     * Devices that other instances serve, ordered by id.
     *
     * @param part text that their id contains, in any case
     * @param limit maximum number returned, among the first {@value #SEARCHED} that each instance has
     */
    public Elsewhere listElsewhere(String part, int limit) {
        String wanted = part.toLowerCase(Locale.ROOT);
        var instances = new TreeMap<String, String>();
        boolean more = false;
        boolean incomplete = false;
        for (HostInfo other : others()) {
            Listing there = peers.devices(other, "", SEARCHED);
            if (there == null) {
                incomplete = true;
                continue;
            }
            more |= there.more();
            incomplete |= there.incomplete();
            for (String device : there.devices().keySet()) {
                if (device.toLowerCase(Locale.ROOT).contains(wanted)) {
                    instances.put(device, other.host() + ":" + other.port());
                }
            }
        }
        while (instances.size() > limit) {
            instances.pollLastEntry();
            more = true;
        }
        return new Elsewhere(instances, more, incomplete);
    }

    private static Listing cut(NavigableMap<String, ObjectNode> devices, int limit, boolean more, boolean incomplete) {
        boolean tooMany = devices.size() > limit;
        while (devices.size() > limit) {
            devices.pollLastEntry();
        }
        return new Listing(devices, more || tooMany, incomplete);
    }

    private List<HostInfo> others() {
        if (selfHost == null) {
            return List.of();
        }
        return streams.metadataForAllStreamsClients().stream()
                .filter(client -> !client.topicPartitions().isEmpty())
                .map(StreamsMetadata::hostInfo)
                .filter(host -> !host.equals(selfHost))
                .distinct()
                .toList();
    }

    private List<Integer> partitionsHere(boolean standby) {
        var partitions = new ArrayList<Integer>();
        for (var thread : streams.metadataForLocalThreads()) {
            for (TaskMetadata task : standby ? thread.standbyTasks() : thread.activeTasks()) {
                Iterator<TopicPartition> of = task.topicPartitions().iterator();
                if (of.hasNext()) {
                    partitions.add(of.next().partition());
                }
            }
        }
        return partitions;
    }

    private ReadOnlyKeyValueStore<String, byte[]> store(int partition, boolean stale) {
        var parameters = StoreQueryParameters.fromNameAndType(
                        Topics.STATE_STORE, QueryableStoreTypes.<String, byte[]>keyValueStore())
                .withPartition(partition);
        return streams.store(stale ? parameters.enableStaleStores() : parameters);
    }

    /** Lag of a replica in records; null if the broker does not report it in time. */
    private @Nullable Long lag(int partition) {
        var asked = CompletableFuture.supplyAsync(
                streams::allLocalStorePartitionLags, task -> Thread.ofVirtual().start(task));
        try {
            Map<Integer, LagInfo> lags =
                    asked.get(LAG_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS).getOrDefault(Topics.STATE_STORE, Map.of());
            LagInfo lag = lags.get(partition);
            return lag == null ? null : lag.offsetLag();
        } catch (ExecutionException | TimeoutException e) {
            return null;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return null;
        }
    }
}

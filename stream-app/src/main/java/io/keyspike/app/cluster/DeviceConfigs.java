package io.keyspike.app.cluster;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/**
 * The compacted topic {@value #TOPIC}, for administration: a {@link DeviceConfig} for each device, under its id, and
 * for each group, under {@code group:NAME}. Every service of the cluster follows it.
 */
public final class DeviceConfigs {

    public static final String TOPIC = "device-config";

    /** Key prefix of groups; a device whose id starts with it cannot have settings of its own. */
    public static final String GROUP = "group:";

    /** The maximum length of a device id. */
    static final int MAXIMUM_KEY_BYTES = 256;

    private final Map<String, String> settings;

    /** @param settings of a Kafka client, {@code bootstrap.servers} at least */
    public DeviceConfigs(Map<String, String> settings) {
        this.settings = Map.copyOf(settings);
    }

    /** Creates the topic if it does not exist. */
    public static void createTopic(Map<String, String> settings) {
        CompactedTopic.create(settings, TOPIC);
    }

    /** All settings by device and group; malformed ones are omitted. */
    public SortedMap<String, DeviceConfig> list() {
        var configs = new TreeMap<String, DeviceConfig>();
        CompactedTopic.read(settings, TOPIC, record -> {
            if (record.key() == null) {
                return;
            }
            String key = new String(record.key(), StandardCharsets.UTF_8);
            try {
                if (record.value() == null) {
                    configs.remove(key);
                } else {
                    configs.put(key, DeviceConfig.decode(record.value()));
                }
            } catch (IllegalArgumentException e) {
                // A service logs it and keeps the previous settings, as this does.
            }
        });
        return configs;
    }

    /**
     * Changes the settings of a device or group.
     *
     * @param key a device id, or {@code group:NAME}
     * @param change of the current settings, or of {@link DeviceConfig#NONE}; a result of {@code NONE} removes them
     * @return the new settings
     * @throws IllegalArgumentException if the key is invalid, or a group is assigned to a group
     */
    public DeviceConfig change(String key, UnaryOperator<DeviceConfig> change) {
        byte[] bytes = key.getBytes(StandardCharsets.UTF_8);
        if (bytes.length == 0 || bytes.length > MAXIMUM_KEY_BYTES || key.equals(GROUP)) {
            throw new IllegalArgumentException(
                    "expected a device id of 1 to " + MAXIMUM_KEY_BYTES + " bytes or group:NAME, found '" + key + "'");
        }
        var result = new DeviceConfig[] {DeviceConfig.NONE};
        CompactedTopic.change(settings, TOPIC, () -> {
            DeviceConfig now = change.apply(list().getOrDefault(key, DeviceConfig.NONE));
            if (key.startsWith(GROUP) && now.group() != null) {
                throw new IllegalArgumentException("expected a device to assign to a group, found the group " + key);
            }
            result[0] = now;
            return List.of(record(bytes, now.equals(DeviceConfig.NONE) ? null : now.encode()));
        });
        return result[0];
    }

    /** Devices and groups that are pinned to a model. */
    List<String> pinnedTo(String version) {
        return list().entrySet().stream()
                .filter(e -> version.equals(e.getValue().model()))
                .map(Map.Entry::getKey)
                .toList();
    }

    private static ProducerRecord<byte[], byte[]> record(byte[] key, byte @Nullable [] value) {
        return new ProducerRecord<>(TOPIC, key, value);
    }
}

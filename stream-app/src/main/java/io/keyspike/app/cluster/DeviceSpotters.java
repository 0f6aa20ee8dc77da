package io.keyspike.app.cluster;

import io.keyspike.app.kafka.device.SpotterProvider;
import io.keyspike.models.spotter.KeywordSpotter;
import io.keyspike.monitoring.KeyspikeMeters;
import io.keyspike.monitoring.ServiceEvent;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Models and thresholds by device: applies the settings of {@link DeviceConfigs#TOPIC} on top of another provider's models.
 * Devices with equal settings share a spotter, so thousands of devices need few. Everything is computed when settings or
 * models change; per frame it is one map lookup.
 */
final class DeviceSpotters implements SpotterProvider {

    private static final Logger log = LoggerFactory.getLogger(DeviceSpotters.class);

    private final SpotterProvider models;
    private final KeyspikeMeters meters;

    private final Map<String, DeviceConfig> configs = new HashMap<>();
    private final Map<String, KeywordSpotter> pinned = new HashMap<>();
    private Map<Settings, KeywordSpotter> shared = new HashMap<>();
    private Set<String> missing = new HashSet<>();
    private boolean changed;

    private volatile Resolved resolved;

    /** Key of a spotter with its own thresholds. */
    private record Settings(KeywordSpotter model, Map<String, Float> thresholds) {}

    /** Which spotter serves which device, as long as this model is active. */
    private record Resolved(KeywordSpotter current, Map<String, KeywordSpotter> own, Map<String, String> groups) {}

    DeviceSpotters(SpotterProvider models, KeyspikeMeters meters) {
        this.models = models;
        this.meters = meters;
        this.resolved = new Resolved(models.current(), Map.of(), Map.of());
    }

    @Override
    public KeywordSpotter current() {
        return models.current();
    }

    @Override
    public @Nullable KeywordSpotter shadow() {
        return models.shadow();
    }

    @Override
    public @Nullable KeywordSpotter ofVersion(String version) {
        KeywordSpotter known = pinnedTo(version);
        return known != null ? known : models.ofVersion(version);
    }

    private synchronized @Nullable KeywordSpotter pinnedTo(String version) {
        return pinned.get(version);
    }

    @Override
    public KeywordSpotter forDevice(String device) {
        Resolved now = resolved;
        if (now.current() != models.current()) {
            now = resolve();
        }
        KeywordSpotter own = now.own().get(device);
        return own != null ? own : now.current();
    }

    @Override
    public String group(String device) {
        return resolved.groups().getOrDefault(device, KeyspikeMeters.DEFAULT_GROUP);
    }

    synchronized void read(ConsumerRecord<byte[], byte[]> record) {
        String key = record.key() == null ? "" : new String(record.key(), StandardCharsets.UTF_8);
        try {
            if (record.value() == null) {
                configs.remove(key);
            } else {
                configs.put(key, DeviceConfig.decode(record.value()));
            }
            changed = true;
        } catch (IllegalArgumentException e) {
            meters.configRefused();
            ServiceEvent.CONFIG_REFUSED.log(
                    "settings of '" + key + "' refused, the previous ones stay in effect: " + e.getMessage(),
                    "key",
                    key,
                    "reason",
                    String.valueOf(e.getMessage()));
        }
    }

    /** Applies what was read; also looks again for missing models that devices are pinned to. */
    synchronized void settle() {
        if (changed || !missing.isEmpty() || resolved.current() != models.current()) {
            var unused = resolve();
        }
    }

    private synchronized Resolved resolve() {
        KeywordSpotter current = models.current();
        var own = new HashMap<String, KeywordSpotter>();
        var groups = new HashMap<String, String>();
        var used = new HashMap<Settings, KeywordSpotter>();
        var waiting = new TreeMap<String, Integer>();
        var pins = new HashSet<String>();
        configs.forEach((device, config) -> {
            if (device.startsWith(DeviceConfigs.GROUP)) {
                return;
            }
            String group = config.group();
            if (group != null) {
                groups.put(device, group);
            }
            DeviceConfig merged = group == null
                    ? config
                    : config.over(configs.getOrDefault(DeviceConfigs.GROUP + group, DeviceConfig.NONE));
            KeywordSpotter model = current;
            String pin = merged.model();
            if (pin != null) {
                pins.add(pin);
                KeywordSpotter found = pin(pin);
                if (found != null) {
                    model = found;
                } else {
                    waiting.merge(pin, 1, Integer::sum);
                }
            }
            KeywordSpotter spotter = withThresholds(model, merged, used);
            if (spotter != current) {
                own.put(device, spotter);
            }
        });
        pinned.keySet().retainAll(pins);
        shared = used;
        changed = false;
        report(waiting, current);
        var now = new Resolved(current, Map.copyOf(own), Map.copyOf(groups));
        resolved = now;
        return now;
    }

    private @Nullable KeywordSpotter pin(String version) {
        KeywordSpotter known = pinned.get(version);
        if (known != null) {
            return known;
        }
        KeywordSpotter current = models.current();
        KeywordSpotter found = current.model().version().equals(version) ? current : models.ofVersion(version);
        if (found != null) {
            pinned.put(version, found);
        }
        return found;
    }

    /** The model with the device's thresholds over its own; words unknown to the model are omitted. */
    private KeywordSpotter withThresholds(
            KeywordSpotter model, DeviceConfig config, Map<Settings, KeywordSpotter> used) {
        Map<String, Float> usual = model.model().decision().thresholds();
        Map<String, Float> thresholds = config.sensitivity().thresholdsOf(model.model());
        if (thresholds.equals(usual)) {
            return model;
        }
        var settings = new Settings(model, thresholds);
        KeywordSpotter spotter = used.get(settings);
        if (spotter == null) {
            spotter = shared.getOrDefault(settings, model.withThresholds(thresholds));
            used.put(settings, spotter);
        }
        return spotter;
    }

    private void report(Map<String, Integer> waiting, KeywordSpotter current) {
        waiting.forEach((version, devices) -> {
            if (!missing.contains(version)) {
                log.warn(
                        "{} devices are pinned to {}, which is not available; {} serves them meanwhile",
                        devices,
                        version,
                        current.model().version());
            }
        });
        missing = new HashSet<>(waiting.keySet());
        meters.unpinnedDevices(
                waiting.values().stream().mapToInt(Integer::intValue).sum());
    }
}

package io.keyspike.app.cluster;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.keyspike.app.hearing.Sensitivity;
import io.keyspike.models.json.Json;
import io.keyspike.models.json.JsonFields;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Settings of a device, or of a group of devices; the value of a record in {@link DeviceConfigs#TOPIC}, as JSON with exactly
 * these names, each of them optional. The schema is the resource {@code DeviceConfig.schema.json}.
 *
 * @param group of a device: the group whose settings apply where the device has none of its own
 * @param model version of the model that the device is pinned to; null for the active model
 * @param falseAlarmsPerHour of each keyword, from which thresholds follow by what was measured of the model; null for the
 *     thresholds of the active model
 * @param thresholds minimum score for a detection, for words whose threshold differs from those; empty (JSON's null) for a
 *     word that is never reported
 */
public record DeviceConfig(
        @Nullable String group,
        @Nullable String model,
        @Nullable Double falseAlarmsPerHour,
        Map<String, Optional<Float>> thresholds) {

    /** No differences from the active model. */
    public static final DeviceConfig NONE = new DeviceConfig(null, null, null, Map.of());

    static final int MAXIMUM_BYTES = 64 * 1024;
    private static final int LONGEST_GROUP = 256;

    /** @throws IllegalArgumentException if a value is out of range */
    public DeviceConfig {
        thresholds = Collections.unmodifiableMap(new TreeMap<>(thresholds));
        if (group != null && (group.isBlank() || group.length() > LONGEST_GROUP)) {
            throw new IllegalArgumentException("device config: expected a group of 1 to " + LONGEST_GROUP
                    + " characters, found " + group.length());
        }
        if (model != null && !ModelsTopic.isVersion(model)) {
            throw new IllegalArgumentException(
                    "device config: expected a model version NAME@DIGITS, found '" + model + "'");
        }
        try {
            var unused = new Sensitivity(falseAlarmsPerHour, thresholds);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("device config: " + e.getMessage(), e);
        }
    }

    /** Settings without a rate of false alarms. */
    public DeviceConfig(@Nullable String group, @Nullable String model, Map<String, Optional<Float>> thresholds) {
        this(group, model, null, thresholds);
    }

    /** How readily words are reported. */
    Sensitivity sensitivity() {
        return new Sensitivity(falseAlarmsPerHour, thresholds);
    }

    /** These settings where present, the group's elsewhere; a word's threshold, whoever's, comes before a rate. */
    DeviceConfig over(DeviceConfig groups) {
        var merged = new TreeMap<>(groups.thresholds);
        merged.putAll(thresholds);
        return new DeviceConfig(
                group,
                model != null ? model : groups.model,
                falseAlarmsPerHour != null ? falseAlarmsPerHour : groups.falseAlarmsPerHour,
                merged);
    }

    byte[] encode() {
        return toJson().getBytes(StandardCharsets.UTF_8);
    }

    /** One line of JSON. */
    public String toJson() {
        ObjectNode json = Json.object();
        if (group != null) {
            json.put("group", group);
        }
        if (model != null) {
            json.put("model", model);
        }
        if (falseAlarmsPerHour != null) {
            json.put("falseAlarmsPerHour", falseAlarmsPerHour);
        }
        if (!thresholds.isEmpty()) {
            ObjectNode words = json.putObject("thresholds");
            thresholds.forEach((word, threshold) -> words.set(
                    word, threshold.map(Json::number).orElse(Json.object().nullNode())));
        }
        return Json.write(json);
    }

    /** @throws IllegalArgumentException in one sentence, if it is not exactly that */
    static DeviceConfig decode(byte[] value) {
        if (value.length > MAXIMUM_BYTES) {
            throw new IllegalArgumentException(
                    "device config: expected at most " + MAXIMUM_BYTES + " bytes, found " + value.length);
        }
        JsonFields fields = JsonFields.parse(new String(value, StandardCharsets.UTF_8), "device config");
        var config = new DeviceConfig(
                fields.has("group") ? fields.text("group") : null,
                fields.has("model") ? fields.text("model") : null,
                fields.has("falseAlarmsPerHour") ? fields.real("falseAlarmsPerHour") : null,
                fields.has("thresholds") ? thresholds(fields.object("thresholds")) : Map.of());
        fields.end();
        return config;
    }

    private static Map<String, Optional<Float>> thresholds(JsonFields words) {
        var thresholds = new TreeMap<String, Optional<Float>>();
        for (String word : words.names()) {
            thresholds.put(word, Optional.ofNullable(words.optionalReal32(word)));
        }
        return thresholds;
    }
}

package io.keyspike.models.json;

import io.keyspike.models.decision.DecisionSettings;
import io.keyspike.models.description.ChipPower;
import io.keyspike.models.description.ModelInput;
import io.keyspike.models.description.Provenance;
import io.keyspike.models.description.StreamQuality;
import io.keyspike.models.network.Network;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What a model file says beside its tensors, as JSON texts by key. */
public final class ModelMetadata {

    private ModelMetadata() {}

    /**
     * The texts of a model, without format, version and checksum.
     *
     * @param name of the model
     * @param input what the network is fed with
     * @param network graph and tensors; of the tensors nothing goes into the metadata
     * @param labels what the outputs stand for, in order
     * @param decision how outputs become detections
     * @param chip constants of the power estimate
     * @param quality what was measured on streams; null for nothing
     * @param provenance where the model comes from
     * @return texts by key, a map of the caller's own to add to
     */
    public static SortedMap<String, String> of(
            String name,
            ModelInput input,
            Network network,
            List<String> labels,
            DecisionSettings decision,
            ChipPower chip,
            @Nullable StreamQuality quality,
            Provenance provenance) {
        SortedMap<String, String> metadata = behaviour(input, network, labels, decision, chip, quality);
        metadata.put("name", name);
        metadata.put("provenance", Json.write(SettingsJson.write(provenance)));
        return metadata;
    }

    /**
     * {@code <name>@<first 12 hex digits of SHA-256 over the tensors and all settings>}, provenance not among them.
     *
     * @param name of the model
     * @param input what the network is fed with
     * @param network graph and tensors
     * @param labels what the outputs stand for, in order
     * @param decision how outputs become detections
     * @param chip constants of the power estimate
     * @param quality what was measured on streams; null for nothing
     * @return the version, the same for the same content on every machine
     */
    public static String version(
            String name,
            ModelInput input,
            Network network,
            List<String> labels,
            DecisionSettings decision,
            ChipPower chip,
            @Nullable StreamQuality quality) {
        return ModelDigest.version(
                name, behaviour(input, network, labels, decision, chip, quality), new TreeMap<>(network.tensors()));
    }

    private static SortedMap<String, String> behaviour(
            ModelInput input,
            Network network,
            List<String> labels,
            DecisionSettings decision,
            ChipPower chip,
            @Nullable StreamQuality quality) {
        var texts = new TreeMap<>(Map.of(
                "network", Json.write(NetworkJson.write(network.graph())),
                "features", Json.write(ModelInputJson.write(input)),
                "labels", Json.write(Json.texts(labels)),
                "decision", Json.write(SettingsJson.write(decision)),
                "chip", Json.write(SettingsJson.write(chip))));
        if (quality != null) {
            texts.put("quality", Json.write(StreamQualityJson.write(quality)));
        }
        return texts;
    }
}

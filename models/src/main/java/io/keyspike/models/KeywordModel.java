package io.keyspike.models;

import io.keyspike.audio.features.FeatureSpec;
import java.util.List;

/**
 * Everything a model file holds.
 *
 * @param name short name, lower case, such as {@code yes-no}
 * @param version what events carry: {@code <name>@<first 12 hex digits of the tensors' SHA-256>}
 * @param labels what the outputs stand for, in order
 */
public record KeywordModel(
        String name,
        String version,
        FeatureSpec features,
        Network network,
        List<String> labels,
        DecisionSettings decision,
        ChipProfile chip,
        Provenance provenance) {

    public KeywordModel {
        labels = List.copyOf(labels);
    }
}

package io.keyspike.models.description;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * Where a model comes from, so that it can be reproduced (after Tribuo's ModelProvenance).
 *
 * @param dataSet name and folder layout, without machine paths
 * @param dataHash SHA-256 over the sorted file names and contents
 * @param seed of all random numbers of the training
 * @param configuration the training configuration, YAML
 * @param codeVersion version of Keyspike that trained the model; {@code development} for one that was not packaged
 * @param javaVersion version of the Java runtime
 * @param architecture operating system and processor architecture, such as {@code Linux amd64}
 * @param backend kernel backend and Vector API width
 * @param metrics such as {@code validation.accuracy}
 * @param attribution credit required by the data's licence
 * @param trainedAt ISO-8601
 */
public record Provenance(
        String dataSet,
        String dataHash,
        long seed,
        String configuration,
        String codeVersion,
        String javaVersion,
        String architecture,
        String backend,
        Map<String, Double> metrics,
        String attribution,
        String trainedAt) {

    /**
     * Copies the metrics, sorted by name.
     *
     * @throws IllegalArgumentException if a metric is not finite
     */
    public Provenance {
        metrics = Collections.unmodifiableMap(new TreeMap<>(metrics));
        metrics.forEach((metric, value) -> {
            if (!Double.isFinite(value)) {
                throw new IllegalArgumentException(
                        "provenance: expected finite metrics, found " + value + " for " + metric);
            }
        });
    }
}

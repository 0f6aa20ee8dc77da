package io.keyspike.monitoring;

import java.util.Arrays;

/** Models as the meters see them, briefly written. */
final class TestFacts {

    private TestFacts() {}

    /** @param layers each as name, width and fan-out with spaces between */
    static ModelFacts of(
            String version,
            double staticWattsPerNeuron,
            double joulesPerSpike,
            double joulesPerSynapticOperation,
            String... layers) {
        return new ModelFacts(
                version,
                Arrays.stream(layers)
                        .map(layer -> layer.split(" ", -1))
                        .map(part ->
                                new ModelFacts.Layer(part[0], Integer.parseInt(part[1]), Integer.parseInt(part[2])))
                        .toList(),
                staticWattsPerNeuron,
                joulesPerSpike,
                joulesPerSynapticOperation,
                1);
    }
}

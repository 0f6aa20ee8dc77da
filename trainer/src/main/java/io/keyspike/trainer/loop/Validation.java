package io.keyspike.trainer.loop;

import io.keyspike.models.network.Network;
import java.util.Map;

/** Says how good a network is, after each epoch. */
@FunctionalInterface
interface Validation {

    /**
     * A network's measure.
     *
     * @param score higher is better: share of the validation clips that are right, or of the words in streams that are heard
     * @param firingRates by layer in order: spikes per neuron and step
     */
    record Measure(double score, Map<String, Double> firingRates) {}

    Measure measure(Network network);
}

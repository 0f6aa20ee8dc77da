package io.keyspike.monitoring.live;

import java.util.List;
import java.util.Map;

/**
 * What a viewer must know of a stream to draw it.
 *
 * @param model version of the model that hears it
 * @param sampleRateHz rate of its audio in Hz
 * @param stepSeconds length of one network step in seconds
 * @param channels of its features
 * @param layers the spiking ones, in order
 * @param labels what the outputs stand for, in order
 * @param thresholds score from which a label is reported; a label that is not listed never is
 * @param staticWatts power of the chip while nothing spikes, in watts
 */
public record StreamFacts(
        String model,
        int sampleRateHz,
        double stepSeconds,
        Channels channels,
        List<Layer> layers,
        List<String> labels,
        Map<String, Float> thresholds,
        double staticWatts) {

    /**
     * The channels of a stream's features.
     *
     * @param name what a plot of them is called
     * @param floorDb level in dB from which on a plot shows them; below it is silence
     * @param centresHz where each lies on the axis of frequency, ascending
     */
    public record Channels(String name, float floorDb, List<Double> centresHz) {
        /** Copies the list. */
        public Channels {
            centresHz = List.copyOf(centresHz);
        }

        /**
         * How many there are.
         *
         * @return at least 1
         */
        public int count() {
            return centresHz.size();
        }
    }

    /**
     * A spiking layer.
     *
     * @param name as shown to viewers
     * @param neurons its width
     * @param joulesPerSpike energy in joules of the spike itself and of the synapses that it reaches
     */
    public record Layer(String name, int neurons, double joulesPerSpike) {}

    /**
     * Copies the lists and the map.
     *
     * @throws NullPointerException if an element is null
     */
    public StreamFacts {
        layers = List.copyOf(layers);
        labels = List.copyOf(labels);
        thresholds = Map.copyOf(thresholds);
    }
}

package io.keyspike.trainer.evaluate;

import java.util.List;

/**
 * What the neurons of a trained network do: how often each fires over the validation samples, and every spike of one of
 * them.
 *
 * @param sample name of the one whose spikes are kept
 * @param label what it is
 * @param predicted what the network takes it for
 * @param steps T of that sample
 * @param layers spiking layers in order
 */
public record NetworkActivity(
        String sample, String label, String predicted, int steps, double stepSeconds, List<LayerActivity> layers) {

    public NetworkActivity {
        layers = List.copyOf(layers);
    }

    /**
     * One layer's.
     *
     * @param firingRates of each neuron over all samples: spikes per step, {@code [N]}
     * @param spikes of the one sample, {@code [T, N]}
     */
    @SuppressWarnings("ArrayRecordComponent") // a carrier of results, never compared
    public record LayerActivity(String name, double[] firingRates, float[] spikes) {
        public int neurons() {
            return firingRates.length;
        }

        /** Mean over the neurons. */
        public double meanRate() {
            double sum = 0;
            for (double rate : firingRates) {
                sum += rate;
            }
            return sum / firingRates.length;
        }
    }
}

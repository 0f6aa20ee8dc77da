package io.keyspike.trainer.chip;

import io.keyspike.kernels.KernelBackend;
import io.keyspike.models.network.Network;
import io.keyspike.models.network.SequenceNetwork;
import io.keyspike.trainer.evaluate.ClipRun;
import io.keyspike.trainer.evaluate.ModelClips;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How often each neuron fires: spikes per step, over a set of clips.
 *
 * @param byLayer in order; {@code [N]} each
 */
public record NeuronRates(Map<String, double[]> byLayer) {

    /** Whether a neuron has room to tell one sound from another, with the bounds that source 2 uses. */
    public enum Verdict {
        /** Never once. */
        DEAD("dead"),
        /** Below 5 %. */
        NEARLY_SILENT("WARNING: too low"),
        /** Below 10 %. */
        LOW("low"),
        OK("OK"),
        /** Above 70 %. */
        HIGH("high"),
        /** Above 90 %. */
        SATURATED("WARNING: saturated");

        private final String words;

        Verdict(String words) {
            this.words = words;
        }

        /** The verdict on a rate. */
        public static Verdict of(double rate) {
            if (rate == 0) {
                return DEAD;
            }
            if (rate < 0.05) {
                return NEARLY_SILENT;
            }
            if (rate < 0.1) {
                return LOW;
            }
            return rate <= 0.7 ? OK : rate <= 0.9 ? HIGH : SATURATED;
        }

        @Override
        public String toString() {
            return words;
        }
    }

    /** Measures a network on clips. */
    public static NeuronRates of(Network network, ModelClips clips, KernelBackend backend) {
        Map<String, double[]> sums = new LinkedHashMap<>();
        double[] rows = new double[1];
        ClipRun.over(network, backend, clips.stacking(), clips.frames(), (from, count, steps, input, result) -> {
            rows[0] += (double) steps * count;
            for (SequenceNetwork.Layer layer : result.layers()) {
                double[] sum = sums.computeIfAbsent(layer.name(), name -> new double[layer.neurons()]);
                for (int i = 0; i < layer.spikes().length; i++) {
                    sum[i % sum.length] += layer.spikes()[i];
                }
            }
        });
        sums.values().forEach(sum -> Arrays.setAll(sum, n -> sum[n] / rows[0]));
        return new NeuronRates(sums);
    }

    /** Mean over a layer's neurons. */
    public double mean(String layer) {
        return Arrays.stream(rates(layer)).average().orElse(0);
    }

    /** The neurons of a layer with a verdict, ascending. */
    public List<Integer> with(String layer, Verdict verdict) {
        var found = new ArrayList<Integer>();
        double[] rates = rates(layer);
        for (int n = 0; n < rates.length; n++) {
            if (Verdict.of(rates[n]) == verdict) {
                found.add(n);
            }
        }
        return found;
    }

    /**
     * Of each neuron of a layer, {@code [N]}.
     *
     * @throws IllegalArgumentException if there is no such layer
     */
    public double[] rates(String layer) {
        double[] rates = byLayer.get(layer);
        if (rates == null) {
            throw new IllegalArgumentException(
                    "firing rates: expected one of the layers " + byLayer.keySet() + ", found " + layer);
        }
        return rates;
    }
}

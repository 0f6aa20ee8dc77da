package io.keyspike.trainer.evaluate;

import io.keyspike.trainer.common.Interval;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a network made of a set of clips.
 *
 * @param confusion {@code [true label][predicted label]}, numbers of clips
 * @param firingRates by spiking layer, in order: spikes per neuron and step
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier of results, never compared
public record ClipMetrics(int[][] confusion, Map<String, Double> firingRates) {

    public ClipMetrics {
        firingRates = Collections.unmodifiableMap(new LinkedHashMap<>(firingRates));
    }

    public int correct() {
        int sum = 0;
        for (int i = 0; i < confusion.length; i++) {
            sum += confusion[i][i];
        }
        return sum;
    }

    public int total() {
        int sum = 0;
        for (int[] row : confusion) {
            for (int count : row) {
                sum += count;
            }
        }
        return sum;
    }

    /** 0 of no clips. */
    public double accuracy() {
        return total() == 0 ? 0 : (double) correct() / total();
    }

    public Interval interval95() {
        return Interval.wilson95(correct(), total());
    }
}

package io.keyspike.trainer.loop;

import java.util.List;

/**
 * Moving averages of the weights over the batches (Polyak and Juditsky 1992, with exponential weights): noise of single
 * batches goes out of what is validated and shipped. In the first batches, when the average would hold mostly the initial
 * weights, it follows faster.
 */
final class Averages {
    private final double decay;
    private final List<float[]> weights;
    private final List<float[]> averages;

    /** @param weights that are averaged, shared */
    Averages(double decay, List<float[]> weights) {
        this.decay = decay;
        this.weights = weights;
        averages = weights.stream().map(float[]::clone).toList();
    }

    /** The averages, shared: a part of what a checkpoint keeps. */
    List<float[]> values() {
        return averages;
    }

    /** @param batches that were learnt, this one included */
    void add(long batches) {
        float kept = (float) Math.min(decay, (double) batches / (batches + 10));
        for (int i = 0; i < weights.size(); i++) {
            float[] weight = weights.get(i);
            float[] average = averages.get(i);
            for (int k = 0; k < weight.length; k++) {
                average[k] = kept * average[k] + (1 - kept) * weight[k];
            }
        }
    }

    /** Exchanges weights and averages; twice leaves everything as it was. */
    void swap() {
        for (int i = 0; i < weights.size(); i++) {
            float[] weight = weights.get(i);
            float[] average = averages.get(i);
            for (int k = 0; k < weight.length; k++) {
                float kept = weight[k];
                weight[k] = average[k];
                average[k] = kept;
            }
        }
    }
}

package io.keyspike.trainer.evaluate;

import io.keyspike.kernels.KernelBackend;
import io.keyspike.models.network.Network;
import io.keyspike.models.network.SequenceNetwork;
import io.keyspike.trainer.features.FrameStacking;
import io.keyspike.trainer.features.StreamBank;
import io.keyspike.trainer.loss.PeakScores;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The scores of a network at every step of the streams of a bank, from a fresh state each: what a live stream computes,
 * through the whole-sequence network.
 */
public final class StreamScorer {
    /** Streams at a time: they are long. */
    private static final int BATCH = 8;

    private final KernelBackend backend;
    private final FrameStacking stacking;
    private final PeakScores peaks;

    public StreamScorer(KernelBackend backend, FrameStacking stacking, PeakScores peaks) {
        this.backend = backend;
        this.stacking = stacking;
        this.peaks = peaks;
    }

    /** Sees the scores of one stream. */
    @FunctionalInterface
    public interface Visitor {

        /**
         * The scores of one stream.
         *
         * @param stream its number in the bank
         * @param steps T
         * @param scores {@code [T, labels]}; changed after the call
         */
        void scored(int stream, int steps, float[] scores);
    }

    /**
     * Scores all streams, in order.
     *
     * @return firing rates by layer: spikes per neuron and step
     */
    public Map<String, Double> over(Network network, StreamBank bank, Visitor visitor) {
        var sequence = new SequenceNetwork(network, backend);
        Map<String, double[]> spikes = new LinkedHashMap<>();
        float[] scores = {};
        for (int from = 0; from < bank.streams(); from += BATCH) {
            int count = Math.min(BATCH, bank.streams() - from);
            int frames = Integer.MAX_VALUE;
            for (int b = 0; b < count; b++) {
                frames = Math.min(frames, bank.entry((long) from + b).targets().length);
            }
            int steps = stacking.steps(frames);
            float[] input = new float[Math.multiplyExact(steps * count, stacking.width())];
            for (int b = 0; b < count; b++) {
                stacking.stack(bank.entry((long) from + b).frames(), frames, input, b, count);
            }
            SequenceNetwork.Result result = sequence.forward(steps, count, input);
            int labels = result.output().length / (steps * count);
            if (scores.length < steps * labels) {
                scores = new float[steps * labels];
            }
            for (int b = 0; b < count; b++) {
                peaks.of(result.output(), steps, count, labels, b, scores);
                visitor.scored(from + b, steps, scores);
            }
            for (SequenceNetwork.Layer layer : result.layers()) {
                double[] sum = spikes.computeIfAbsent(layer.name(), n -> new double[2]);
                for (float s : layer.spikes()) {
                    sum[0] += s;
                }
                sum[1] += layer.spikes().length;
            }
        }
        Map<String, Double> rates = new LinkedHashMap<>();
        spikes.forEach((layer, sum) -> rates.put(layer, sum[0] / sum[1]));
        return rates;
    }
}

package io.keyspike.trainer.evaluate;

import io.keyspike.kernels.StepKernels;
import io.keyspike.models.network.GraphState;
import io.keyspike.models.network.Network;
import io.keyspike.models.network.StepRooms;
import io.keyspike.models.network.StreamingNetwork;
import io.keyspike.trainer.common.Parallel;
import io.keyspike.trainer.common.Progress;
import io.keyspike.trainer.features.FrameStacking;
import io.keyspike.trainer.features.StreamBank;
import io.keyspike.trainer.loss.PeakScores;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The scores of a network at every step of the streams of a bank, from a fresh state each: what a live stream computes, by the
 * network that runs live. It touches only the weights of neurons that fired and keeps a stream's state in the cache, so hours
 * of streams take half the time of a pass over whole sequences.
 */
public final class StreamScorer {
    /** Streams that go from step to step together, and share each weight that is read. */
    private static final int GROUP = 8;

    /** Groups of a thread before their scores are shown. */
    private static final int GROUPS_PER_THREAD = 4;

    private final StepKernels kernels;
    private final int threads;
    private final FrameStacking stacking;
    private final PeakScores peaks;

    /**
     * @param threads how many groups of streams at a time; does not affect results
     * @param stacking of one step for each stride of frames
     */
    public StreamScorer(StepKernels kernels, int threads, FrameStacking stacking, PeakScores peaks) {
        this.kernels = kernels;
        this.threads = threads;
        this.stacking = stacking;
        this.peaks = peaks;
    }

    /** Sees the scores of one stream. */
    @FunctionalInterface
    public interface Visitor {

        /**
         * The scores of one stream. Called by the thread that called {@link #over}.
         *
         * @param stream its number in the bank
         * @param steps T
         * @param scores {@code [T, labels]}
         */
        void scored(int stream, int steps, float[] scores);
    }

    /**
     * Scores all streams, in order.
     *
     * @return firing rates by layer: spikes per neuron and step
     */
    public Map<String, Double> over(Network network, StreamBank bank, Visitor visitor) {
        var streaming = new StreamingNetwork(network, kernels);
        long[] spikes = new long[streaming.spikingLayers()];
        int steps = steps(bank);
        int wave = Math.max(1, threads) * GROUPS_PER_THREAD * GROUP;
        for (int from = 0; from < bank.streams(); from += wave) {
            int first = from;
            int count = Math.min(wave, bank.streams() - from);
            float[][] scores = new float[count][];
            int groups = Math.ceilDiv(count, GROUP);
            Parallel.forEach(groups, threads, "scoring streams", Progress.NONE, g -> {
                int at = g * GROUP;
                long[] fired = score(streaming, bank, first + at, Math.min(GROUP, count - at), scores, at);
                synchronized (spikes) {
                    Arrays.setAll(spikes, layer -> spikes[layer] + fired[layer]);
                }
            });
            for (int k = 0; k < count; k++) {
                visitor.scored(from + k, steps, scores[k]);
            }
        }
        Map<String, Double> rates = new LinkedHashMap<>();
        for (int layer = 0; layer < spikes.length; layer++) {
            double possible = (double) bank.streams() * steps * streaming.layerWidth(layer);
            rates.put(streaming.layerName(layer), spikes[layer] / possible);
        }
        return rates;
    }

    /**
     * Scores streams {@code first} and following together.
     *
     * @param scores those of each stream, {@code [T, labels]}, put in place from {@code at} on
     * @return spikes by layer
     */
    private long[] score(StreamingNetwork network, StreamBank bank, int first, int count, float[][] scores, int at) {
        int labels = network.outputs();
        var states = new GraphState[count];
        StepRooms rooms = network.newRooms(count);
        float[][] outputs = new float[count][labels];
        int steps = steps(bank);
        for (int k = 0; k < count; k++) {
            states[k] = (GraphState) network.newState();
            scores[at + k] = new float[steps * labels];
        }
        long[] spikes = new long[network.spikingLayers()];
        for (int t = 0; t < steps; t++) {
            for (int k = 0; k < count; k++) {
                stacking.step(bank.entry((long) first + k).frames(), t, rooms.input(k), 0);
            }
            network.step(states, rooms, outputs, count);
            for (int k = 0; k < count; k++) {
                System.arraycopy(outputs[k], 0, scores[at + k], t * labels, labels);
                for (int layer = 0; layer < spikes.length; layer++) {
                    spikes[layer] += states[k].lastSpikeTotal(layer);
                }
            }
        }
        for (int k = 0; k < count; k++) {
            peaks.of(scores[at + k], steps, 1, labels, 0, scores[at + k]);
        }
        return spikes;
    }

    /** T: the streams of a bank are all of one length. */
    private int steps(StreamBank bank) {
        return stacking.steps(bank.entry(0L).targets().length);
    }
}

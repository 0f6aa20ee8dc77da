package io.keyspike.monitoring;

import io.micrometer.core.instrument.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.DoubleSupplier;
import java.util.function.ToDoubleFunction;

/**
 * The work of one model for one device group. Each writer has a {@link Share}; a reading sums them. Thread-safe.
 */
final class Workload {

    private final String group;
    private final ModelFacts model;
    private final double[] joulesPerSpike;
    private final List<Share> shares = new ArrayList<>();
    /** Counts of closed writers. */
    private final Share gone;

    private volatile boolean dismissed;
    /** Spikes of each layer, then steps of each layer, then seconds of sound. */
    private final SlidingTotals window;

    Workload(String group, ModelFacts model, Clock clock) {
        this.group = group;
        this.model = model;
        int layers = model.layers().size();
        joulesPerSpike = model.layers().stream().mapToDouble(model::joulesOf).toArray();
        gone = new Share(layers);
        var totals = new DoubleSupplier[2 * layers + 1];
        for (int i = 0; i < layers; i++) {
            int layer = i;
            totals[i] = () -> spikes(layer);
            totals[layers + i] = () -> sum(share -> share.steps(layer));
        }
        totals[2 * layers] = this::audioSeconds;
        window = new SlidingTotals(clock, totals);
    }

    /**
     * The counts of one writer. Only that writer may add, so an addition is a load and a store without locking; any thread
     * may read, and sees a number that was correct a moment ago.
     */
    static final class Share {

        private static final int FRAMES = 0;
        private static final int AUDIO = 1;
        private static final int LAYERS = 2;

        /** Frames; seconds of sound as the bits of a double; then spikes and steps of each layer in turn. */
        private final AtomicLongArray counts;

        private final int layers;

        private Share(int layers) {
            this.layers = layers;
            counts = new AtomicLongArray(LAYERS + 2 * layers);
        }

        void frame(double audioSeconds) {
            add(FRAMES, 1);
            addAudio(audioSeconds);
        }

        /** Layers that the model does not have are ignored. */
        void spikes(int layer, long count, long steps) {
            if (layer < layers) {
                add(LAYERS + 2 * layer, count);
                add(LAYERS + 2 * layer + 1, steps);
            }
        }

        private void addAudio(double seconds) {
            counts.setOpaque(
                    AUDIO, Double.doubleToRawLongBits(Double.longBitsToDouble(counts.getPlain(AUDIO)) + seconds));
        }

        private void add(int index, long amount) {
            counts.setOpaque(index, counts.getPlain(index) + amount);
        }

        private void addAll(Share other) {
            add(FRAMES, other.frames());
            addAudio(other.audioSeconds());
            for (int layer = 0; layer < layers; layer++) {
                spikes(layer, other.spikes(layer), other.steps(layer));
            }
        }

        long frames() {
            return counts.getOpaque(FRAMES);
        }

        double audioSeconds() {
            return Double.longBitsToDouble(counts.getOpaque(AUDIO));
        }

        long spikes(int layer) {
            return counts.getOpaque(LAYERS + 2 * layer);
        }

        long steps(int layer) {
            return counts.getOpaque(LAYERS + 2 * layer + 1);
        }
    }

    String group() {
        return group;
    }

    ModelFacts model() {
        return model;
    }

    /** Opens the share of a new writer. */
    synchronized Share open() {
        var share = new Share(model.layers().size());
        shares.add(share);
        return share;
    }

    /** Closes the share of a writer. */
    synchronized void close(Share share) {
        if (shares.remove(share)) {
            gone.addAll(share);
        }
    }

    synchronized boolean hasWriters() {
        return !shares.isEmpty();
    }

    /** Samples the totals when due; to be called about once a second. */
    void tick() {
        window.tick();
    }

    private synchronized double sum(ToDoubleFunction<Share> part) {
        double sum = part.applyAsDouble(gone);
        for (Share share : shares) {
            sum += part.applyAsDouble(share);
        }
        return sum;
    }

    double frames() {
        return sum(Share::frames);
    }

    double audioSeconds() {
        return sum(Share::audioSeconds);
    }

    double spikes(int layer) {
        return sum(share -> share.spikes(layer));
    }

    double synapticOperations() {
        double operations = 0;
        for (int layer = 0; layer < model.layers().size(); layer++) {
            operations += spikes(layer) * model.layers().get(layer).fanOut();
        }
        return operations;
    }

    /** Energy for all audio since the start, over all streams. */
    double joules() {
        double joules = model.staticWatts() * audioSeconds();
        for (int layer = 0; layer < joulesPerSpike.length; layer++) {
            joules += joulesPerSpike[layer] * spikes(layer);
        }
        return joules;
    }

    /** The counts of the window. */
    final class Recent {
        private final double[] growth = window.growth();

        double spikes(int layer) {
            return growth[layer];
        }

        /** Summed over streams. */
        double steps(int layer) {
            return growth[joulesPerSpike.length + layer];
        }

        /** Summed over streams. */
        double audioSeconds() {
            return growth[2 * joulesPerSpike.length];
        }
    }

    Recent recent() {
        return new Recent();
    }

    /** Energy drawn by spikes over the window. */
    double dynamicJoules(Recent recent) {
        double joules = 0;
        for (int layer = 0; layer < joulesPerSpike.length; layer++) {
            joules += joulesPerSpike[layer] * recent.spikes(layer);
        }
        return joules;
    }

    /** Whether another model has replaced it: its totals still count, its window no longer does. */
    boolean isDismissed() {
        return dismissed;
    }

    void dismiss(boolean value) {
        dismissed = value;
    }
}

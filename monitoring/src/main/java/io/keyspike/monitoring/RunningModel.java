package io.keyspike.monitoring;

import io.micrometer.core.instrument.Clock;
import java.util.concurrent.atomic.DoubleAdder;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.DoubleSupplier;
import java.util.stream.IntStream;

/** What has been counted since one model was taken into use. Thread-safe; counting allocates nothing. */
final class RunningModel {

    private final int[] widths;
    private final int[] fanOuts;
    private final double staticWatts;
    /** By layer: of the spike itself and of the synapses that it reaches. */
    private final double[] joulesPerSpike;

    private final LongAdder[] spikes;
    private final LongAdder[] steps;
    private final DoubleAdder audioSeconds = new DoubleAdder();
    /** Spikes of each layer, then steps of each layer, then seconds of sound. */
    private final SlidingTotals window;

    RunningModel(
            Clock clock,
            int[] widths,
            int[] fanOuts,
            double staticWattsPerNeuron,
            double joulesPerSpike,
            double joulesPerSynapticOperation) {
        this.widths = widths.clone();
        this.fanOuts = fanOuts.clone();
        this.staticWatts = staticWattsPerNeuron * IntStream.of(this.widths).sum();
        this.joulesPerSpike = IntStream.of(this.fanOuts)
                .mapToDouble(fanOut -> joulesPerSpike + joulesPerSynapticOperation * fanOut)
                .toArray();
        int layers = this.widths.length;
        spikes = new LongAdder[layers];
        steps = new LongAdder[layers];
        var totals = new DoubleSupplier[2 * layers + 1];
        for (int i = 0; i < layers; i++) {
            LongAdder layerSpikes = new LongAdder();
            LongAdder layerSteps = new LongAdder();
            spikes[i] = layerSpikes;
            steps[i] = layerSteps;
            totals[i] = layerSpikes::sum;
            totals[layers + i] = layerSteps::sum;
        }
        totals[2 * layers] = audioSeconds::sum;
        window = new SlidingTotals(clock, totals);
    }

    int layers() {
        return widths.length;
    }

    /** Synapses that one spike of a layer reaches. */
    int fanOut(int layer) {
        return fanOuts[layer];
    }

    void frame(double seconds) {
        window.tick();
        audioSeconds.add(seconds);
    }

    void spikes(int layer, long count, long stepCount) {
        window.tick();
        spikes[layer].add(count);
        steps[layer].add(stepCount);
    }

    /** Spikes / (steps · neurons) over the window; 0 where there were no steps. */
    double firingRate(int layer) {
        double[] growth = window.growth();
        double chances = growth[layers() + layer] * widths[layer];
        return chances > 0 ? growth[layer] / chances : 0;
    }

    double staticWatts() {
        return staticWatts;
    }

    /** Energy per spike times spikes per second of sound, over the window; 0 where there was no sound. */
    double dynamicWatts() {
        double[] growth = window.growth();
        double joules = 0;
        for (int i = 0; i < layers(); i++) {
            joules += joulesPerSpike[i] * growth[i];
        }
        double seconds = growth[2 * layers()];
        return seconds > 0 ? joules / seconds : 0;
    }

    /** Energy for all sound since the start, all streams together. */
    double joules() {
        double joules = staticWatts * audioSeconds.sum();
        for (int i = 0; i < layers(); i++) {
            joules += joulesPerSpike[i] * spikes[i].sum();
        }
        return joules;
    }
}

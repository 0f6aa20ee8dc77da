package io.keyspike.trainer.bench;

import io.keyspike.kernels.KernelBackend;
import io.keyspike.trainer.layers.Parameter;
import io.keyspike.trainer.layers.Pass;
import io.keyspike.trainer.layers.TrainableNetwork;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Brings each spiking layer of a network to a stated firing rate on one batch, layer after layer, by one factor on its weights, or
 * on the gain of its normalisation where it has one, since that undoes what weights are multiplied by. Training costs what it does
 * only where neurons fire: a silent network is fast for whoever skips zeros, and learns nothing.
 */
final class HeldRates {

    /** Below this share of steps a layer is silent; above 1 less this it is saturated. */
    static final double SILENT = 0.005;

    /** How far a measured rate may be from the stated one, relative to it. */
    private static final double TOLERANCE = 0.1;

    /**
     * Near enough to look no further. The search must not go on to the very rate: it would end on the factor at which one spike
     * appears, with a membrane that equals its threshold to the last bit, and a program that sums in another order would
     * lose that spike and all that follows from it.
     */
    private static final double NEAR = 0.01;

    private static final int HALVINGS = 30;
    private static final double LEAST_LOG = Math.log(1e-3);
    private static final double MOST_LOG = Math.log(1e3);

    private final TrainingWorkload workload;
    private final KernelBackend backend;
    private final long seed;
    private final Pass pass;
    private final float[] input;

    HeldRates(TrainingWorkload workload, KernelBackend backend, long seed, Pass pass, float[] input) {
        this.workload = workload;
        this.backend = backend;
        this.seed = seed;
        this.pass = pass;
        this.input = input;
    }

    /**
     * Scales the network's weights.
     *
     * @throws UnheldRateException if no factor brings a layer to the rate
     */
    void hold(TrainableNetwork network, double rate) {
        for (int layer = 1; layer <= workload.spikingLayers(); layer++) {
            TrainableNetwork beginning = beginning(layer, network);
            float[] target = scaled(beginning, layer);
            float[] start = target.clone();
            double low = LEAST_LOG;
            double high = MOST_LOG;
            for (int i = 0; i < HALVINGS; i++) {
                double middle = (low + high) / 2;
                scale(start, Math.exp(middle), target);
                double found = rate(beginning);
                if (Math.abs(found - rate) <= NEAR * rate) {
                    break;
                }
                if (found < rate) {
                    low = middle;
                } else {
                    high = middle;
                }
            }
            System.arraycopy(target, 0, scaled(network, layer), 0, target.length);
        }
        List<Double> found = measure(network);
        for (int layer = 0; layer < found.size(); layer++) {
            if (!(Math.abs(found.get(layer) - rate) <= TOLERANCE * rate)) {
                throw new UnheldRateException(String.format(
                        Locale.ROOT,
                        "%s: expected layer %d to fire in %.1f %% of steps, found %.1f %% at every factor on its weights",
                        workload.name(),
                        layer + 1,
                        100 * rate,
                        100 * found.get(layer)));
            }
        }
    }

    /** Share of steps in which the neurons of each spiking layer fire. */
    List<Double> measure(TrainableNetwork network) {
        var rates = new ArrayList<Double>();
        for (int layer = 1; layer <= workload.spikingLayers(); layer++) {
            rates.add(rate(beginning(layer, network)));
        }
        return rates;
    }

    /** @throws UnheldRateException if a layer is silent or saturated */
    void requireAlive(List<Double> rates) {
        for (int layer = 0; layer < rates.size(); layer++) {
            double rate = rates.get(layer);
            if (!(rate >= SILENT && rate <= 1 - SILENT)) {
                throw new UnheldRateException(String.format(
                        Locale.ROOT,
                        "%s: expected layer %d to fire in %.1f to %.1f %% of steps, found %.2f %%: no speed is reported for a"
                                + " network that is %s",
                        workload.name(),
                        layer + 1,
                        100 * SILENT,
                        100 * (1 - SILENT),
                        100 * rate,
                        rate < SILENT ? "silent" : "saturated"));
            }
        }
    }

    /** The network's first layers with its weights: what it gives are the spikes of the last of them. */
    private TrainableNetwork beginning(int layers, TrainableNetwork network) {
        var beginning = new TrainableNetwork(
                workload.config(layers).network(),
                workload.inputs(),
                workload.layers().get(layers),
                workload.stepSeconds(),
                seed,
                backend,
                workload.steps(),
                workload.batch());
        Map<String, Parameter> all =
                network.parameters().stream().collect(Collectors.toMap(Parameter::fullName, Function.identity()));
        for (Parameter p : beginning.parameters()) {
            Parameter from = Objects.requireNonNull(all.get(p.fullName()), p.fullName());
            System.arraycopy(from.values(), 0, p.values(), 0, p.values().length);
        }
        return beginning;
    }

    private double rate(TrainableNetwork beginning) {
        float[] spikes = beginning.forward(pass, input);
        int size = workload.steps() * workload.batch() * beginning.outputs();
        double sum = 0;
        for (int i = 0; i < size; i++) {
            sum += spikes[i];
        }
        return sum / size;
    }

    private float[] scaled(TrainableNetwork network, int layer) {
        String name = "layer" + layer
                + (workload.neurons() == TrainingWorkload.NeuronKind.ADAPTIVE ? ".norm_gain" : ".weight");
        return network.parameters().stream()
                .filter(p -> p.fullName().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("held rates: expected a parameter " + name))
                .values();
    }

    private static void scale(float[] start, double factor, float[] target) {
        for (int i = 0; i < start.length; i++) {
            target[i] = (float) (start[i] * factor);
        }
    }
}

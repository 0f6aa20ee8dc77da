package io.keyspike.trainer.layers;

import io.keyspike.trainer.config.ConfigException;
import io.keyspike.trainer.config.RateConfig;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Behind the neurons of a layer: lets their spikes pass, measures how often each fires over the batch and the steps that
 * count, and adds the gradient of a loss on that to the one that comes back. It must see the batch whole.
 */
final class FiringRateProbe implements Stage {
    private final List<FiringRateLoss> losses;
    private final double[] rates;
    private final double[] gradient;
    private double loss;

    /** @throws ConfigException if offsets or multipliers are neither one nor as many as neurons */
    FiringRateProbe(String layer, RateConfig config, int neurons) {
        losses = losses(layer, config, neurons);
        rates = new double[neurons];
        gradient = new double[neurons];
    }

    private static List<FiringRateLoss> losses(String layer, RateConfig config, int neurons) {
        for (List<Double> values : List.of(config.offsets(), config.multipliers())) {
            if (values.size() != 1 && values.size() != neurons) {
                throw new ConfigException(
                        layer + ".rates: expected one value or " + neurons + ", found " + values.size());
            }
        }
        var all = new ArrayList<FiringRateLoss>();
        all.add(
                config.of() == RateConfig.Scope.LAYER
                        ? new FiringRateLoss.OfLayer(
                                config.offsets().getFirst(),
                                config.multipliers().getFirst())
                        : new FiringRateLoss.OfNeurons(array(config.offsets()), array(config.multipliers())));
        if (config.balance() > 0) {
            all.add(new FiringRateLoss.Balance(config.balance()));
        }
        return List.copyOf(all);
    }

    private static double[] array(List<Double> values) {
        return values.stream().mapToDouble(Double::doubleValue).toArray();
    }

    /** Of the last forward pass. */
    double loss() {
        return loss;
    }

    @Override
    public float[] forward(Pass pass, float[] spikes) {
        int neurons = rates.length;
        int from = pass.firstStep() * pass.batch() * neurons;
        int to = pass.rows() * neurons;
        Arrays.fill(rates, 0);
        for (int i = from; i < to; i++) {
            rates[i % neurons] += spikes[i];
        }
        int count = counted(pass);
        for (int n = 0; n < neurons; n++) {
            rates[n] /= count;
        }
        Arrays.fill(gradient, 0);
        loss = 0;
        for (FiringRateLoss each : losses) {
            loss += each.apply(rates, gradient);
        }
        return spikes;
    }

    @Override
    public float[] backward(Pass pass, float[] dy, boolean inputNeeded) {
        int neurons = rates.length;
        int count = counted(pass);
        float[] each = new float[neurons];
        for (int n = 0; n < neurons; n++) {
            each[n] = (float) (gradient[n] / count);
        }
        for (int i = pass.firstStep() * pass.batch() * neurons; i < pass.rows() * neurons; i++) {
            dy[i] += each[i % neurons];
        }
        return dy;
    }

    private static int counted(Pass pass) {
        return (pass.steps() - pass.firstStep()) * pass.batch();
    }

    @Override
    public List<Parameter> parameters() {
        return List.of();
    }
}

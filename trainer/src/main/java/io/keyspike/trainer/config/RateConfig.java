package io.keyspike.trainer.config;

import static io.keyspike.trainer.config.ConfigException.check;
import static io.keyspike.trainer.config.ConfigException.checkProbability;

import java.util.List;

/**
 * How often the neurons of a layer should fire.
 *
 * @param of whether the layer's mean is drawn to the target, or each neuron
 * @param offsets targets: one, or one for each neuron
 * @param multipliers weights of the squared differences: one, or one for each neuron; 0 for no target
 * @param balance weight of the variance of the rates over the layer's neurons
 */
public record RateConfig(Scope of, List<Double> offsets, List<Double> multipliers, double balance) {

    /** What is compared with the target. */
    public enum Scope {
        LAYER,
        NEURON
    }

    public RateConfig {
        check(!offsets.isEmpty() && !multipliers.isEmpty(), "rates", "at least one offset and multiplier", "none");
        offsets.forEach(offset -> checkProbability("rates.offsets", offset));
        multipliers.forEach(m -> check(m >= 0 && Double.isFinite(m), "rates.multipliers", "at least 0", m));
        check(
                of == Scope.NEURON || (offsets.size() == 1 && multipliers.size() == 1),
                "rates",
                "one offset and one multiplier per layer",
                offsets.size() + " and " + multipliers.size());
        check(balance >= 0 && Double.isFinite(balance), "rates.balance", "at least 0", balance);
    }

    /** Whether it asks for anything. */
    public boolean active() {
        return balance > 0 || multipliers.stream().anyMatch(m -> m > 0);
    }
}

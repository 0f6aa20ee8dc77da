package io.keyspike.trainer.config;

import static io.keyspike.trainer.config.ConfigException.check;
import static io.keyspike.trainer.config.ConfigException.checkRange;

import io.keyspike.kernels.Reset;
import java.util.List;

/** Neurons of a layer; which values matter depends on the kind. */
public record NeuronConfig(
        Kind kind,
        double tauMillis,
        float threshold,
        Reset reset,
        boolean learnDecay,
        boolean learnThreshold,
        List<Double> membraneDecay,
        List<Double> adaptationDecay,
        List<Double> membraneCoupling,
        List<Double> spikeCoupling,
        float readoutDecay,
        boolean learnReadoutDecay) {

    /** HARDWARE is LIF whose membrane never falls below 0. */
    public enum Kind {
        LIF,
        HARDWARE,
        ADAPTIVE,
        READOUT
    }

    public NeuronConfig {
        check(tauMillis > 0, "neuron.tau_millis", "more than 0", tauMillis);
        check(threshold > 0 && Float.isFinite(threshold), "neuron.threshold", "more than 0", threshold);
        checkRange("neuron.membrane_decay", membraneDecay);
        checkRange("neuron.adaptation_decay", adaptationDecay);
        checkRange("neuron.membrane_coupling", membraneCoupling);
        checkRange("neuron.spike_coupling", spikeCoupling);
        for (List<Double> decay : List.of(membraneDecay, adaptationDecay)) {
            check(decay.get(0) > 0 && decay.get(1) < 1, "neuron: a range of decays", "numbers between 0 and 1", decay);
        }
        check(readoutDecay >= 0 && readoutDecay < 1, "neuron.readout_decay", "from 0 to below 1", readoutDecay);
        check(
                !learnReadoutDecay || readoutDecay > 0 || kind != Kind.READOUT,
                "neuron.readout_decay",
                "more than 0 where it is learnt",
                readoutDecay);
    }
}

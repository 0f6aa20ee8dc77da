package io.keyspike.trainer.config;

import static io.keyspike.trainer.config.ConfigException.check;
import static io.keyspike.trainer.config.ConfigException.checkProbability;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.keyspike.kernels.RecurrentWiring;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A synapse and the neurons it feeds.
 *
 * @param inputs added in this order; empty for the layer before
 * @param width neurons; null for as many as inputs (diagonal) or labels (dense)
 * @param recurrent whether spikes of the layer reach it again in the next step
 * @param recurrentWiring which of its neurons, if it is recurrent
 * @param recurrentInit how those weights begin; the fan in is the layer's width
 * @param dropout on this layer's spikes, while training
 * @param delay of this layer's spikes on their way to others
 * @param rates how often its neurons should fire
 */
public record LayerConfig(
        String name,
        Synapse synapse,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<LayerInput> inputs,
        @Nullable Integer width,
        boolean bias,
        boolean batchNorm,
        float batchNormGain,
        InitConfig init,
        boolean recurrent,
        RecurrentWiring recurrentWiring,
        InitConfig recurrentInit,
        NeuronConfig neuron,
        float dropout,
        DelayConfig delay,
        RateConfig rates) {

    /** Wiring. */
    public enum Synapse {
        DIAGONAL,
        DENSE
    }

    /** How weights begin. */
    public record InitConfig(Kind kind, float mean, float deviation, float rate) {
        /**
         * NORMAL: N(mean, deviation). FAN_IN: N(mean, deviation / √inputs). FLUCTUATION: as NORMAL, then scaled until the
         * layer's mean firing rate on the training clips is {@code rate}.
         */
        public enum Kind {
            NORMAL,
            FAN_IN,
            FLUCTUATION
        }

        public InitConfig {
            check(rate > 0 && rate < 1, "init.rate", "between 0 and 1", rate);
            check(deviation >= 0, "init.deviation", "at least 0", deviation);
        }
    }

    /** Whether the initial weights are fitted to data. */
    public boolean fluctuationDriven() {
        return init.kind() == InitConfig.Kind.FLUCTUATION;
    }

    public LayerConfig {
        check(name != null, "network.layers: name", "a name for every layer", "a layer without");
        inputs = List.copyOf(inputs);
        check(
                !name.equals(LayerInput.NETWORK),
                "network.layers: name",
                "a name other than that of the network's input",
                name);
        check(name.matches("[A-Za-z][A-Za-z0-9_]*"), "network.layers: name", "letters, digits, underscores", name);
        check(width == null || width > 0, name + ".width", "more than 0", String.valueOf(width));
        boolean diagonal = synapse == Synapse.DIAGONAL;
        boolean current = neuron.kind().driven();
        check(
                !(diagonal && current && neuron.synapses().size() > 1),
                name + ".neuron.synapses",
                "at most one time constant behind a diagonal synapse",
                neuron.synapses());
        check(!(diagonal && (bias || batchNorm)), name, "no bias or batch_norm on a diagonal synapse", "one");
        check(!(diagonal && width != null), name + ".width", "none for a diagonal synapse", String.valueOf(width));
        check(
                init.kind() != InitConfig.Kind.FLUCTUATION
                        || neuron.kind() == NeuronConfig.Kind.LIF
                        || neuron.kind() == NeuronConfig.Kind.HARDWARE,
                name + ".init.kind",
                "normal or fan_in where neurons are neither lif nor hardware",
                init.kind());
        check(
                !(recurrent && neuron.kind() == NeuronConfig.Kind.READOUT),
                name + ".recurrent",
                "false for a readout, which has no spikes",
                "true");
        check(
                !recurrent || neuron.kind().mayBeRecurrent(),
                name + ".recurrent",
                "false for " + neuron.kind().name().toLowerCase(Locale.ROOT) + " neurons",
                "true");
        check(recurrentWiring != RecurrentWiring.NONE, name + ".recurrent_wiring", "all_to_all or one_to_one", "none");
        check(
                !(recurrent && init.kind() == InitConfig.Kind.FLUCTUATION),
                name + ".init.kind",
                "normal or fan_in for a recurrent layer",
                init.kind());
        check(
                recurrentInit.kind() != InitConfig.Kind.FLUCTUATION,
                name + ".recurrent_init.kind",
                "normal or fan_in",
                recurrentInit.kind());
        check(
                neuron.kind().spikes() || !delay.active(),
                name + ".delay",
                "none for a readout or exp_leak, which has no spikes",
                delay);
        checkProbability(name + ".dropout", dropout);
        check(dropout < 1, name + ".dropout", "less than 1", dropout);
        check(
                neuron.kind().spikes() || !rates.active(),
                name + ".rates",
                "none for a readout or exp_leak, which does not fire",
                rates);
        check(neuron.kind().spikes() || dropout == 0, name + ".dropout", "0 for a readout or exp_leak", dropout);
    }

    /** The wiring that the layer has in fact: none unless it is recurrent. */
    public RecurrentWiring recurrence() {
        return recurrent ? recurrentWiring : RecurrentWiring.NONE;
    }

    /** Currents that each neuron takes: one for each synaptic time constant of current neurons, else one. */
    public int currentsPerNeuron() {
        return neuron.kind().driven() ? Math.max(1, neuron.synapses().size()) : 1;
    }

    /** Whether a loss may look at the membranes of this layer as the last one. */
    public boolean givesMembranes() {
        return neuron.kind().givesMembranes(recurrent);
    }
}

package io.keyspike.trainer.config;

import static io.keyspike.trainer.config.ConfigException.check;
import static io.keyspike.trainer.config.ConfigException.checkRange;

import io.keyspike.kernels.CurrentLifRule;
import io.keyspike.kernels.Reset;
import io.keyspike.models.network.NetworkGraph;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Neurons of a layer; which values matter depends on the kind. */
public record NeuronConfig(
        Kind kind,
        double tauMillis,
        float threshold,
        Reset reset,
        boolean learnDecay,
        boolean learnThreshold,
        float beta,
        float alpha,
        boolean learnAlpha,
        boolean resetDelay,
        List<Taus> synapses,
        List<Double> tausMillis,
        int maximumSpikes,
        @Nullable Float floor,
        boolean normalised,
        float resetLevel,
        float resetOffset,
        float rest,
        List<Double> membraneDecay,
        List<Double> adaptationDecay,
        List<Double> membraneCoupling,
        List<Double> spikeCoupling,
        float readoutDecay,
        boolean learnReadoutDecay) {

    /** Time constants of the membranes of current neurons. */
    public Taus membraneTaus() {
        return tausMillis.isEmpty() ? new Taus(List.of(tauMillis)) : new Taus(tausMillis);
    }

    /** What these neurons add to the plain equations of current neurons. */
    public CurrentLifRule rule() {
        return switch (kind) {
            case LIF_BOX -> new CurrentLifRule(true, resetLevel - rest, 0f);
            case EXP_LEAK -> new CurrentLifRule(normalised, 0f, 0f);
            default -> new CurrentLifRule(normalised, resetLevel, resetOffset);
        };
    }

    /** The reset in the kernels: Norse's neurons always return to their level, integrators never fire. */
    public Reset drivenReset() {
        return switch (kind) {
            case LIF_BOX -> Reset.ZERO;
            case EXP_LEAK -> Reset.NONE;
            default -> reset;
        };
    }

    /**
     * The threshold in the kernels, where membranes are counted from their rest and fire where they equal the threshold: for
     * Norse's neurons, which do not fire there, the next number above it.
     */
    public float drivenThreshold() {
        return switch (kind) {
            case LIF_BOX -> Math.nextUp(threshold - rest);
            case EXP_LEAK -> Float.POSITIVE_INFINITY;
            default -> threshold;
        };
    }

    /** The lowest membrane in the kernels, counted from the rest; null for none. */
    public @Nullable Float drivenFloor() {
        return floor == null || kind != Kind.LIF_BOX ? floor : Float.valueOf(floor - rest);
    }

    /**
     * The decay of a membrane in one step: exp(−dt/τ), or 1 − dt/τ for Norse's neurons.
     *
     * @throws ConfigException if a forward Euler step is longer than the time constant
     */
    public float membraneDecay(double stepSeconds, double tauMillis) {
        double share = stepSeconds / (tauMillis / 1_000);
        if (kind != Kind.LIF_BOX) {
            return (float) Math.exp(-share);
        }
        check(share <= 1, "neuron.tau_millis", "at least the time step of " + 1e3 * stepSeconds + " ms", tauMillis);
        return (float) (1 - share);
    }

    /**
     * SE_ADAPTIVE is ADAPTIVE by the symplectic Euler method. HARDWARE is LIF whose membrane never falls below 0; LEAKY and SYNAPTIC are snnTorch's; CURRENT is driven by synaptic
     * currents, LIF_BOX by none, as Norse's LIFBox, and EXP_LEAK gives its membranes, as Sinabs's ExpLeak.
     */
    public enum Kind {
        LIF(true, true, false),
        HARDWARE(true, true, false),
        ADAPTIVE(true, false, false),
        SE_ADAPTIVE(true, false, false),
        LEAKY(true, true, true),
        SYNAPTIC(true, true, true),
        CURRENT(false, false, false),
        LIF_BOX(false, false, false),
        EXP_LEAK(false, false, false),
        READOUT(false, false, false);

        private final boolean recurrent;
        private final boolean membranes;
        private final boolean recurrentMembranes;

        /** @param recurrentMembranes as {@code membranes}, for a recurrent layer */
        Kind(boolean recurrent, boolean membranes, boolean recurrentMembranes) {
            this.recurrent = recurrent;
            this.membranes = membranes;
            this.recurrentMembranes = recurrentMembranes;
        }

        /** Whether the kernels of current neurons run these. */
        public boolean driven() {
            return this == CURRENT || this == LIF_BOX || this == EXP_LEAK;
        }

        /** Whether they spike; those that do not give their membranes. */
        public boolean spikes() {
            return this != READOUT && this != EXP_LEAK;
        }

        /** Whether layers of these neurons may be recurrent. */
        public boolean mayBeRecurrent() {
            return recurrent;
        }

        /**
         * Whether a loss may look at the membranes of a layer of these neurons.
         *
         * @param recurrent whether the layer is
         */
        public boolean givesMembranes(boolean recurrent) {
            return recurrent ? recurrentMembranes : membranes;
        }
    }

    public NeuronConfig {
        synapses = List.copyOf(synapses);
        check(
                synapses.size() <= NetworkGraph.MAXIMUM_SYNAPSES
                        && synapses.stream().allMatch(Taus::valid),
                "neuron.synapses",
                "at most " + NetworkGraph.MAXIMUM_SYNAPSES + " time constants above 0",
                synapses);
        check(
                maximumSpikes >= 1 && maximumSpikes <= NetworkGraph.MAXIMUM_SPIKES,
                "neuron.maximum_spikes",
                "1 to " + NetworkGraph.MAXIMUM_SPIKES,
                maximumSpikes);
        check(floor == null || floor <= 0, "neuron.floor", "at most 0", String.valueOf(floor));
        tausMillis = List.copyOf(tausMillis);
        check(
                tausMillis.stream().allMatch(tau -> tau > 0) && (tausMillis.isEmpty() || kind.driven()),
                "neuron.taus_millis",
                "time constants above 0, and none but for current, lif_box and exp_leak neurons",
                tausMillis);
        check(
                Float.isFinite(resetLevel) && Float.isFinite(resetOffset) && Float.isFinite(rest),
                "neuron: reset_level, reset_offset, rest",
                "numbers",
                List.of(resetLevel, resetOffset, rest));
        check(
                kind != Kind.CURRENT || reset == Reset.ZERO || (resetLevel == 0 && resetOffset == 0),
                "neuron: reset_level, reset_offset",
                "0 unless the reset is zero",
                List.of(resetLevel, resetOffset));
        if (kind == Kind.LIF_BOX) {
            check(threshold > rest, "neuron.threshold", "more than the rest of " + rest, threshold);
            check(synapses.isEmpty(), "neuron.synapses", "none of lif_box neurons", synapses);
            check(maximumSpikes == 1, "neuron.maximum_spikes", "1 of lif_box neurons", maximumSpikes);
        }
        check(tauMillis > 0, "neuron.tau_millis", "more than 0", tauMillis);
        check(threshold > 0 && Float.isFinite(threshold), "neuron.threshold", "more than 0", threshold);
        check(beta >= 0 && beta <= 1, "neuron.beta", "from 0 to 1", beta);
        check(alpha >= 0 && alpha <= 1, "neuron.alpha", "from 0 to 1", alpha);
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

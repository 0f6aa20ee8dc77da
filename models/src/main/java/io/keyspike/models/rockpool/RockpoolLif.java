package io.keyspike.models.rockpool;

import com.fasterxml.jackson.databind.JsonNode;
import io.keyspike.kernels.Reset;
import io.keyspike.models.file.ModelFileException;
import io.keyspike.models.network.NetworkGraph;
import io.keyspike.models.network.Node;
import io.keyspike.models.network.Tensor;
import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Rockpool's {@code LIFTorch} and the {@code LinearTorch} before it, as nodes of ours. Rockpool numbers inputs by neuron first,
 * n·S + s, we by synapse, s·N + n. A bias of the membrane is one more current, of a decay so small that nothing is left of it in
 * the next step.
 *
 * @param synapses S, without that of a bias
 * @param decay {@code [N]}
 * @param synapseDecay {@code [S, N]}
 * @param bias {@code [N]}; null where all are 0
 * @param recurrent {@code [N, N·S]} in Rockpool's order, null for a feed-forward layer
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier of values, never compared
record RockpoolLif(
        double dt,
        int width,
        int synapses,
        int maximumSpikes,
        float[] decay,
        float[] synapseDecay,
        float[] threshold,
        float @Nullable [] bias,
        RockpoolModule.@Nullable Numbers recurrent) {

    /**
     * Decay of the current that stands for a bias. Fed with bias·2^30 in each step, the current is the bias, exactly: what is
     * left of the last step is less than half of the last bit of what is added.
     */
    static final float BIAS_DECAY = 0x1p-30f;

    static final float BIAS_SCALE = 0x1p30f;

    /**
     * Reads a module.
     *
     * @param columns of the weights before it, N·S
     */
    static RockpoolLif read(RockpoolModule lif, int columns) throws ModelFileException {
        double dt = lif.number("dt");
        if (!(dt > 0)) {
            throw new ModelFileException(lif.name("dt") + ": expected seconds above 0, found " + dt);
        }
        JsonNode recurrent = lif.value("_has_rec");
        boolean recurs = recurrent != null && recurrent.asBoolean();
        if (lif.number("noise_std") != 0) {
            throw new ModelFileException(lif.name("noise_std") + ": expected 0, found " + lif.number("noise_std"));
        }
        lif.ignore("learning_window");
        lif.ignore("spike_generation_fn");
        JsonNode modeNode = lif.value("leak_mode");
        String mode = modeNode == null ? "taus" : modeNode.asText();
        String[] keys = switch (mode) {
            case "taus" -> new String[] {"tau_mem", "tau_syn"};
            case "decays" -> new String[] {"alpha", "beta"};
            case "bitshifts" -> new String[] {"dash_mem", "dash_syn"};
            default ->
                throw new ModelFileException(
                        lif.name("leak_mode") + ": expected taus, decays or bitshifts, found " + mode);
        };
        RockpoolModule.Numbers synapse = lif.numbers(keys[1]);
        RockpoolModule.Numbers membrane = lif.numbers(keys[0]);
        int width = width(lif, synapse, membrane, columns);
        if (columns % width != 0 || columns / width >= NetworkGraph.MAXIMUM_SYNAPSES) {
            throw new ModelFileException(lif.name(keys[1]) + ": expected up to " + (NetworkGraph.MAXIMUM_SYNAPSES - 1)
                    + " synapses of each of " + width + " neurons, found " + columns + " inputs");
        }
        int synapses = columns / width;
        float[] byNeuron = synapse.values().length == synapses && synapse.rows() == 1 && synapses != width
                ? repeated(synapse.values(), width)
                : synapse.each(columns);
        float[] synapseDecay = new float[columns];
        for (int n = 0; n < width; n++) {
            for (int s = 0; s < synapses; s++) {
                synapseDecay[s * width + n] = decay(lif.name(keys[1]), mode, byNeuron[n * synapses + s], dt);
            }
        }
        float[] decay = membrane.each(width).clone();
        for (int n = 0; n < width; n++) {
            decay[n] = decay(lif.name(keys[0]), mode, decay[n], dt);
        }
        float[] threshold = lif.numbers("threshold").each(width);
        for (float theta : threshold) {
            if (!(theta > 0)) {
                throw new ModelFileException(lif.name("threshold") + ": expected more than 0, found " + theta);
            }
        }
        float[] bias = lif.value("bias") == null ? null : lif.numbers("bias").each(width);
        boolean biased = bias != null && !Arrays.equals(bias, new float[width]);
        double most =
                lif.value("max_spikes_per_dt") == null ? NetworkGraph.MAXIMUM_SPIKES : lif.number("max_spikes_per_dt");
        if (!(most >= 1)) {
            throw new ModelFileException(lif.name("max_spikes_per_dt") + ": expected at least 1, found " + most);
        }
        lif.requireAllRead();
        return new RockpoolLif(
                dt,
                width,
                synapses,
                (int) Math.min(most, NetworkGraph.MAXIMUM_SPIKES),
                decay,
                synapseDecay,
                threshold,
                biased ? bias : null,
                recurs ? recurrent(lif, width, columns) : null);
    }

    private static RockpoolModule.Numbers recurrent(RockpoolModule lif, int width, int columns)
            throws ModelFileException {
        RockpoolModule.Numbers weights = lif.numbers("w_rec");
        if (weights.rows() != width || weights.columns() != columns) {
            throw new ModelFileException(lif.name("w_rec") + ": expected " + width + " rows of " + columns
                    + " numbers, found " + weights.rows() + " of " + weights.columns());
        }
        return weights;
    }

    /** Inputs, N·S, of a module that has no linear layer before it. */
    static int columns(RockpoolModule lif) throws ModelFileException {
        for (String key : new String[] {"w_rec", "tau_syn", "beta", "dash_syn"}) {
            if (lif.has(key) && lif.value(key) != null) {
                RockpoolModule.Numbers numbers = lif.numbers(key);
                return key.equals("w_rec") ? numbers.columns() : numbers.values().length;
            }
        }
        throw new ModelFileException(lif.name("tau_syn") + ": expected numbers, found none");
    }

    /** N by the recurrent weights, {@code [N, N·S]}, which are there even where they are not used; else by the constants. */
    private static int width(
            RockpoolModule lif, RockpoolModule.Numbers synapse, RockpoolModule.Numbers membrane, int columns)
            throws ModelFileException {
        if (lif.value("w_rec") != null) {
            RockpoolModule.Numbers recurrent = lif.numbers("w_rec");
            if (recurrent.columns() != columns) {
                throw new ModelFileException(
                        lif.name("w_rec") + ": expected rows of " + columns + " numbers, found " + recurrent.columns());
            }
            return recurrent.rows();
        }
        if (synapse.rows() > 1) {
            return synapse.rows();
        }
        return membrane.values().length > 1 ? membrane.values().length : columns;
    }

    private static float[] repeated(float[] values, int times) {
        float[] all = new float[values.length * times];
        for (int i = 0; i < all.length; i++) {
            all[i] = values[i % values.length];
        }
        return all;
    }

    private static float decay(String name, String mode, float value, double dt) throws ModelFileException {
        double decay = switch (mode) {
            case "taus" -> value > 0 ? Math.exp(-dt / value) : Double.NaN;
            case "decays" -> value;
            default -> 1 - Math.pow(2, -value);
        };
        if (!(decay >= 0 && decay <= 1)) {
            throw new ModelFileException(name + ": expected "
                    + (mode.equals("taus") ? "seconds above 0" : "a decay from 0 to 1") + ", found " + value);
        }
        return (float) decay;
    }

    /** Synaptic currents, with that of a bias. */
    int currents() {
        return synapses + (bias == null ? 0 : 1);
    }

    Node.CurrentLif node(String name, Map<String, Tensor> tensors) {
        tensors.put(name + ".decay", Tensor.vector(decay));
        tensors.put(name + ".threshold", Tensor.vector(threshold));
        float[] all = Arrays.copyOf(synapseDecay, currents() * width);
        Arrays.fill(all, synapses * width, all.length, BIAS_DECAY);
        tensors.put(name + ".synapse_decay", Tensor.matrix(currents(), width, all));
        return new Node.CurrentLif(name, width, currents(), maximumSpikes, Reset.SUBTRACT, null);
    }

    /** The synapse that leads the spikes of the last step back to the neurons. */
    Node.Dense back(String name, RockpoolModule.Numbers weight, Map<String, Tensor> tensors) {
        tensors.put(name + ".weight", Tensor.matrix(width, currents() * width, bySynapse(weight)));
        return new Node.Dense(name, width, currents() * width, false);
    }

    /** Weights {@code [in, S·N]}, and none on the current of a bias. */
    private float[] bySynapse(RockpoolModule.Numbers weight) {
        int columns = currents() * width;
        float[] w = new float[weight.rows() * columns];
        for (int i = 0; i < weight.rows(); i++) {
            for (int n = 0; n < width; n++) {
                for (int s = 0; s < synapses; s++) {
                    w[i * columns + s * width + n] = weight.values()[(i * width + n) * synapses + s];
                }
            }
        }
        return w;
    }

    /**
     * The synapse before the neurons.
     *
     * @param weight {@code [in, N·S]} as Rockpool has it
     * @param linearBias {@code [N·S]}, or null
     */
    Node.Dense synapse(
            String name, RockpoolModule.Numbers weight, float @Nullable [] linearBias, Map<String, Tensor> tensors) {
        int inputs = weight.rows();
        int columns = currents() * width;
        tensors.put(name + ".weight", Tensor.matrix(inputs, columns, bySynapse(weight)));
        boolean biased = linearBias != null || bias != null;
        if (biased) {
            float[] b = new float[columns];
            for (int n = 0; n < width; n++) {
                for (int s = 0; s < synapses && linearBias != null; s++) {
                    b[s * width + n] = linearBias[n * synapses + s];
                }
                if (bias != null) {
                    b[synapses * width + n] = bias[n] * BIAS_SCALE;
                }
            }
            tensors.put(name + ".bias", Tensor.vector(b));
        }
        return new Node.Dense(name, inputs, columns, biased);
    }
}

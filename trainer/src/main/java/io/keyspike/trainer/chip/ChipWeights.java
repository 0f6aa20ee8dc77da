package io.keyspike.trainer.chip;

import io.keyspike.models.chip.ChipProfile;
import io.keyspike.models.chip.SignGroups;
import io.keyspike.models.chip.WeightGrid;
import io.keyspike.trainer.common.SplitMix;
import io.keyspike.trainer.config.ChipConfig;
import io.keyspike.trainer.config.ChipConfig.SignGroupRule;
import io.keyspike.trainer.layers.Parameter;
import io.keyspike.trainer.layers.SynapseShape;
import io.keyspike.trainer.layers.TimeConstantMismatch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The weights that a chip would have in the place of those that are learnt, and its time constants. Before a batch {@link #load} puts them into the
 * parameters; after the backward pass {@link #unload} puts the learnt ones back and turns the gradients into theirs. What
 * lies between, the network and its kernels, knows nothing of it.
 *
 * <p>A weight w becomes, in this order:
 *
 * <ol>
 *   <li>w, or (1 − α)·w where it opposes the sign of its group; α rises from 0 to 1 over a part of the run, after which
 *       {@link #project} holds opposing weights at 0. So the sign of a group is chosen by learning, and is exact in the end.
 *   <li>the nearest one that can be stored, with a straight-through gradient (Bengio et al. 2013): of the rounding, the
 *       gradient sees nothing.
 *   <li>times (1 + σ_w·ε) / (1 + σ_θ·ε'), drawn for each batch: mismatch of the synapse, and of the threshold of the neuron
 *       behind it, which for an integrate-and-fire neuron is the same as scaling its weights: u/θ is all that counts.
 * </ol>
 *
 * <p>A time constant τ becomes τ·(1 + σ_τ·ε), drawn for each batch likewise. So each batch passes through one chip out of those
 * that {@link ChipStress} draws, and learning descends on the mean loss over all of them.
 */
public final class ChipWeights {
    /** Apart from every other use of random numbers. */
    private static final long PURPOSE = 0xC4_19;

    private static final long LEAKS = 0xC4_1A;

    private final ChipProfile profile;
    private final ChipConfig config;
    private final @Nullable WeightGrid grid;
    private final List<Layer> layers = new ArrayList<>();
    private final List<TimeConstantMismatch> leaks;

    /** A synapse's parameter, and what it is made of while loaded. */
    @SuppressWarnings("ArrayRecordComponent") // buffers, never compared
    private record Layer(
            Parameter weight, @Nullable SignGroups groups, int outputs, float[] learnt, float[] derivative) {}

    /**
     * @param parameters of the network, in the order of its layers
     * @param leaks of the network
     * @param inputs of the network
     */
    public ChipWeights(
            ChipProfile profile,
            ChipConfig config,
            List<Parameter> parameters,
            List<TimeConstantMismatch> leaks,
            int inputs) {
        this.profile = profile;
        this.config = config;
        this.leaks = List.copyOf(leaks);
        Integer bits = config.bits();
        grid = bits == null
                ? profile.grid()
                : bits == 0 ? null : new WeightGrid(bits, profile.synapse().weightLimit());
        for (SynapseShape synapse : SynapseShape.of(parameters, inputs)) {
            boolean grouped = synapse.dense()
                    && config.signGroups() == SignGroupRule.ANNEALED
                    && profile.synapse().signGroup() > 1;
            int size = synapse.weight().values().length;
            layers.add(new Layer(
                    synapse.weight(),
                    grouped
                            ? new SignGroups(
                                    synapse.inputs(),
                                    synapse.outputs(),
                                    profile.synapse().signGroup())
                            : null,
                    synapse.outputs(),
                    new float[size],
                    new float[size]));
        }
    }

    /** The chip. */
    public ChipProfile profile() {
        return profile;
    }

    /**
     * Puts the weights of a chip into the parameters, and its leaks into the neurons.
     *
     * @param progress share of the run that is done
     * @param randomKey of what is drawn for this batch
     */
    public void load(double progress, long randomKey) {
        float fade = fade(progress);
        for (int l = 0; l < layers.size(); l++) {
            Layer layer = layers.get(l);
            ideal(layer, fade);
            if (config.mismatch() > 0) {
                disturb(layer, new SplitMix(randomKey, PURPOSE, l));
            }
        }
        for (int l = 0; l < leaks.size() && config.mismatch() > 0; l++) {
            disturb(leaks.get(l), new SplitMix(randomKey, LEAKS, l));
        }
    }

    /** Puts the learnt weights back, and makes the gradients of what was loaded those of the learnt ones. */
    public void unload() {
        for (Layer layer : layers) {
            float[] gradient = layer.weight().gradient();
            for (int i = 0; i < gradient.length; i++) {
                gradient[i] *= layer.derivative()[i];
            }
            restore(layer);
        }
        leaks.forEach(TimeConstantMismatch::reset);
    }

    /** After the optimiser's step: the range, the front end's sign, and from the end of the annealing on the groups. */
    public void project(double progress) {
        float limit = profile.synapse().weightLimit();
        for (Layer layer : layers) {
            float[] w = layer.weight().values();
            float least = layer.weight().role() == Parameter.Role.DIAGONAL ? leastOfFrontEnd() : -limit;
            for (int i = 0; i < w.length; i++) {
                w[i] = Math.clamp(w[i], least, limit);
            }
            SignGroups groups = layer.groups();
            if (groups != null && fade(progress) == 1) {
                groups.align(w);
            }
        }
    }

    /** What {@code export} makes of the weights as an ideal chip stores them. */
    public <T> T withStored(Supplier<T> export) {
        layers.forEach(layer -> ideal(layer, 1));
        try {
            return export.get();
        } finally {
            layers.forEach(ChipWeights::restore);
        }
    }

    /** α: 0 before the annealing, 1 after it. */
    private float fade(double progress) {
        double from = config.anneal().get(0);
        double to = config.anneal().get(1);
        return progress >= to ? 1 : progress <= from ? 0 : (float) ((progress - from) / (to - from));
    }

    private float leastOfFrontEnd() {
        return grid == null ? Float.MIN_NORMAL : grid.step();
    }

    private void ideal(Layer layer, float fade) {
        float[] w = layer.weight().values();
        System.arraycopy(w, 0, layer.learnt(), 0, w.length);
        Arrays.fill(layer.derivative(), 1);
        SignGroups groups = layer.groups();
        if (groups != null && fade > 0) {
            fadeOpposing(layer, groups, fade);
        }
        if (grid != null) {
            boolean positive = layer.weight().role() == Parameter.Role.DIAGONAL;
            for (int i = 0; i < w.length; i++) {
                int code = grid.code(w[i]);
                w[i] = grid.weight(positive ? Math.max(1, code) : code);
            }
        }
    }

    private static void fadeOpposing(Layer layer, SignGroups groups, float fade) {
        float[] w = layer.weight().values();
        for (int group = 0; group < groups.perNeuron(); group++) {
            for (int n = 0; n < layer.outputs(); n++) {
                int sign = groups.sign(layer.learnt(), group, n);
                for (int i = groups.first(group); i < groups.end(group); i++) {
                    int at = i * layer.outputs() + n;
                    if (w[at] * sign < 0) {
                        w[at] *= 1 - fade;
                        layer.derivative()[at] = 1 - fade;
                    }
                }
            }
        }
    }

    private void disturb(Layer layer, SplitMix random) {
        ChipProfile.Mismatch sigma = profile.mismatch().times(config.mismatch());
        float[] scale = new float[layer.outputs()];
        for (int n = 0; n < scale.length; n++) {
            scale[n] = (float) (1 / SampledChip.factor(sigma.threshold(), random));
        }
        float[] w = layer.weight().values();
        for (int i = 0; i < w.length; i++) {
            float factor = (float) SampledChip.factor(sigma.weight(), random) * scale[i % scale.length];
            w[i] *= factor;
            layer.derivative()[i] *= factor;
        }
    }

    private void disturb(TimeConstantMismatch leak, SplitMix random) {
        double sigma = profile.mismatch().times(config.mismatch()).leak();
        float[] factors = leak.factors();
        for (int n = 0; n < factors.length; n++) {
            factors[n] = (float) SampledChip.factor(sigma, random);
        }
    }

    private static void restore(Layer layer) {
        System.arraycopy(layer.learnt(), 0, layer.weight().values(), 0, layer.learnt().length);
    }
}

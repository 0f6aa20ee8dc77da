package io.keyspike.kernels.internal.device;

import io.keyspike.kernels.ChainDescription;
import io.keyspike.kernels.Lengths;
import io.keyspike.kernels.LifParameters;
import io.keyspike.kernels.ResidentChain;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The arrays of a {@link ResidentChain}, and the numbers of its optimiser. On a device, they stand for the device's own. */
public final class ChainState {

    /** Arrays of one layer; sequences are {@code [T, B, N]}. */
    public static final class LayerState {
        public final ResidentChain.LayerValues values;
        public final float[] weightGradient;
        public final float[] biasGradient;
        public final LifParameters parameters;
        /** {@code [1, B, N]} where the layer's input is constant. */
        public final float[] current;

        public final float[] membrane;
        public final float[] spikes;
        public final float[] currentGradient;

        LayerState(ChainDescription description, int k) {
            ChainDescription.Layer layer = description.layers().get(k);
            int size = Math.multiplyExact(description.steps(), description.lanesOf(k));
            values = ResidentChain.LayerValues.zeros(description.inputsOf(k), layer.outputs());
            weightGradient = new float[values.weight().length];
            biasGradient = new float[layer.outputs()];
            parameters = new LifParameters(
                    filled(layer.outputs(), layer.decay()),
                    filled(layer.outputs(), layer.threshold()),
                    layer.reset(),
                    layer.membraneFloor());
            current = new float[description.rowsOf(k) * layer.outputs()];
            membrane = new float[size];
            spikes = new float[size];
            currentGradient = new float[size];
        }

        private static float[] filled(int size, float value) {
            float[] values = new float[size];
            Arrays.fill(values, value);
            return values;
        }
    }

    /** rate/(1 − β₁ᵗ), √(1 − β₂ᵗ), factor of the decoupled decay: of weights, and of biases, which do not decay. */
    public final float[] weightStep = new float[3];

    public final float[] biasStep = new float[3];

    private final ChainDescription.Optimiser optimiser;
    private final List<LayerState> layers = new ArrayList<>();
    private long steps;

    public ChainState(ChainDescription description) {
        optimiser = description.optimiser();
        for (int k = 0; k < description.layers().size(); k++) {
            layers.add(new LayerState(description, k));
        }
    }

    /** Takes what is learnt from elsewhere. */
    public void start(List<ResidentChain.LayerValues> from, long stepsTaken) {
        for (int k = 0; k < layers.size(); k++) {
            from.get(k).copyTo(layers.get(k).values);
        }
        steps = stepsTaken;
    }

    /** Gives what is learnt. */
    public void read(List<ResidentChain.LayerValues> to) {
        for (int k = 0; k < layers.size(); k++) {
            layers.get(k).values.copyTo(to.get(k));
        }
    }

    public LayerState layer(int k) {
        return layers.get(k);
    }

    /** Begins the optimiser's next step; bias corrections are those of Kingma and Ba 2015, in double precision. */
    public void advance(double rate) {
        steps++;
        weightStep[0] = (float) (rate / (1 - Math.pow(optimiser.beta1(), (double) steps)));
        weightStep[1] = (float) Math.sqrt(1 - Math.pow(optimiser.beta2(), (double) steps));
        weightStep[2] = optimiser.decoupled() ? (float) (1 - rate * (float) optimiser.weightDecay()) : 1f;
        biasStep[0] = weightStep[0];
        biasStep[1] = weightStep[1];
        biasStep[2] = 1f;
    }

    /** What Adam adds of the weights to their gradient. */
    public float weightDecay() {
        return optimiser.decoupled() ? 0f : (float) optimiser.weightDecay();
    }

    public float beta1() {
        return (float) optimiser.beta1();
    }

    public float complement1() {
        return (float) (1 - optimiser.beta1());
    }

    public float beta2() {
        return (float) optimiser.beta2();
    }

    public float complement2() {
        return (float) (1 - optimiser.beta2());
    }

    public float epsilon() {
        return (float) optimiser.epsilon();
    }

    public static void requireClips(ChainDescription description, int count, float[] clips) {
        Lengths.require(
                "chain",
                "clips",
                clips,
                "clips",
                count,
                "numbers of a clip",
                description.inputSize() / description.batch());
    }

    public static void requireInput(ChainDescription description, float[] input) {
        Lengths.require("chain", "input", input, "numbers of a batch", description.inputSize());
    }

    public static void requireCountGradient(ChainDescription description, float[] gradient) {
        Lengths.require(
                "chain", "countGradient", gradient, "batch", description.batch(), "outputs", description.outputs());
    }

    /** @param clips as many as are kept */
    public static void requireChosen(ChainDescription description, int[] chosen, int clips) {
        if (chosen.length < description.batch()) {
            throw new IllegalArgumentException(
                    "chain: expected " + description.batch() + " chosen clips, found " + chosen.length);
        }
        for (int b = 0; b < description.batch(); b++) {
            if (chosen[b] < 0 || chosen[b] >= clips) {
                throw new IllegalArgumentException(
                        "chain: expected a clip of 0 to " + (clips - 1) + ", found " + chosen[b]);
            }
        }
    }
}

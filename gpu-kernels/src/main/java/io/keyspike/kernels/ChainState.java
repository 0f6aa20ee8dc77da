package io.keyspike.kernels;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The arrays of a {@link ResidentChain}, and the numbers of its optimiser. On a device, they stand for the device's own. */
final class ChainState {

    /** Arrays of one layer; sequences are {@code [T, B, N]}. */
    static final class LayerState {
        final ResidentChain.LayerValues values;
        final float[] weightGradient;
        final float[] biasGradient;
        final LifParameters parameters;
        /** {@code [1, B, N]} where the layer's input is constant. */
        final float[] current;

        final float[] membrane;
        final float[] spikes;
        final float[] currentGradient;

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
    final float[] weightStep = new float[3];

    final float[] biasStep = new float[3];

    private final ChainDescription.Optimiser optimiser;
    private final List<LayerState> layers = new ArrayList<>();
    private long steps;

    ChainState(ChainDescription description) {
        optimiser = description.optimiser();
        for (int k = 0; k < description.layers().size(); k++) {
            layers.add(new LayerState(description, k));
        }
    }

    /** Takes what is learnt from elsewhere. */
    void start(List<ResidentChain.LayerValues> from, long stepsTaken) {
        for (int k = 0; k < layers.size(); k++) {
            from.get(k).copyTo(layers.get(k).values);
        }
        steps = stepsTaken;
    }

    /** Gives what is learnt. */
    void read(List<ResidentChain.LayerValues> to) {
        for (int k = 0; k < layers.size(); k++) {
            layers.get(k).values.copyTo(to.get(k));
        }
    }

    LayerState layer(int k) {
        return layers.get(k);
    }

    /** Begins the optimiser's next step; bias corrections are those of Kingma and Ba 2015, in double precision. */
    void advance(double rate) {
        steps++;
        weightStep[0] = (float) (rate / (1 - Math.pow(optimiser.beta1(), (double) steps)));
        weightStep[1] = (float) Math.sqrt(1 - Math.pow(optimiser.beta2(), (double) steps));
        weightStep[2] = optimiser.decoupled() ? (float) (1 - rate * (float) optimiser.weightDecay()) : 1f;
        biasStep[0] = weightStep[0];
        biasStep[1] = weightStep[1];
        biasStep[2] = 1f;
    }

    /** What Adam adds of the weights to their gradient. */
    float weightDecay() {
        return optimiser.decoupled() ? 0f : (float) optimiser.weightDecay();
    }

    float beta1() {
        return (float) optimiser.beta1();
    }

    float complement1() {
        return (float) (1 - optimiser.beta1());
    }

    float beta2() {
        return (float) optimiser.beta2();
    }

    float complement2() {
        return (float) (1 - optimiser.beta2());
    }

    float epsilon() {
        return (float) optimiser.epsilon();
    }

    static void requireClips(ChainDescription description, int count, float[] clips) {
        Lengths.require(
                "chain",
                "clips",
                clips,
                "clips",
                count,
                "numbers of a clip",
                description.inputSize() / description.batch());
    }

    static void requireInput(ChainDescription description, float[] input) {
        Lengths.require("chain", "input", input, "numbers of a batch", description.inputSize());
    }

    static void requireCountGradient(ChainDescription description, float[] gradient) {
        Lengths.require(
                "chain", "countGradient", gradient, "batch", description.batch(), "outputs", description.outputs());
    }

    /** @param clips as many as are kept */
    static void requireChosen(ChainDescription description, int[] chosen, int clips) {
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

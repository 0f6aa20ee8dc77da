package io.keyspike.models.chip;

import io.keyspike.kernels.LifParameters;
import io.keyspike.kernels.SpikeBits;
import io.keyspike.kernels.StepKernels;
import io.keyspike.kernels.StepWeights;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A chip image at work, one time step at a time: each neuron adds the signed integer codes of the inputs that fired, and
 * one multiplication by the weight step turns the sum into a current. That is exact, so spikes and membranes are those of
 * the network that adds the weights as floats, bit for bit; see {@link WeightGrid}. Immutable; any number of streams.
 */
public final class IntegerNetwork {

    private final StepKernels kernels;
    private final float step;
    private final Layer[] layers;

    /** Of the first layer, unless it is a front end: its inputs are real numbers, whose products are no integers. */
    private final @Nullable StepWeights inputWeights;

    @SuppressWarnings("ArrayRecordComponent") // parameters in use, never compared
    private record Layer(
            ChipImage.Wiring wiring, int inputs, int neurons, int[] codes, float[] weights, LifParameters parameters) {}

    /** A stream's membranes and last spikes. */
    public static final class State {
        private final float[][] membranes;
        private final long[][] spikes;
        private final float[][] currents;
        private final int[][] sums;
        private final int[][] fired;
        private final int[] firedCounts;

        private State(Layer[] layers) {
            int n = layers.length;
            membranes = new float[n][];
            spikes = new long[n][];
            currents = new float[n][];
            sums = new int[n][];
            fired = new int[n][];
            firedCounts = new int[n];
            for (int l = 0; l < n; l++) {
                membranes[l] = new float[layers[l].neurons()];
                spikes[l] = new long[SpikeBits.wordsPerStep(layers[l].neurons())];
                currents[l] = new float[layers[l].neurons()];
                sums[l] = new int[layers[l].neurons()];
                fired[l] = new int[layers[l].neurons()];
            }
        }

        /**
         * How many neurons of a layer fired in the last step.
         *
         * @param layer index in the order of {@link ChipImage#layers}, from 0
         * @return spikes, 0 to the layer's number of neurons; 0 before the first step
         */
        public int lastSpikes(int layer) {
            return firedCounts[layer];
        }

        /**
         * Which neurons of a layer fired in the last step.
         *
         * @param layer index in the order of {@link ChipImage#layers}, from 0
         * @return indices of neurons in the first {@link #lastSpikes} entries, the rest stale; the state's own array, which
         *     the next step overwrites and the caller must not write to
         */
        public int[] lastFired(int layer) {
            return fired[layer];
        }

        /**
         * Membranes of a layer after the last step.
         *
         * @param layer index in the order of {@link ChipImage#layers}, from 0
         * @return {@code [N]}; the state's own array, which the next step overwrites and the caller must not write to
         */
        public float[] membrane(int layer) {
            return membranes[layer];
        }
    }

    /**
     * Unpacks an image into integer codes and neuron parameters.
     *
     * @param image layers and constants of the chip; not kept
     * @param kernels what computes the synapses of real-valued inputs, and the neurons
     * @throws IllegalArgumentException if a layer has too many inputs for its sums to be exact
     */
    public IntegerNetwork(ChipImage image, StepKernels kernels) {
        this.kernels = kernels;
        step = image.weightStep();
        int mostInputs = new WeightGrid(image.weightBits(), 1).mostInputs();
        List<ChipImage.Layer> all = image.layers();
        layers = new Layer[all.size()];
        for (int l = 0; l < layers.length; l++) {
            ChipImage.Layer layer = all.get(l);
            if (layer.inputs() > mostInputs) {
                throw new IllegalArgumentException("chip image: expected at most " + mostInputs
                        + " inputs for exact sums of " + image.weightBits() + "-bit weights, found " + layer.inputs()
                        + " of " + layer.name());
            }
            int[] codes = new int[layer.magnitudes().length];
            for (int i = 0; i < codes.length; i++) {
                codes[i] = layer.code(i, image.signGroup());
            }
            Float floor = image.membraneFloor();
            layers[l] = new Layer(
                    layer.wiring(),
                    layer.inputs(),
                    layer.neurons(),
                    codes,
                    image.weights(layer),
                    new LifParameters(
                            image.decays(layer),
                            image.thresholds(layer),
                            image.reset(),
                            floor == null ? Float.NEGATIVE_INFINITY : floor));
        }
        Layer first = layers[0];
        inputWeights = first.wiring() == ChipImage.Wiring.FRONT_END
                ? null
                : kernels.weights(first.inputs(), first.neurons(), first.weights());
    }

    /**
     * The state of a stream before its first step.
     *
     * @return membranes at 0 and no spikes; for one stream at a time, of this network only
     */
    public State newState() {
        return new State(layers);
    }

    /**
     * One time step.
     *
     * @param state the stream's own, from {@link #newState}; updated
     * @param input feature step, {@code [inputs]}
     * @param output spikes of the last layer, {@code [N]}, 0 or 1; written
     */
    public void step(State state, float[] input, float[] output) {
        for (int l = 0; l < layers.length; l++) {
            Layer layer = layers[l];
            float[] current = state.currents[l];
            if (layer.wiring() == ChipImage.Wiring.FRONT_END) {
                kernels.diagonal(layer.neurons(), input, layer.weights(), current);
            } else if (l == 0 && inputWeights != null) {
                kernels.denseValues(inputWeights, null, input, current);
            } else {
                integerSums(layer, state.fired[l - 1], state.firedCounts[l - 1], state.sums[l]);
                for (int n = 0; n < current.length; n++) {
                    current[n] = state.sums[l][n] * step;
                }
            }
            state.firedCounts[l] =
                    kernels.lif(layer.parameters(), current, state.membranes[l], 0, state.spikes[l], 0, state.fired[l]);
        }
        int last = layers.length - 1;
        Arrays.fill(output, 0, layers[last].neurons(), 0f);
        for (int k = 0; k < state.firedCounts[last]; k++) {
            output[state.fired[last][k]] = 1f;
        }
    }

    private static void integerSums(Layer layer, int[] fired, int firedCount, int[] sums) {
        int neurons = layer.neurons();
        Arrays.fill(sums, 0);
        for (int k = 0; k < firedCount; k++) {
            int row = fired[k] * neurons;
            for (int n = 0; n < neurons; n++) {
                sums[n] += layer.codes()[row + n];
            }
        }
    }
}

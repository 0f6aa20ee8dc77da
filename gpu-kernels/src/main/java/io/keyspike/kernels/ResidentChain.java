package io.keyspike.kernels;

import java.util.List;

/**
 * A network in training that stays where it is computed: weights, moments, membranes and, if wanted, the clips. Of each step
 * only spike counts come back, and only their gradient goes there. {@code Devices.hostChain} is the reference; every other
 *     gives its
 * bits. Not thread-safe.
 *
 * <p>One step: {@link #forward}, then {@link #learn} with the gradient of the counts.
 */
public interface ResidentChain extends AutoCloseable {

    /**
     * What a layer has learnt, with Adam's moments.
     *
     * @param weight {@code [inputs, outputs]}, like its moments
     * @param weightFirst first moments of the weights
     * @param weightSecond second moments of the weights
     * @param bias {@code [outputs]}, like its moments; zeros where the layer has none
     * @param biasFirst first moments of the biases
     * @param biasSecond second moments of the biases
     */
    @SuppressWarnings("ArrayRecordComponent") // a bundle of arrays to fill, never compared
    record LayerValues(
            float[] weight,
            float[] weightFirst,
            float[] weightSecond,
            float[] bias,
            float[] biasFirst,
            float[] biasSecond) {

        /** How many of {@link #arrays} are the weights'. */
        public static final int WITHOUT_BIAS = 3;

        /**
         * Zeros for a layer.
         *
         * @param inputs columns of the input
         * @param outputs columns of the output
         * @return zeros for a layer
         */
        public static LayerValues zeros(int inputs, int outputs) {
            int weights = Math.multiplyExact(inputs, outputs);
            return new LayerValues(
                    new float[weights],
                    new float[weights],
                    new float[weights],
                    new float[outputs],
                    new float[outputs],
                    new float[outputs]);
        }

        /**
         * Copies all arrays.
         *
         * @param to takes them
         * @throws IllegalArgumentException if its arrays are of other lengths
         */
        public void copyTo(LayerValues to) {
            for (int i = 0; i < arrays().size(); i++) {
                float[] source = arrays().get(i);
                float[] target = to.arrays().get(i);
                if (source.length != target.length) {
                    throw new IllegalArgumentException(
                            "chain: expected " + source.length + " values of a layer, found " + target.length);
                }
                System.arraycopy(source, 0, target, 0, source.length);
            }
        }

        /** {@return those of the weights first} */
        public List<float[]> arrays() {
            return List.of(weight, weightFirst, weightSecond, bias, biasFirst, biasSecond);
        }
    }

    /** {@return what it was made from} */
    ChainDescription description();

    /** {@return where it runs, in words} */
    String place();

    /**
     * Sets what is learnt; before the first pass.
     *
     * @param layers one for each layer
     * @param stepsTaken by the optimiser so far
     */
    void start(List<LayerValues> layers, long stepsTaken);

    /**
     * Reads what is learnt, into arrays of the right lengths.
     *
     * @param layers one for each layer
     */
    void read(List<LayerValues> layers);

    /**
     * Keeps clips on the device for {@link #forward(int[])}; before the first pass. A chain answers to kept clips or to
     * batches that are brought to it, never to both.
     *
     * @param count clips
     * @param clips {@code [clips, T, inputs]}, or {@code [clips, inputs]} where the input is constant
     */
    void keep(int count, float[] clips);

    /**
     * The network's answer to clips that were kept.
     *
     * @param chosen which clips, {@code [B]}
     * @return spike counts {@code [B, outputs]}, valid until the next pass
     */
    float[] forward(int[] chosen);

    /**
     * The network's answer to a batch.
     *
     * @param input {@code [T, B, inputs]}, or {@code [B, inputs]} where the input is constant
     * @return spike counts {@code [B, outputs]}, valid until the next pass
     */
    float[] forward(float[] input);

    /**
     * Backward through the last {@link #forward}, and one step of the optimiser.
     *
     * @param countGradient dL/dcount, {@code [B, outputs]}
     * @param rate learning rate of this step
     */
    void learn(float[] countGradient, double rate);

    @Override
    void close();
}

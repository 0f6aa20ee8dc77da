package io.keyspike.trainer.layers;

import io.keyspike.kernels.DenseProducts;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All-to-all weights {@code [inputs, outputs]}, with or without bias. Where the stage before keeps its spikes as bits, these
 * are what it multiplies.
 */
final class DenseSynapse implements Stage {
    private final DenseProducts products;
    private final Parameter weight;
    private final @Nullable Parameter bias;
    private final @Nullable Stage spikesFrom;
    private final boolean inputNeeded;
    private final int inputs;
    private final float[] y;
    private final float[] dx;
    private float[] x = {};

    /**
     * @param products shared by the replicas of this synapse
     * @param spikesFrom the stage whose output is the input as it is, and may be kept as bits; null where there is none
     * @param inputNeeded whether the gradient of the input will be asked for
     */
    DenseSynapse(
            DenseProducts products,
            int inputs,
            int outputs,
            Parameter weight,
            @Nullable Parameter bias,
            @Nullable Stage spikesFrom,
            boolean inputNeeded,
            int maximumRows) {
        this.products = products;
        this.weight = weight;
        this.bias = bias;
        this.spikesFrom = spikesFrom;
        this.inputNeeded = inputNeeded;
        this.inputs = inputs;
        y = new float[Math.multiplyExact(maximumRows, outputs)];
        dx = new float[!inputNeeded ? 0 : Math.multiplyExact(maximumRows, inputs)];
    }

    private long @Nullable [] inputBits() {
        return spikesFrom == null ? null : spikesFrom.spikeBits();
    }

    /** Lays the weights out for the next passes of all replicas. */
    void lay() {
        float[] b = bias == null ? null : bias.values();
        DenseProducts.Use forward = inputBits() == null ? DenseProducts.Use.VALUES : DenseProducts.Use.SPIKES;
        if (inputNeeded) {
            products.lay(weight.values(), b, forward, DenseProducts.Use.INPUT_GRADIENT);
        } else {
            products.lay(weight.values(), b, forward);
        }
    }

    @Override
    public float[] forward(Pass pass, float[] input) {
        x = input;
        long[] spikes = inputBits();
        if (spikes == null) {
            products.forward(pass.rows(), x, y);
        } else {
            products.forwardSpikes(pass.shape(inputs), spikes, y);
        }
        return y;
    }

    @Override
    public float[] backward(Pass pass, float[] dy, boolean inputNeeded) {
        float[] biasGradient = bias == null ? null : bias.gradient();
        long[] spikes = inputBits();
        if (spikes == null) {
            products.parameterGradient(pass.rows(), x, dy, weight.gradient(), biasGradient);
        } else {
            products.parameterGradientSpikes(pass.shape(inputs), spikes, dy, weight.gradient(), biasGradient);
        }
        if (inputNeeded) {
            products.inputGradient(pass.rows(), dy, dx);
        }
        return dx;
    }

    @Override
    public List<Parameter> parameters() {
        return bias == null ? List.of(weight) : List.of(weight, bias);
    }
}

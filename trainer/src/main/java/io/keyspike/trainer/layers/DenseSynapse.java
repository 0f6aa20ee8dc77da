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
    private final @Nullable Stage before;
    private final boolean differentiated;
    private final int inputs;
    private final float[] y;
    private final float[] dx;
    private float[] x = {};

    /**
     * @param products shared by the replicas of this synapse
     * @param before the stage that alone feeds it, without a delay, or null for the network's input and for sums
     * @param differentiated whether the gradient of the input is ever wanted
     */
    DenseSynapse(
            DenseProducts products,
            int inputs,
            int outputs,
            Parameter weight,
            @Nullable Parameter bias,
            @Nullable Stage before,
            boolean differentiated,
            int maximumRows) {
        this.products = products;
        this.weight = weight;
        this.bias = bias;
        this.before = before;
        this.differentiated = differentiated;
        this.inputs = inputs;
        y = new float[Math.multiplyExact(maximumRows, outputs)];
        dx = new float[!differentiated ? 0 : Math.multiplyExact(maximumRows, inputs)];
    }

    /** Lays the weights out for the next passes of all replicas. */
    void lay() {
        float[] b = bias == null ? null : bias.values();
        if (!differentiated) {
            products.lay(weight.values(), b, DenseProducts.Use.VALUES);
        } else {
            products.lay(
                    weight.values(),
                    b,
                    before == null || before.spikeBits() == null ? DenseProducts.Use.VALUES : DenseProducts.Use.SPIKES,
                    DenseProducts.Use.INPUT_GRADIENT);
        }
    }

    @Override
    public float[] forward(Pass pass, float[] input) {
        x = input;
        long[] spikes = before == null ? null : before.spikeBits();
        if (before == null || spikes == null) {
            products.forward(pass.rows(), x, y);
        } else {
            products.forwardSpikes(pass.shape(inputs), spikes, before.spikeHeight(), y);
        }
        return y;
    }

    @Override
    public float[] backward(Pass pass, float[] dy, boolean inputNeeded) {
        float[] biasGradient = bias == null ? null : bias.gradient();
        long[] spikes = before == null ? null : before.spikeBits();
        if (before == null || spikes == null) {
            products.parameterGradient(pass.rows(), x, dy, weight.gradient(), biasGradient);
        } else {
            products.parameterGradientSpikes(
                    pass.shape(inputs), spikes, before.spikeHeight(), dy, weight.gradient(), biasGradient);
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

package io.keyspike.trainer.layers;

import io.keyspike.kernels.SpikeBits;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A differentiable stage of a layer. It owns its buffers, made once for the largest pass; sequences are [T, B, N]. The first
 * stage of a layer never writes what it is given, as other layers may read that too; the others may.
 */
interface Stage {

    /** @return the output, valid until the next pass */
    float[] forward(Pass pass, float[] x);

    /**
     * Adds the gradients of the parameters.
     *
     * @param dy gradient of the output; may be overwritten
     * @param inputNeeded whether the gradient of the input is wanted
     * @return gradient of the input; its content is undefined where it was not wanted
     */
    float[] backward(Pass pass, float[] dy, boolean inputNeeded);

    /**
     * {@link SpikeBits} of the last forward pass, shared; null where the stage gives floats. A stage that gives bits gives no
     * floats.
     */
    default long @Nullable [] spikeBits() {
        return null;
    }

    /** What a spike of {@link #spikeBits} counts. */
    default float spikeHeight() {
        return 1;
    }

    /** Learnt ones only. */
    List<Parameter> parameters();

    /** Holds learnt values within their domain, after the optimiser's step. */
    default void project() {}
}

package io.keyspike.trainer.layers;

import java.util.List;

/** A differentiable stage of the chain. It owns its buffers, made once for the largest pass; sequences are [T, B, N]. */
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

    /** Learnt ones only. */
    List<Parameter> parameters();

    /** Holds learnt values within their domain, after the optimiser's step. */
    default void project() {}
}

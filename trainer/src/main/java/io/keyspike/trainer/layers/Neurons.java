package io.keyspike.trainer.layers;

import io.keyspike.models.network.Node;
import io.keyspike.models.network.Tensor;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Neurons of a layer: a stage that knows its node in the model. */
interface Neurons extends Stage {

    /** The node, whose tensors are put into {@code tensors}. */
    Node export(Map<String, Tensor> tensors);

    /**
     * Whether passes with a constant current are understood: {@code [B, N]} in, and the gradient of that on the way back. For
     * neurons that do not, the current is repeated.
     */
    default boolean takesConstantCurrent() {
        return false;
    }

    /** Membranes before the reset of the last forward pass, {@code [T, B, N]}, shared; null where a loss cannot use them. */
    default float @Nullable [] membrane() {
        return null;
    }

    /**
     * As {@link #backward}, with a gradient of the membranes besides that of the output.
     *
     * @param dMembrane gradient of {@link #membrane}
     */
    default float[] backward(Pass pass, float[] dy, float[] dMembrane, boolean inputNeeded) {
        throw new UnsupportedOperationException(getClass().getSimpleName() + " takes no gradient of its membranes");
    }
}

package io.keyspike.kernels;

import org.jspecify.annotations.Nullable;

/**
 * Where {@link KernelBackend#currentLifBackward} adds the gradients of the parameters; null for those that are not wanted.
 *
 * @param synapseDecay dL/dα, {@code [S, N]}
 * @param decay dL/dβ, {@code [N]}
 * @param threshold dL/dθ, {@code [N]}
 */
@SuppressWarnings("ArrayRecordComponent") // a bundle of kernel arguments, never compared
public record CurrentLifGradients(
        float @Nullable [] synapseDecay, float @Nullable [] decay, float @Nullable [] threshold) {

    /** None. */
    public static final CurrentLifGradients UNWANTED = new CurrentLifGradients(null, null, null);
}

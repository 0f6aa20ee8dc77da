package io.keyspike.kernels;

import org.jspecify.annotations.Nullable;

/**
 * Where {@link KernelBackend#leakyBackward} adds the gradients of the parameters; null for those that are not wanted.
 *
 * @param synapseDecay dL/dα, {@code [N]}
 * @param decay dL/dβ, {@code [N]}
 * @param threshold dL/dθ, {@code [N]}
 * @param recurrentWeight dL/dw, as long as the weight
 */
@SuppressWarnings("ArrayRecordComponent") // a bundle of kernel arguments, never compared
public record LeakyGradients(
        float @Nullable [] synapseDecay,
        float @Nullable [] decay,
        float @Nullable [] threshold,
        float @Nullable [] recurrentWeight) {

    /** None. */
    public static final LeakyGradients UNWANTED = new LeakyGradients(null, null, null, null);
}

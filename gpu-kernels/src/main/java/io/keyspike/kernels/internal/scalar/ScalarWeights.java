package io.keyspike.kernels.internal.scalar;

import io.keyspike.kernels.StepWeights;

/**
 * Weights as plain loops read them.
 *
 * @param rows {@code [inputs, outputs]}
 */
@SuppressWarnings("ArrayRecordComponent") // parameters in use, never compared
public record ScalarWeights(int inputs, int outputs, float[] rows) implements StepWeights {}

package io.keyspike.kernels;

import io.keyspike.kernels.internal.arithmetic.NeuronArithmetic;

/** What a spike does to the membrane potential. */
public enum Reset {
    /** {@code u ← u − θ}. */
    SUBTRACT(NeuronArithmetic.SUBTRACT),
    /** {@code u ← 0}. */
    ZERO(NeuronArithmetic.ZERO),
    /** Nothing. */
    NONE(NeuronArithmetic.NONE);

    /** The number that stands for it in kernels, which know primitives only. */
    public final int code;

    Reset(int code) {
        this.code = code;
    }
}

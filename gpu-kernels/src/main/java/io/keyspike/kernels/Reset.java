package io.keyspike.kernels;

/** What a spike does to the membrane potential. */
public enum Reset {
    /** {@code u ← u − θ}. */
    SUBTRACT(NeuronArithmetic.SUBTRACT),
    /** {@code u ← 0}. */
    ZERO(NeuronArithmetic.ZERO),
    /** Nothing. */
    NONE(NeuronArithmetic.NONE);

    /** The number that stands for it in kernels, which know primitives only. */
    final int code;

    Reset(int code) {
        this.code = code;
    }
}

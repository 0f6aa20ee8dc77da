package io.keyspike.kernels;

/** What a spike does to the membrane potential. */
public enum Reset {
    /** {@code u ← u − θ}. */
    SUBTRACT,
    /** {@code u ← 0}. */
    ZERO,
    /** Nothing. */
    NONE
}

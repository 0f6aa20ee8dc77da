package io.keyspike.models.nir;

/** What a spike does to a membrane. */
public enum ResetRule {
    /** The threshold is subtracted, once for each spike. */
    SUBTRACT,
    /** The membrane becomes 0. */
    ZERO,
    /** The membrane becomes the file's {@code v_reset}, 0 where it has none. */
    V_RESET,
    /** Nothing: the membrane goes on as it was. */
    NONE
}

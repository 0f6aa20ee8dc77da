package io.keyspike.kernels;

/**
 * How a whole sequence of LIF neurons is solved. All give the same spikes and membranes, bit for bit; they differ in speed
 * only.
 */
public enum Solver {
    /** Step by step. */
    SCAN,
    /** Blocks of steps at once, each from a guessed start, until every start is the end before it. */
    BLOCKS,
    /** Convolution with the decay kernel, spikes corrected until they stay; then {@link #BLOCKS} makes it exact. */
    CONVOLUTION,
    /** The one that was measured to be the fastest for the shape. */
    AUTO
}

package io.keyspike.trainer.layers;

import io.keyspike.trainer.config.DelayConfig;

/**
 * How widely a layer's axonal delays are interpolated, which narrows from epoch to epoch: from the configured width to a quarter
 * of a step, geometrically, over three quarters of the training. From then on delays are rounded, as in the model, and stay.
 * Shared by the stacks of a network.
 */
final class DelayWidth {
    private static final double LAST = 0.25;
    private static final double ANNEALED = 0.75;

    private final double first;
    private double width;

    DelayWidth(DelayConfig config) {
        first = config.firstWidth();
        width = first;
    }

    /** @param progress share of the training that is done, 0 to 1 */
    void anneal(double progress) {
        double share = progress / ANNEALED;
        width = share >= 1 ? 0 : first * Math.pow(LAST / first, share);
    }

    /** Deviation in steps; 0 where delays are rounded. */
    double steps() {
        return width;
    }
}

package io.keyspike.trainer.config;

import static io.keyspike.trainer.config.ConfigException.check;

import io.keyspike.models.network.NetworkGraph;
import org.jspecify.annotations.Nullable;

/**
 * Axonal delays of a layer's spikes, learnt by interpolation with a width that narrows.
 *
 * @param maximumSteps longest delay; 0 for no delays
 * @param width deviation of the interpolation in the first epoch, in steps; null for half of {@code maximumSteps}
 * @param rate steps that a delay moves where a weight would move by 1
 */
public record DelayConfig(int maximumSteps, @Nullable Double width, double rate) {

    public DelayConfig {
        check(
                maximumSteps >= 0 && maximumSteps <= NetworkGraph.MAXIMUM_AXON_DELAY,
                "delay.maximum_steps",
                "0 to " + NetworkGraph.MAXIMUM_AXON_DELAY,
                maximumSteps);
        check(width == null || width > 0, "delay.width", "more than 0", String.valueOf(width));
        check(rate > 0 && Double.isFinite(rate), "delay.rate", "more than 0", rate);
    }

    /** Whether there are any. */
    public boolean active() {
        return maximumSteps > 0;
    }

    /** Deviation of the interpolation at the beginning, in steps. */
    public double firstWidth() {
        return width == null ? maximumSteps / 2.0 : width;
    }
}

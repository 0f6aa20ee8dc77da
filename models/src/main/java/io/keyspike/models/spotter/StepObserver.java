package io.keyspike.models.spotter;

import io.keyspike.models.network.NetworkState;

/**
 * Sees every network step of a stream as it happens: for displays. What it is given is the stream's own and changes with the
 * next step; it may look and copy, and must not write. What it costs, the stream waits for.
 */
@FunctionalInterface
public interface StepObserver {

    /**
     * A step was made and decided.
     *
     * @param state the stream's: {@link NetworkState#lastFired} of its network, {@link SpotterState#score} and {@link
     *     SpotterState#levelDb} are those of this step
     * @param features {@code [inputs or more]}, what the network was fed with and zeros after it
     * @param output {@code [outputs]}, the network's
     */
    void stepped(SpotterState state, float[] features, float[] output);
}

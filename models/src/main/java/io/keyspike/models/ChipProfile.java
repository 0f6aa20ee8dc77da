package io.keyspike.models;

/**
 * The neuromorphic chip whose power is estimated. Constants are a behavioural model: the vendor's own are not public.
 *
 * @param staticWattsPerNeuron drawn by a neuron that does nothing
 * @param joulesPerSpike drawn by one spike
 */
public record ChipProfile(String name, double staticWattsPerNeuron, double joulesPerSpike) {

    /**
     * Fits source 2's example (64 + 2 neurons, 125 steps of 8 ms, rates 49.4 % and 17.7 %: 15.969 nJ per second of sound).
     * That is one equation for two constants; that half of it is static is assumed.
     */
    public static final ChipProfile H1 = new ChipProfile("h1", 0.5 * 15.969e-9 / 66, 0.5 * 15.969e-9 / 3_996.25);

    /** @throws IllegalArgumentException if a constant is negative or not finite */
    public ChipProfile {
        if (!(staticWattsPerNeuron >= 0 && joulesPerSpike >= 0)
                || !Double.isFinite(staticWattsPerNeuron + joulesPerSpike)) {
            throw new IllegalArgumentException("chip: expected finite constants of at least 0, found "
                    + staticWattsPerNeuron + " W per neuron and " + joulesPerSpike + " J per spike");
        }
    }

    /** Estimated power in watts. */
    public double watts(int neurons, double spikesPerSecond) {
        return staticWattsPerNeuron * neurons + joulesPerSpike * spikesPerSecond;
    }
}

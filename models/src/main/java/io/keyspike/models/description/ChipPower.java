package io.keyspike.models.description;

/**
 * What a neuromorphic chip is estimated to draw: static power for each neuron, and energy for each spike and for each
 * synapse that a spike reaches. A behavioural model: no vendor publishes such constants for itself to be checked with.
 *
 * @param name the profile that the constants are from
 * @param staticWattsPerNeuron drawn by a neuron that does nothing
 * @param joulesPerSpike drawn by one spike
 * @param joulesPerSynapticOperation drawn by one synapse that a spike reaches; 0 where the profile counts it with the spike
 */
public record ChipPower(
        String name, double staticWattsPerNeuron, double joulesPerSpike, double joulesPerSynapticOperation) {

    /** The example that {@code h1} is fitted to (source 2: 64 + 2 neurons, 125 steps of 8 ms, rates 49.4 % and 17.7 %). */
    public static final Calibration H1_EXAMPLE = new Calibration(66, 125 * (64 * 0.494 + 2 * 0.177), 15.969e-9);

    /** Half of the example's power static: one equation cannot fix two constants, the share is assumed. */
    public static final ChipPower H1 = H1_EXAMPLE.constants("h1", 0.5);

    /** Watts and joules of one neuron or spike; a chip's lie some nine orders of magnitude below. */
    private static final double MOST = 1_000;

    /**
     * Checks the constants.
     *
     * @throws IllegalArgumentException if a constant is negative or not finite
     */
    public ChipPower {
        if (!(staticWattsPerNeuron >= 0 && joulesPerSpike >= 0 && joulesPerSynapticOperation >= 0)
                || !Double.isFinite(staticWattsPerNeuron + joulesPerSpike + joulesPerSynapticOperation)) {
            throw new IllegalArgumentException("chip: expected finite constants of at least 0, found "
                    + staticWattsPerNeuron + " W per neuron, " + joulesPerSpike + " J per spike and "
                    + joulesPerSynapticOperation + " J per synaptic operation");
        }
        if (Math.max(staticWattsPerNeuron, Math.max(joulesPerSpike, joulesPerSynapticOperation)) > MOST) {
            throw new IllegalArgumentException("chip: expected constants from 0 to " + MOST + ", found "
                    + staticWattsPerNeuron + " W per neuron, " + joulesPerSpike + " J per spike and "
                    + joulesPerSynapticOperation + " J per synaptic operation");
        }
    }

    /**
     * Estimated power in watts.
     *
     * @param neurons that the network keeps on the chip
     * @param spikesPerSecond of all neurons together
     * @param synapticOperationsPerSecond synapses that all these spikes reach, per second
     * @return static power plus that of spikes and synaptic operations
     */
    public double watts(int neurons, double spikesPerSecond, double synapticOperationsPerSecond) {
        return staticWattsPerNeuron * neurons
                + joulesPerSpike * spikesPerSecond
                + joulesPerSynapticOperation * synapticOperationsPerSecond;
    }

    /**
     * One published measurement: {@code static·neurons + joulesPerSpike·spikesPerSecond = watts}. It is one equation for two
     * constants, so every pair on that line is admissible; {@link #least} and {@link #most} say what that leaves open.
     *
     * @param neurons of the network that was measured
     * @param spikesPerSecond of all its neurons together
     * @param watts the power that was measured
     */
    public record Calibration(int neurons, double spikesPerSecond, double watts) {

        /**
         * Checks the measurement.
         *
         * @throws IllegalArgumentException unless all three are above 0 and finite
         */
        public Calibration {
            if (neurons < 1 || !(spikesPerSecond > 0 && watts > 0) || !Double.isFinite(spikesPerSecond + watts)) {
                throw new IllegalArgumentException(
                        "chip: expected a calibration with neurons, spikes per second and watts above 0, found "
                                + neurons + ", " + spikesPerSecond + " and " + watts);
            }
        }

        /**
         * The admissible pair with a given share of static power; synaptic operations count with the spikes.
         *
         * @param name of the profile
         * @param staticShare share of the measured power that is static, 0 to 1
         * @return the constants, which give the measured power for the measured network
         * @throws IllegalArgumentException if the share is out of range
         */
        public ChipPower constants(String name, double staticShare) {
            if (!(staticShare >= 0 && staticShare <= 1)) {
                throw new IllegalArgumentException("chip: expected a static share from 0 to 1, found " + staticShare);
            }
            return new ChipPower(name, staticShare * watts / neurons, (1 - staticShare) * watts / spikesPerSecond, 0);
        }

        /**
         * The smallest power of all admissible pairs: power is linear in the share, so one of the ends has it.
         *
         * @param otherNeurons of the network to estimate
         * @param otherSpikesPerSecond of all its neurons together
         * @return watts
         */
        public double least(int otherNeurons, double otherSpikesPerSecond) {
            return Math.min(watts / neurons * otherNeurons, watts / spikesPerSecond * otherSpikesPerSecond);
        }

        /**
         * The largest power of all admissible pairs.
         *
         * @param otherNeurons of the network to estimate
         * @param otherSpikesPerSecond of all its neurons together
         * @return watts
         */
        public double most(int otherNeurons, double otherSpikesPerSecond) {
            return Math.max(watts / neurons * otherNeurons, watts / spikesPerSecond * otherSpikesPerSecond);
        }
    }
}

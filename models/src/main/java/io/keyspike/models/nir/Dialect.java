package io.keyspike.models.nir;

/** Whose way of making time steps out of NIR's differential equations is followed. */
public enum Dialect {
    /**
     * Forward Euler of NIR's equations, the synaptic current before the membrane; z = v &gt; threshold; the reset is that of the
     * file: to {@code v_reset} where it has one, else the threshold is subtracted.
     */
    NIR(Double.NaN),

    /** snnTorch's Leaky, RLeaky, Synaptic, RSynaptic with beta = 1 − dt/tau; its exporter has a dt of 0.1 ms. */
    SNNTORCH(1e-4),

    /** Sinabs's IAF, LIF, ExpLeak without normalised input; time constants are in steps, dt plays no part. */
    SINABS(1),

    /** Norse's LIFBoxCell, LIFCell, LIBoxCell. */
    NORSE(1e-3),

    /** Rockpool's LIFTorch, with decays of exp(−dt/tau) and several spikes a step. */
    ROCKPOOL(1e-3);

    /** Forward Euler oscillates without bounds beyond this. */
    private static final double STABLE = 2;

    /** Norse exports time constants multiplied by its dt argument, which is 1 ms unless told. */
    private static final double NORSE_DEFAULT_ARGUMENT = 1e-3;

    private final double stepSeconds;

    Dialect(double stepSeconds) {
        this.stepSeconds = stepSeconds;
    }

    /**
     * Undoes what Norse's exporter does to time constants where they would make steps unstable: it multiplies them by its
     * argument dt, 1e-3 by default.
     *
     * @param dt time step in seconds
     * @param constants time constants in seconds, of one node; changed in place
     */
    public void rescale(double dt, double[]... constants) {
        double shortest = Double.MAX_VALUE;
        for (double[] values : constants) {
            for (double value : values) {
                shortest = Math.min(shortest, value);
            }
        }
        if (this == NORSE && dt / shortest > STABLE) {
            for (double[] values : constants) {
                for (int n = 0; n < values.length; n++) {
                    values[n] /= NORSE_DEFAULT_ARGUMENT;
                }
            }
        }
    }

    /** {@return the library's own time step in seconds; NaN where there is none} */
    public double stepSeconds() {
        return stepSeconds;
    }
}

package io.keyspike.models.nir;

import org.jspecify.annotations.Nullable;

/**
 * How a graph is simulated, where the file leaves it open.
 *
 * @param dialect whose discretisation is followed
 * @param stepSeconds time step in seconds; null for the {@code dt} of the file's metadata, else the dialect's
 * @param reset what a spike does; null for what the file says (NIR) or the library's default
 * @param resetDelayed whether a spike resets the membrane in the step after it; null for the library's default, which is true
 *     for snnTorch and false for all others
 */
public record SimulationSettings(
        Dialect dialect,
        @Nullable Double stepSeconds,
        @Nullable ResetRule reset,
        @Nullable Boolean resetDelayed) {

    /**
     * Checks the time step.
     *
     * @throws IllegalArgumentException if it is not a finite number above 0
     */
    public SimulationSettings {
        if (stepSeconds != null && !(stepSeconds > 0 && Double.isFinite(stepSeconds))) {
            throw new IllegalArgumentException("expected a time step above 0 s, found " + stepSeconds);
        }
    }

    /**
     * All as the dialect has it.
     *
     * @param dialect whose discretisation is followed
     * @return settings with nothing else settled
     */
    public static SimulationSettings of(Dialect dialect) {
        return new SimulationSettings(dialect, null, null, null);
    }
}

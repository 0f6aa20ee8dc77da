package io.keyspike.kernels;

/** Between a membrane's time constant and its decay per step, β = exp(−dt/τ). */
public final class TimeConstants {

    private TimeConstants() {}

    /**
     * β = exp(−dt/τ).
     *
     * @param stepSeconds dt in seconds, above 0
     * @param tauSeconds τ in seconds, above 0
     * @return β = exp(−dt/τ)
     * @throws IllegalArgumentException unless both are above 0
     */
    public static double decay(double stepSeconds, double tauSeconds) {
        if (!(stepSeconds > 0) || !(tauSeconds > 0)) {
            throw new IllegalArgumentException("decay: expected a step and a time constant above 0 s, found "
                    + stepSeconds + " s and " + tauSeconds + " s");
        }
        return Math.exp(-stepSeconds / tauSeconds);
    }

    /**
     * dL/dτ = dL/dβ·β·dt/τ².
     *
     * @param decayGradient dL/dβ
     * @param decay β
     * @param stepSeconds dt in seconds, above 0
     * @param tauSeconds τ in seconds, above 0
     * @return dL/dτ = dL/dβ·β·dt/τ²
     */
    public static double tauGradient(double decayGradient, double decay, double stepSeconds, double tauSeconds) {
        return decayGradient * decay * stepSeconds / (tauSeconds * tauSeconds);
    }
}

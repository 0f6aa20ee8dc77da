package io.keyspike.audio.features;

/**
 * Per-channel energy normalisation of mel energies, in place of the logarithm (Wang et al., "Trainable frontend for robust
 * and far-field keyword spotting", 2017, arXiv:1607.05666, equations 1 and 2; parameters as discussed by Lostanlen et al.,
 * "Per-channel energy normalization: why and how", 2019). With {@code E[t, b]} the energy of frame t in band b:
 *
 * <pre>
 * M[0, b] = E[0, b]
 * M[t, b] = (1 − s)·M[t−1, b] + s·E[t, b],   s = 1 − exp(−hop/τ)
 * f[t, b] = (E[t, b] / (ε + M[t, b])^α + δ)^r − δ^r
 * </pre>
 *
 * <p>{@code hop} is the time between two frames, not between two steps. Each band is divided by its own recent level, so a
 * recording at another gain, a microphone of another colour and steady noise give nearly the same features; onsets stand out.
 * The root compresses what is left. Silence is exactly 0, and energies well below ε stay near it.
 *
 * <p>Energies are those of samples relative to full scale. In bands of area 1, white noise of variance σ² has an energy of
 * about 5·σ² with a window of 400 samples; bands of height 1 sum over their whole width in Hz, and ε must be larger by half
 * that width.
 *
 * @param timeConstantSeconds τ, how long a band's level remembers
 * @param alpha α, how much of the level is removed: 0 for nothing, 1 for all of it
 * @param delta δ, added before the root: the larger, the less weak onsets count
 * @param r exponent of the root
 * @param epsilon ε, keeps silence silent: energies are measured against at least this
 */
public record Pcen(double timeConstantSeconds, double alpha, double delta, double r, double epsilon) {

    /**
     * Checks the ranges.
     *
     * @throws IllegalArgumentException in one sentence, if τ or ε is not a finite number above 0, α not from 0 to 1, δ not a
     *     finite number of at least 0 or r not above 0 and at most 1
     */
    public Pcen {
        SpecChecks.above("pcen", "time constant in seconds", timeConstantSeconds, 0);
        SpecChecks.within("pcen", "time constant in seconds", timeConstantSeconds, 1e-6, 3_600);
        SpecChecks.fraction("pcen", "alpha", alpha);
        if (!(delta >= 0) || !Double.isFinite(delta)) {
            throw new IllegalArgumentException("pcen: expected delta of at least 0, found " + delta);
        }
        SpecChecks.within("pcen", "delta", delta, 0, 1e12);
        SpecChecks.above("pcen", "r", r, 0);
        SpecChecks.fraction("pcen", "r", r);
        SpecChecks.above("pcen", "epsilon", epsilon, 0);
        SpecChecks.within("pcen", "epsilon", epsilon, 1e-30, 1e12);
    }

    /**
     * Wang's values for α, δ and r, a time constant of 0.4 s, and an ε between the energies of dither and those of a quiet
     * room in bands of area 1.
     *
     * @return the defaults of a configuration
     */
    public static Pcen standard() {
        return new Pcen(0.4, 0.98, 2, 0.5, 1e-8);
    }

    /**
     * The weight s of the newest energy in a band's level.
     *
     * @param hopSeconds time between two frames
     * @return 1 − exp(−hop/τ)
     */
    double smoothing(double hopSeconds) {
        return -StrictMath.expm1(-hopSeconds / timeConstantSeconds);
    }
}

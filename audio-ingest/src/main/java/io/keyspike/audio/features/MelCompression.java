package io.keyspike.audio.features;

import org.jspecify.annotations.Nullable;

/**
 * What becomes of the mel energies of a frame. Immutable and shared. Every function is exact (square root) or StrictMath's,
 * so that the result is the same on every machine.
 */
sealed interface MelCompression {

    /** Values of type double that a stream keeps: {@code [bands]} levels, or none. */
    int levels();

    /**
     * Compresses one frame.
     *
     * @param energies {@code [bands]}
     * @param levels {@code [levels()]} of the stream, updated
     * @param first whether this is the stream's first frame
     * @param out receives {@code [bands]} from index {@code at}
     * @param work {@code [bands]}, room for what is computed on the way
     */
    void apply(double[] energies, double[] levels, boolean first, float[] out, int at, double[] work);

    static MelCompression of(LogMelSpec spec) {
        Pcen pcen = spec.pcen();
        return pcen == null ? new Logarithm(spec.logFloor()) : new Normalised(spec, pcen);
    }

    /** {@code ln(mel + floor)}. */
    record Logarithm(double floor) implements MelCompression {
        @Override
        public int levels() {
            return 0;
        }

        @Override
        public void apply(double[] energies, double[] levels, boolean first, float[] out, int at, double[] work) {
            for (int b = 0; b < energies.length; b++) {
                work[b] = energies[b] + floor;
            }
            BlockMath.log(work, energies.length);
            for (int b = 0; b < energies.length; b++) {
                out[at + b] = (float) work[b];
            }
        }
    }

    /** {@link Pcen}. */
    final class Normalised implements MelCompression {
        private final int bands;
        private final double smoothing;
        private final double alpha;
        private final double delta;
        private final double r;
        private final double epsilon;
        private final double offset;

        /** Null where there are no vectors, or they have no form for these numbers. */
        private final @Nullable LanePcen lanes;

        Normalised(LogMelSpec spec, Pcen pcen) {
            bands = spec.bands();
            smoothing = pcen.smoothing((double) spec.hopSamples() / spec.sampleRateHz());
            alpha = pcen.alpha();
            delta = pcen.delta();
            r = pcen.r();
            epsilon = pcen.epsilon();
            offset = root(delta);
            lanes = BlockMath.hasVectors() && r == 0.5 && LanePcen.fits(bands)
                    ? new LanePcen(smoothing, alpha, delta, epsilon, offset)
                    : null;
        }

        @Override
        public int levels() {
            return bands;
        }

        @Override
        public void apply(double[] energies, double[] levels, boolean first, float[] out, int at, double[] work) {
            if (first) {
                System.arraycopy(energies, 0, levels, 0, bands);
            } else if (lanes != null) {
                lanes.apply(energies, levels, out, at, work);
                return;
            } else {
                for (int b = 0; b < bands; b++) {
                    levels[b] += smoothing * (energies[b] - levels[b]);
                }
            }
            // (ε + M)^−α as exp and log of a positive number: half of what pow costs, which must handle all others.
            for (int b = 0; b < bands; b++) {
                work[b] = epsilon + levels[b];
            }
            BlockMath.log(work, bands);
            for (int b = 0; b < bands; b++) {
                work[b] *= -alpha;
            }
            BlockMath.exp(work, bands);
            for (int b = 0; b < bands; b++) {
                work[b] = energies[b] * work[b] + delta;
            }
            roots(work);
            for (int b = 0; b < bands; b++) {
                out[at + b] = (float) (work[b] - offset);
            }
        }

        /** {@link #root} of each. */
        private void roots(double[] x) {
            if (r == 0.5) {
                for (int b = 0; b < bands; b++) {
                    x[b] = Math.sqrt(x[b]);
                }
            } else if (r != 1) {
                BlockMath.log(x, bands); // of 0 minus infinity, of which the exponential is 0
                for (int b = 0; b < bands; b++) {
                    x[b] *= r;
                }
                BlockMath.exp(x, bands);
            }
        }

        /** {@code x^r} of a number of at least 0. */
        private double root(double x) {
            if (r == 0.5) {
                return Math.sqrt(x); // correctly rounded everywhere
            }
            return r == 1 || x == 0 ? x : StrictMath.exp(r * StrictMath.log(x));
        }
    }
}

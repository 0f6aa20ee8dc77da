package io.keyspike.audio.features;

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
     */
    void apply(double[] energies, double[] levels, boolean first, float[] out, int at);

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
        public void apply(double[] energies, double[] levels, boolean first, float[] out, int at) {
            for (int b = 0; b < energies.length; b++) {
                out[at + b] = (float) StrictMath.log(energies[b] + floor);
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

        Normalised(LogMelSpec spec, Pcen pcen) {
            bands = spec.bands();
            smoothing = pcen.smoothing((double) spec.hopSamples() / spec.sampleRateHz());
            alpha = pcen.alpha();
            delta = pcen.delta();
            r = pcen.r();
            epsilon = pcen.epsilon();
            offset = root(delta);
        }

        @Override
        public int levels() {
            return bands;
        }

        @Override
        public void apply(double[] energies, double[] levels, boolean first, float[] out, int at) {
            for (int b = 0; b < bands; b++) {
                double energy = energies[b];
                double level = first ? energy : levels[b] + smoothing * (energy - levels[b]);
                levels[b] = level;
                // (ε + M)^−α as exp and log of a positive number: half of what pow costs, which must handle all others.
                double ratio = energy * StrictMath.exp(-alpha * StrictMath.log(epsilon + level));
                out[at + b] = (float) (root(ratio + delta) - offset);
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

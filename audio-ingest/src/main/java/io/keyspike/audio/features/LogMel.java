package io.keyspike.audio.features;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The streaming log-mel. Spectrum, mel sums and logarithm (or {@link Pcen}) run in double precision; a frame leaves as float32 and is
 * normalised in float32.
 *
 * <p>How this differs from the offline form ({@link ClipLogMel}): no padding before the first sample, so frame k begins
 * at its first sample and not half a window earlier; and no minimum and maximum of the clip, which cannot be known before
 * the clip is over. The fixed {@link Normaliser} of the training set stands in for them.
 */
final class LogMel implements FeatureExtractor {
    private final LogMelSpec spec;
    private final MelSpectrum spectrum;
    private final MelCompression compression;
    private final StepShaping shaping;

    /** Whether frames are transformed in the lanes of vectors: the JVM has some, and the transform has such a form. */
    private final boolean vectors;

    /** Null without {@link #vectors}. */
    private final @Nullable ThreadLocal<Ahead> aheads;

    LogMel(LogMelSpec spec) {
        this.spec = spec;
        spectrum = new MelSpectrum(spec);
        compression = MelCompression.of(spec);
        shaping = new StepShaping(null, spec.normaliser(), spec.stepSeconds());
        vectors = FilterKernel.hasVectors() && LaneSpectrum.fits(spec.fftSize());
        aheads = vectors ? ThreadLocal.withInitial(Ahead::new) : null;
    }

    @Override
    public FeatureSpec spec() {
        return spec;
    }

    @Override
    public FeatureState newState() {
        return new LogMelState(spec, compression.levels());
    }

    @Override
    public int consume(FeatureState state, short[] samples, int from, int to, float[] feature) {
        LogMelState s = (LogMelState) state;
        s.stepComplete = false;
        int at = from;
        while (at < to && !s.stepComplete) {
            int taken = s.take(samples, at, to);
            at += taken;
            if (s.filled == spec.fftSize()) {
                finishFrame(s, samples, at, to, feature);
            }
        }
        return at;
    }

    @Override
    public @Nullable FeatureGroup newGroup() {
        return vectors ? new Group() : null;
    }

    /** Where more frames will fill within the samples at hand, all of them are transformed now. */
    private void finishFrame(LogMelState s, short[] samples, int from, int to, float[] feature) {
        Ahead ahead = aheads == null ? null : aheads.get();
        if (ahead != null && (ahead.holds(s.window) || ahead.look(s.window, samples, from, to))) {
            ahead.take(s.energies);
            finishFrame(s, s.energies, s.work, feature);
        } else {
            finishFrame(s, feature);
        }
    }

    private void finishFrame(LogMelState s, float[] feature) {
        for (int i = 0; i < spec.fftSize(); i++) {
            s.scratch[i] = s.window[i];
        }
        spectrum.mel(s.scratch, s.energies);
        finishFrame(s, s.energies, s.work, feature);
    }

    /** From the mel energies of a frame on. */
    private void finishFrame(LogMelState s, double[] energies, double[] work, float[] feature) {
        int bands = spec.bands();
        int newest = s.context.length - bands;
        if (s.begun) {
            System.arraycopy(s.context, bands, s.context, 0, newest);
        }
        compression.apply(energies, s.levels, !s.begun, s.context, newest, work);
        shaping.normalise(s.context, newest);
        if (!s.begun) {
            for (int at = 0; at < newest; at += bands) {
                System.arraycopy(s.context, newest, s.context, at, bands);
            }
            s.begun = true;
        }
        if (s.framesUntilStep == 0) {
            System.arraycopy(s.context, 0, feature, 0, s.context.length);
            s.finishStep();
        } else {
            s.framesUntilStep--;
        }
        s.advance();
    }

    /**
     * Frames of one stream in the lanes of a vector, in a call that brings samples for several: each waits until its turn comes. A
     * thread has one of these. Frames are known by their samples, so that whatever is called in between, energies are those of
     * the frame at hand.
     */
    private final class Ahead {
        private final LaneSpectrum lanes = new LaneSpectrum(spec, spectrum);
        private final short[][] frames = new short[LaneSpectrum.LANES][spec.fftSize()];
        private int count;
        private int next;

        boolean holds(short[] frame) {
            return next < count && Arrays.equals(frames[next], frame);
        }

        /**
         * Transforms a full frame and those that the samples after it complete.
         *
         * @return false if there is none of the latter
         */
        boolean look(short[] frame, short[] samples, int from, int to) {
            next = 0;
            count = Math.min(LaneSpectrum.LANES, 1 + (to - from) / spec.hopSamples());
            if (count == 1) {
                count = 0;
                return false;
            }
            for (int k = 0; k < count; k++) {
                int shift = k * spec.hopSamples();
                int kept = Math.max(0, frame.length - shift);
                System.arraycopy(frame, frame.length - kept, frames[k], 0, kept);
                System.arraycopy(samples, from + shift - (frame.length - kept), frames[k], kept, frame.length - kept);
                lanes.put(frames[k], k);
            }
            lanes.run();
            return true;
        }

        void take(double[] energies) {
            lanes.take(next, energies);
            next++;
        }
    }

    /** Streams in the lanes of a vector: the frames that fill with the same sample are transformed together. */
    private final class Group implements FeatureGroup {
        private final LaneSpectrum lanes = new LaneSpectrum(spec, spectrum);
        private final double[] energies = new double[spec.bands()];
        private final double[] work = new double[spec.bands()];
        private final boolean[] full = new boolean[LaneSpectrum.LANES];

        @Override
        public int size() {
            return LaneSpectrum.LANES;
        }

        @Override
        public int consume(FeatureState[] streams, short[][] samples, int[] from, int limit, float[][] features) {
            int count = limit;
            for (int k = 0; k < LaneSpectrum.LANES; k++) {
                count = Math.min(count, at(streams, k).missing());
            }
            int filled = 0;
            for (int k = 0; k < LaneSpectrum.LANES; k++) {
                LogMelState s = at(streams, k);
                s.stepComplete = false;
                s.take(samples[k], from[k], from[k] + count);
                full[k] = s.filled == spec.fftSize();
                filled += full[k] ? 1 : 0;
            }
            if (filled > 1) {
                together(streams, features);
            } else if (filled == 1) {
                alone(streams, features);
            }
            return count;
        }

        private void together(FeatureState[] streams, float[][] features) {
            for (int k = 0; k < LaneSpectrum.LANES; k++) {
                if (full[k]) {
                    lanes.put(at(streams, k).window, k);
                }
            }
            lanes.run();
            for (int k = 0; k < LaneSpectrum.LANES; k++) {
                if (full[k]) {
                    lanes.take(k, energies);
                    finishFrame(at(streams, k), energies, work, features[k]);
                }
            }
        }

        private void alone(FeatureState[] streams, float[][] features) {
            for (int k = 0; k < LaneSpectrum.LANES; k++) {
                if (full[k]) {
                    finishFrame(at(streams, k), features[k]);
                }
            }
        }

        private static LogMelState at(FeatureState[] streams, int k) {
            return (LogMelState) streams[k];
        }
    }
}

package io.keyspike.audio.features;

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

    LogMel(LogMelSpec spec) {
        this.spec = spec;
        spectrum = new MelSpectrum(spec);
        compression = MelCompression.of(spec);
        shaping = new StepShaping(null, spec.normaliser(), spec.stepSeconds());
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
                finishFrame(s, feature);
            }
        }
        return at;
    }

    private void finishFrame(LogMelState s, float[] feature) {
        int bands = spec.bands();
        int newest = s.context.length - bands;
        if (s.begun) {
            System.arraycopy(s.context, bands, s.context, 0, newest);
        }
        for (int i = 0; i < spec.fftSize(); i++) {
            s.scratch[i] = s.window[i];
        }
        spectrum.mel(s.scratch, s.energies);
        compression.apply(s.energies, s.levels, !s.begun, s.context, newest);
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
}

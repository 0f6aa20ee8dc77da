package io.keyspike.audio.features;

import io.keyspike.audio.features.LogMelSpec.MelScale;

/**
 * The log-mel image of a whole clip, as offline speech models take it: {@code log1p} of the mel energies of frames that
 * are centred at every hop, cut or filled with zeros at the end to a fixed number of frames, then the clip's minimum and
 * maximum brought to 0 and 1.
 *
 * <p>The streaming form, {@link FeatureExtractors#of} of a {@link LogMelSpec}, uses the same window, transform and bands,
 * but differs in two ways that a stream forces:
 *
 * <ul>
 *   <li>Its frames begin at their first sample and are not centred: the padding before a clip's start has no counterpart
 *       in a stream. Frame k here covers samples {@code [k·hop − fftSize/2, k·hop + fftSize/2)}, there
 *       {@code [k·hop, k·hop + fftSize)}.
 *   <li>A clip's minimum and maximum are not known before it is over. The fixed {@link Normaliser} of the training set
 *       stands in: a running range was left out, since it makes what a network sees depend on what was heard minutes ago.
 * </ul>
 */
public final class ClipLogMel {

    /** What lies beyond the clip's ends, half a transform at each. */
    public enum Padding {
        /** Silence, as in librosa. */
        ZERO,
        /** The clip mirrored at its first and last sample, as in torchaudio. */
        REFLECT
    }

    private final LogMelSpec spec;
    private final Padding padding;
    private final int frames;
    private final MelSpectrum spectrum;

    /**
     * Prepares window, transform and mel bands; use one object for any number of clips.
     *
     * @param spec window, transform, hop and bands; the rest of it is not used
     * @param padding what the frames at the clip's ends see beyond it
     * @param frames length of the image
     * @throws IllegalArgumentException if {@code frames} is below 1 or above {@link LogMelSpec#MAXIMUM_WIDTH}
     */
    public ClipLogMel(LogMelSpec spec, Padding padding, int frames) {
        SpecChecks.range("clip log-mel", "frames", frames, 1, LogMelSpec.MAXIMUM_WIDTH);
        this.spec = spec;
        this.padding = padding;
        this.frames = frames;
        spectrum = new MelSpectrum(spec);
    }

    /**
     * The usual image at 16 kHz: 32 Slaney bands up to 8 kHz, transform of 512, hop of 160, 128 frames, padded with
     * zeros.
     *
     * @return a new extractor of images {@code [128, 32]}
     */
    public static ClipLogMel standard() {
        var spec = new LogMelSpec(16_000, 512, 512, 160, 32, 0, 8_000, MelScale.SLANEY, true, 1, 1, 1, null);
        return new ClipLogMel(spec, Padding.ZERO, 128);
    }

    /**
     * The image of a clip.
     *
     * @param clip {@code [samples]}, PCM16 at the spec's rate
     * @return {@code [frames, bands]}, 0 to 1; all 0 where the clip has no contrast
     * @throws IllegalArgumentException if the clip is too short to be mirrored
     */
    public float[][] extract(short[] clip) {
        double[][] mel = mel(clip);
        double[][] image = new double[frames][spec.bands()];
        double least = Double.POSITIVE_INFINITY;
        double most = Double.NEGATIVE_INFINITY;
        for (int t = 0; t < frames; t++) {
            for (int b = 0; b < spec.bands(); b++) {
                double value = t < mel.length ? StrictMath.log1p(mel[t][b]) : 0;
                image[t][b] = value;
                least = Math.min(least, value);
                most = Math.max(most, value);
            }
        }
        double range = most > least ? most - least : 1;
        float[][] scaled = new float[frames][spec.bands()];
        for (int t = 0; t < frames; t++) {
            for (int b = 0; b < spec.bands(); b++) {
                scaled[t][b] = (float) ((image[t][b] - least) / range);
            }
        }
        return scaled;
    }

    /** Mel energies {@code [1 + samples / hop, bands]}. */
    double[][] mel(short[] clip) {
        int half = spec.fftSize() / 2;
        if (padding == Padding.REFLECT && clip.length <= half) {
            throw new IllegalArgumentException(
                    "clip log-mel: expected more than " + half + " samples to mirror, found " + clip.length);
        }
        double[][] mel = new double[1 + clip.length / spec.hopSamples()][spec.bands()];
        double[] frame = new double[spec.fftSize()];
        for (int t = 0; t < mel.length; t++) {
            for (int i = 0; i < frame.length; i++) {
                frame[i] = sample(clip, t * spec.hopSamples() - half + i);
            }
            spectrum.power(frame);
            for (int b = 0; b < spec.bands(); b++) {
                mel[t][b] = spectrum.bands().energy(b, frame);
            }
        }
        return mel;
    }

    private short sample(short[] clip, int at) {
        if (at >= 0 && at < clip.length) {
            return clip[at];
        }
        return switch (padding) {
            case ZERO -> 0;
            case REFLECT -> clip[at < 0 ? -at : 2 * (clip.length - 1) - at];
        };
    }
}

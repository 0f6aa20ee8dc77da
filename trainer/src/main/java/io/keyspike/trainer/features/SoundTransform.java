package io.keyspike.trainer.features;

import io.keyspike.audio.features.FeatureExtractor;
import io.keyspike.audio.features.FeatureExtractors;
import io.keyspike.audio.features.FeatureSpec;
import io.keyspike.audio.features.NormaliserFit;
import io.keyspike.models.description.ModelInput;
import io.keyspike.trainer.cache.FrameTransform;
import io.keyspike.trainer.common.SplitMix;
import io.keyspike.trainer.data.Clip;
import io.keyspike.trainer.data.ClipAudio;
import java.io.IOException;
import java.util.function.Function;

/** Clips of sound to frames that are not normalised yet, with the very extractors that listen to streams. */
public class SoundTransform implements FrameTransform {
    /** To be raised with every change of what this class makes of the same extractor and sound. */
    private static final int VERSION = 1;

    /** Apart from every other use of random numbers. */
    private static final long PROBE = 0x9_0BE;

    private static final double PROBE_LOUDNESS = 6_000;

    private final String recipe;
    private final int sampleRateHz;
    private final int samples;
    private final Function<short[], float[][]> extractor;
    private final int frames;
    private final int width;

    /** @param extractor from samples to {@code [frames, width]} */
    private SoundTransform(String spec, int sampleRateHz, double clipSeconds, Function<short[], float[][]> extractor) {
        this.sampleRateHz = sampleRateHz;
        this.extractor = extractor;
        samples = (int) Math.round(clipSeconds * sampleRateHz);
        recipe = "sound " + VERSION + ", " + samples + " samples, " + spec;
        float[][] silence = extractor.apply(new short[samples]);
        if (silence.length == 0) {
            throw new IllegalArgumentException(
                    "features: expected clips long enough for a frame, found " + samples + " samples");
        }
        frames = silence.length;
        width = silence[0].length;
    }

    SoundTransform(SoundTransform other) {
        recipe = other.recipe;
        sampleRateHz = other.sampleRateHz;
        samples = other.samples;
        extractor = other.extractor;
        frames = other.frames;
        width = other.width;
    }

    /** Single frames of a spec, before its normaliser. */
    public static SoundTransform of(FeatureSpec spec, double clipSeconds) {
        FeatureSpec single = NormaliserFit.specToMeasure(spec);
        FeatureExtractor extractor = FeatureExtractors.of(single);
        return new SoundTransform(
                single.toString(),
                spec.sampleRateHz(),
                clipSeconds,
                sound -> FeatureExtractors.extract(extractor, sound));
    }

    /** Images of whole clips. */
    public static SoundTransform of(ModelInput.ClipSpectrogram spec, double clipSeconds) {
        return new SoundTransform(
                spec.toString(), spec.spectrum().sampleRateHz(), clipSeconds, spec.extractor()::extract);
    }

    @Override
    public String recipe() {
        return recipe;
    }

    @Override
    public int frames() {
        return frames;
    }

    @Override
    public int width() {
        return width;
    }

    @Override
    public void apply(Clip clip, float[] to) throws IOException {
        extract(change(clip, ClipAudio.read(clip, sampleRateHz, samples)), to);
    }

    final int sampleRateHz() {
        return sampleRateHz;
    }

    /** The sound that is extracted; of the same length. */
    short[] change(Clip clip, short[] sound) {
        return sound;
    }

    final void extract(short[] sound, float[] to) {
        float[][] rows = extractor.apply(sound);
        for (int f = 0; f < rows.length; f++) {
            System.arraycopy(rows[f], 0, to, f * width, width);
        }
    }

    /** A sweep over the whole band in noise, from silence to full loudness. */
    final short[] probeSound() {
        var random = new SplitMix(PROBE);
        short[] sound = new short[samples];
        double phase = 0;
        for (int i = 0; i < sound.length; i++) {
            double at = (double) i / sound.length;
            phase += Math.PI * at;
            double value = PROBE_LOUDNESS * (StrictMath.sin(phase) + random.nextDouble());
            sound[i] = (short) (2 * at * value);
        }
        return sound;
    }

    @Override
    public float[] probe() {
        float[] values = new float[frames * width];
        extract(probeSound(), values);
        return values;
    }
}

package io.keyspike.voices;

import io.keyspike.audio.AudioFiles;
import io.keyspike.audio.AudioSource;
import io.keyspike.audio.PolyphaseResampler;
import io.keyspike.audio.ResamplingSource;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Arrays;

/** Sound that engines return: brought to one rate, and cut to where somebody speaks. */
public final class Speech {

    private static final int HZ = SpeechEngine.SAMPLE_RATE_HZ;
    private static final int FRAME = HZ / 100;

    /** Frames this far below the loudest one are silence, in dB: room for a final fricative, but not for an engine's hiss. */
    private static final double SILENCE_DB = 38;

    private static final double PEAK = 0.89; // -1 dB of full scale

    private Speech() {}

    /** @param wav a WAV file of any rate, such as a program writes to a pipe */
    static short[] ofWav(byte[] wav, String name) throws IOException {
        try (AudioSource source = ResamplingSource.at(AudioFiles.open(new ByteArrayInputStream(wav), name), HZ)) {
            short[] samples = new short[1 << 15];
            int count = 0;
            while (true) {
                int read = source.read(samples, count, samples.length - count);
                if (read < 0) {
                    return Arrays.copyOf(samples, count);
                }
                count += read;
                if (count == samples.length) {
                    samples = Arrays.copyOf(samples, 2 * count);
                }
            }
        }
    }

    /** @param wave samples from -1 to 1, scaled down where they go beyond */
    static short[] ofWave(float[] wave, int rateHz) {
        float peak = 0;
        for (float each : wave) {
            peak = Math.max(peak, Math.abs(each));
        }
        double scale = 32_767 * Math.min(1, PEAK / Math.max(peak, Float.MIN_NORMAL));
        short[] pcm = new short[wave.length];
        for (int i = 0; i < wave.length; i++) {
            pcm[i] = (short) Math.rint(scale * wave[i]);
        }
        var resampler = new PolyphaseResampler(rateHz, HZ);
        short[] out = new short[resampler.maximumOutput(pcm.length) + resampler.maximumOutput(0)];
        int count = resampler.process(pcm, 0, pcm.length, out, 0);
        count += resampler.finish(out, count);
        return Arrays.copyOf(out, count);
    }

    /**
     * Cuts silence off both ends.
     *
     * @param samples {@code [samples]}, PCM16 at {@link SpeechEngine#SAMPLE_RATE_HZ}
     * @param marginSeconds how much to leave at either end, where there is as much
     * @return the part between the first and the last frame of 10 ms that is not silent; empty if all are
     */
    public static short[] trimmed(short[] samples, double marginSeconds) {
        int frames = samples.length / FRAME;
        double[] power = new double[frames];
        double loudest = 0;
        for (int f = 0; f < frames; f++) {
            for (int i = f * FRAME; i < (f + 1) * FRAME; i++) {
                power[f] += (double) samples[i] * samples[i];
            }
            loudest = Math.max(loudest, power[f]);
        }
        double floor = loudest * Math.pow(10, -SILENCE_DB / 10);
        int first = 0;
        while (first < frames && power[first] <= floor) {
            first++;
        }
        int last = frames - 1;
        while (last >= first && power[last] <= floor) {
            last--;
        }
        if (last < first) {
            return new short[0];
        }
        int margin = (int) (marginSeconds * HZ);
        return Arrays.copyOfRange(
                samples, Math.max(0, first * FRAME - margin), Math.min(samples.length, (last + 1) * FRAME + margin));
    }
}

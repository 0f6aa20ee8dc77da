package io.keyspike.trainer.events;

import io.keyspike.audio.features.FeatureExtractor;
import io.keyspike.audio.features.FeatureExtractors;
import io.keyspike.audio.features.FilterbankSpec;
import io.keyspike.trainer.common.SplitMix;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Recordings to events, as an artificial ear would give them: a bank of band-pass filters with geometrically spaced centres,
 * rectified and averaged over half a millisecond, a power law, and one of two ways to events for each channel. Thread-safe.
 *
 * <p>{@link Method#LIF}: the channel drives a leaky integrate-and-fire cell, {@code τ·dv/dt = g·x − v}, reset to 0 at 1 and silent
 * for a while after; thresholds differ by a tenth from cell to cell, and membranes begin anywhere below them. {@link
 * Method#LEVEL_CROSSING}: of the same averages smoothed over 10 ms, an event each time x has risen by a step since the last event, and one on a unit of its own, N further,
 * each time it has fallen by it (send on delta). Times are interpolated between averages.
 *
 * <p>The level of each recording is brought to one value first, by no more than 30 dB upwards.
 */
public final class SoundEncoder {

    /** What becomes of a channel. */
    public enum Method {
        LIF,
        LEVEL_CROSSING
    }

    /**
     * How to encode.
     *
     * @param channels N filters, from the lowest; with level crossing there are 2·N units
     * @param gain g: events become more with it; of level crossing, one over the step
     * @param seed of what differs between cells and recordings
     */
    public record Settings(Method method, int channels, int sampleRateHz, double gain, long seed) {

        /** What gives about six events a second and channel for speech with 700 channels. */
        public static double defaultGain(Method method) {
            return method == Method.LIF ? 8 : 16;
        }

        public Settings {
            if (channels < 1 || channels > MOST_UNITS / (method == Method.LIF ? 1 : 2)) {
                throw new IllegalArgumentException(
                        "encode: expected 1 to " + MOST_UNITS + " units, found " + channels + " channels");
            }
            if (!(gain > 0) || !Double.isFinite(gain)) {
                throw new IllegalArgumentException("encode: expected a gain above 0, found " + gain);
            }
        }

        /** Units of the sensor. */
        public int units() {
            return method == Method.LIF ? channels : 2 * channels;
        }
    }

    private static final int MOST_UNITS = 65_536;
    private static final double LOWEST_HZ = 80;
    private static final double HIGHEST_SHARE = 0.45;
    private static final double Q = 8;
    private static final double POWER = 0.4;

    /** What the root mean square of a recording is brought to, of full scale. */
    private static final double LEVEL = 0.1;

    private static final double MOST_AMPLIFICATION = 31.6;

    private static final double TAU_SECONDS = 0.01;
    private static final double REFRACTORY_SECONDS = 0.002;
    private static final double SPREAD = 0.1;
    private static final int BINS_PER_SECOND = 2_000;
    private static final double MICROS_PER_SECOND = 1e6;

    private final Settings settings;
    private final int binSamples;
    private final double binSeconds;
    private final List<FeatureExtractor> banks = new ArrayList<>();
    private final double[] thresholds;

    public SoundEncoder(Settings settings) {
        this.settings = settings;
        binSamples = Math.max(1, settings.sampleRateHz() / BINS_PER_SECOND);
        binSeconds = (double) binSamples / settings.sampleRateHz();
        int channels = settings.channels();
        double highest = HIGHEST_SHARE * settings.sampleRateHz();
        double ratio = channels == 1 ? 1 : Math.pow(highest / LOWEST_HZ, 1.0 / (channels - 1));
        for (int from = 0; from < channels; from += FilterbankSpec.MAXIMUM_FILTERS) {
            int to = Math.min(channels, from + FilterbankSpec.MAXIMUM_FILTERS);
            banks.add(FeatureExtractors.of(new FilterbankSpec(
                    settings.sampleRateHz(),
                    to - from,
                    LOWEST_HZ * Math.pow(ratio, from),
                    LOWEST_HZ * Math.pow(ratio, to - 1.0),
                    0.5,
                    FilterbankSpec.Design.PEAK,
                    Q,
                    FilterbankSpec.Rectifier.HALF,
                    FilterbankSpec.Integration.MEAN,
                    binSamples,
                    FilterbankSpec.Compression.LINEAR,
                    null,
                    null)));
        }
        var random = new SplitMix(settings.seed(), -1);
        thresholds = new double[channels];
        for (int c = 0; c < channels; c++) {
            thresholds[c] = 1 + SPREAD * (2 * random.nextDouble() - 1);
        }
    }

    /**
     * Encodes a recording.
     *
     * @param sound at the settings' rate
     * @param number tells recordings apart that are encoded with one seed
     */
    public Events encode(short[] sound, long number) {
        short[] levelled = levelled(sound);
        var events = new Collected();
        int first = 0;
        var random = new SplitMix(settings.seed(), number);
        for (FeatureExtractor bank : banks) {
            float[][] x = FeatureExtractors.extract(bank, levelled);
            if (settings.method() == Method.LEVEL_CROSSING) {
                smooth(x);
            }
            for (float[] bin : x) {
                for (int c = 0; c < bin.length; c++) {
                    bin[c] = (float) Math.pow(Math.max(0, bin[c]), POWER);
                }
            }
            int channels = bank.spec().width();
            for (int c = 0; c < channels; c++) {
                if (settings.method() == Method.LIF) {
                    integrate(x, c, first + c, random.nextDouble(), events);
                } else {
                    cross(x, c, first + c, random.nextDouble(), events);
                }
            }
            first += channels;
        }
        return events.inOrder();
    }

    private static short[] levelled(short[] sound) {
        double energy = 0;
        for (short s : sound) {
            energy += (double) s * s;
        }
        if (energy == 0) {
            return sound;
        }
        double gain = Math.min(MOST_AMPLIFICATION, LEVEL * Short.MAX_VALUE / Math.sqrt(energy / sound.length));
        short[] levelled = new short[sound.length];
        for (int i = 0; i < sound.length; i++) {
            levelled[i] = (short) Math.clamp(Math.round(gain * sound[i]), Short.MIN_VALUE, Short.MAX_VALUE);
        }
        return levelled;
    }

    /** Levels are of the envelope, not of the single waves below it. */
    private void smooth(float[][] x) {
        float keep = (float) Math.exp(-binSeconds / TAU_SECONDS);
        for (int t = 1; t < x.length; t++) {
            for (int c = 0; c < x[t].length; c++) {
                x[t][c] = keep * x[t - 1][c] + (1 - keep) * x[t][c];
            }
        }
    }

    private void integrate(float[][] x, int channel, int unit, double start, Collected events) {
        double leak = Math.exp(-binSeconds / TAU_SECONDS);
        double threshold = thresholds[unit];
        double v = start * threshold;
        double silentUntil = 0;
        for (int t = 0; t < x.length; t++) {
            double before = v;
            if ((t + 1) * binSeconds <= silentUntil) {
                continue;
            }
            v = leak * v + (1 - leak) * settings.gain() * x[t][channel];
            if (v >= threshold) {
                double time = (t + within(before, threshold, v)) * binSeconds;
                events.add(time, unit);
                silentUntil = time + REFRACTORY_SECONDS;
                v = 0;
            }
        }
    }

    private void cross(float[][] x, int channel, int unit, double start, Collected events) {
        double step = 1 / settings.gain();
        double level = (start - 0.5) * step;
        double before = 0;
        for (int t = 0; t < x.length; t++) {
            double now = x[t][channel];
            while (now >= level + step) {
                level += step;
                events.add((t + within(before, level, now)) * binSeconds, unit);
            }
            while (now <= level - step) {
                level -= step;
                events.add((t + within(before, level, now)) * binSeconds, settings.channels() + unit);
            }
            before = now;
        }
    }

    /** Where between two values, 0 to 1, a level is reached. */
    private static double within(double from, double level, double to) {
        return to == from ? 1 : Math.clamp((level - from) / (to - from), 0, 1);
    }

    private static final class Collected {
        /** Microseconds in the upper bits, unit in the lower 16: sorting them sorts events by time and then by unit. */
        private long[] all = new long[8_192];

        private int count;

        void add(double seconds, int unit) {
            if (count == all.length) {
                all = Arrays.copyOf(all, 2 * count);
            }
            all[count++] = ((long) (seconds * MICROS_PER_SECOND) << 16) | unit;
        }

        Events inOrder() {
            Arrays.sort(all, 0, count);
            long[] times = new long[count];
            int[] units = new int[count];
            for (int i = 0; i < count; i++) {
                times[i] = all[i] >>> 16;
                units[i] = (int) (all[i] & 0xffff);
            }
            return new Events(times, units, new int[0]);
        }
    }
}

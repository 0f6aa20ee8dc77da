package io.keyspike.audio.features;

import io.keyspike.audio.features.FilterbankSpec.Compression;
import io.keyspike.audio.features.FilterbankSpec.Integration;
import io.keyspike.audio.features.FilterbankSpec.Rectifier;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The streaming filterbank. Filters, sums and compression run in double precision; a step leaves as float32, and what
 * follows compression (adaptive gain, normaliser) is float32 arithmetic, each operation rounded on its own.
 *
 * <p>In digital silence the filters ring down towards subnormal numbers, which many processors handle slowly. So at the
 * end of each bin, filter state below {@value FilterKernel#SILENCE} becomes 0; one step of a 16-bit sample is 3e-5.
 */
final class Filterbank implements FeatureExtractor {
    private static final Logger LOG = System.getLogger(Filterbank.class.getName());

    /** Warnings already logged, so that a service that swaps models logs each once. */
    private static final Set<String> WARNED = ConcurrentHashMap.newKeySet();

    /** A 16-bit sample of full scale is 1. */
    private static final double SAMPLE_UNIT = 1.0 / 32_768;

    private final FilterbankSpec spec;
    private final FilterKernel kernel;
    private final BandPassSections sections;
    private final boolean half;
    private final int channels;
    private final int padded;
    private final StepShaping shaping;

    Filterbank(FilterbankSpec spec) {
        this(spec, FilterKernel.preferred());
        if (channels < spec.filters() && WARNED.add(spec.sampleRateHz() + "/" + spec.filters() + "/" + channels)) {
            LOG.log(
                    Level.WARNING,
                    "filterbank: {0} of {1} filters dropped at {2} Hz, since their centres lie at or above {3} Hz",
                    spec.filters() - channels,
                    spec.filters(),
                    Integer.toString(spec.sampleRateHz()),
                    Long.toString(Math.round(spec.centreLimit() * spec.sampleRateHz())));
        }
    }

    Filterbank(FilterbankSpec spec, FilterKernel kernel) {
        this.spec = spec;
        this.kernel = kernel;
        channels = spec.width();
        padded = Math.ceilDiv(channels, kernel.channelBlock()) * kernel.channelBlock();
        sections = BandPassSections.design(spec, padded).forInputScale(SAMPLE_UNIT);
        half = spec.rectifier() == Rectifier.HALF;
        shaping = new StepShaping(spec.adaptiveGain(), spec.normaliser(), spec.stepSeconds());
    }

    @Override
    public FeatureSpec spec() {
        return spec;
    }

    @Override
    public FeatureState newState() {
        int levels = spec.adaptiveGain() == null ? 0 : spec.adaptiveGain().levels(channels);
        return new FilterbankState(channels, padded, levels, spec.binSamples());
    }

    @Override
    public int consume(FeatureState state, short[] samples, int from, int to, float[] feature) {
        FilterbankState s = (FilterbankState) state;
        int end = Math.min(to, from + spec.binSamples() - s.filled);
        kernel.run(sections, half, samples, from, end, s.s1, s.s2, s.sum);
        s.energy += kernel.energy(samples, from, end);
        if (count(s, end - from)) {
            compress(s);
            shaping.shape(kernel, feature, channels, take(s, feature));
        }
        return end;
    }

    @Override
    public FeatureGroup newGroup() {
        return new Group();
    }

    /** Samples have been filtered; tells whether they complete a bin. */
    private boolean count(FilterbankState s, int samples) {
        s.filled += samples;
        s.stepComplete = s.filled == spec.binSamples();
        return s.stepComplete;
    }

    /** Root mean square relative to full scale. */
    static float level(long energy, int samples) {
        return (float) (Math.sqrt((double) energy / samples) * SAMPLE_UNIT);
    }

    /** The end of a bin: the sum becomes the channels' values. */
    private void compress(FilterbankState s) {
        double divisor = spec.integration() == Integration.MEAN ? spec.binSamples() : 1;
        kernel.finishBin(s, divisor, spec.compression() == Compression.SQUARE_ROOT);
        if (spec.compression() == Compression.CUBE_ROOT) {
            for (int c = 0; c < channels; c++) {
                // StrictMath, so that the result is the same on every machine.
                s.sum[c] = StrictMath.cbrt(s.sum[c]);
            }
        }
    }

    /** The values leave, and the next bin begins. @return their gain */
    private float take(FilterbankState s, float[] feature) {
        kernel.takeBin(s.sum, channels, feature);
        s.stepLevel = level(s.energy, s.filled);
        s.energy = 0;
        s.filled = 0;
        return shaping.level(feature, channels, s.levels);
    }

    /** Streams side by side in the kernel. */
    private final class Group implements FeatureGroup {
        private final double[][] scratch = new double[FilterKernel.TOGETHER][spec.binSamples()];
        private final float[] gains = new float[FilterKernel.TOGETHER];

        @Override
        public int size() {
            return FilterKernel.TOGETHER;
        }

        @Override
        public int consume(FeatureState[] streams, short[][] samples, int[] from, int limit, float[][] features) {
            int count = limit;
            for (int k = 0; k < FilterKernel.TOGETHER; k++) {
                count = Math.min(count, spec.binSamples() - at(streams, k).filled);
            }
            kernel.runTogether(sections, half, streams, samples, from, count, scratch);
            // Part by part, not stream by stream: each part is a chain of results that wait for one another.
            for (int k = 0; k < FilterKernel.TOGETHER; k++) {
                if (count(at(streams, k), count)) {
                    compress(at(streams, k));
                }
            }
            for (int k = 0; k < FilterKernel.TOGETHER; k++) {
                if (streams[k].stepComplete()) {
                    gains[k] = take(at(streams, k), features[k]);
                }
            }
            for (int k = 0; k < FilterKernel.TOGETHER; k++) {
                if (streams[k].stepComplete()) {
                    shaping.shape(kernel, features[k], channels, gains[k]);
                }
            }
            return count;
        }

        private static FilterbankState at(FeatureState[] streams, int k) {
            return (FilterbankState) streams[k];
        }
    }
}

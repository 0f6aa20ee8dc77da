package io.keyspike.app.live;

import io.keyspike.audio.features.FeatureExtractor;
import io.keyspike.audio.features.FeatureExtractors;
import io.keyspike.audio.features.FeatureSpec;
import io.keyspike.audio.features.FeatureState;
import io.keyspike.audio.features.FilterbankSpec;
import io.keyspike.audio.features.LogMelSpec;
import java.util.Arrays;

/**
 * The level in each channel of a model's features, in dB relative to a tone at full scale: computed from the audio with the
 * model's own channels, but without its gain control and normaliser, after which silence and speech can look alike. Not
 * thread-safe.
 */
final class ChannelLevels {

    /** Below the rounding of 16 bits: digital silence, and what cannot be told from it. */
    static final float FLOOR_DB = -100;

    /** Small enough not to lift the floor. */
    private static final double LOG_FLOOR = 1e-14;

    private static final double REFERENCE_SECONDS = 0.4;
    private static final double FULL_SCALE = 32_767;

    /** Steps that may wait for the network's, which counts its own. */
    private static final int WAITING = 8;

    private final FeatureExtractor extractor;
    private final FeatureState state;
    private final boolean logarithmic;
    private final float[] feature;
    private final float[] referenceDb;
    private final float[][] steps;
    private int first;
    private int waiting;

    /** @param spec the model's features */
    ChannelLevels(FeatureSpec spec) {
        FeatureSpec plain = plain(spec);
        extractor = FeatureExtractors.of(plain);
        state = extractor.newState();
        logarithmic = plain instanceof LogMelSpec;
        feature = new float[plain.width()];
        referenceDb = new float[plain.channels()];
        steps = new float[WAITING][plain.channels()];
        Arrays.stream(steps).forEach(step -> Arrays.fill(step, FLOOR_DB));
        reference();
    }

    /** The same channels and steps, neither compressed nor levelled. */
    static FeatureSpec plain(FeatureSpec spec) {
        return switch (spec) {
            case LogMelSpec mel ->
                new LogMelSpec(
                        mel.sampleRateHz(),
                        mel.windowSamples(),
                        mel.fftSize(),
                        mel.hopSamples(),
                        mel.bands(),
                        mel.lowHz(),
                        mel.highHz(),
                        mel.melScale(),
                        mel.areaNormalised(),
                        LOG_FLOOR,
                        mel.contextFrames(),
                        mel.strideFrames(),
                        null);
            case FilterbankSpec bank ->
                new FilterbankSpec(
                        bank.sampleRateHz(),
                        bank.filters(),
                        bank.firstCentreHz(),
                        bank.lastCentreHz(),
                        bank.centreLimit(),
                        bank.design(),
                        bank.q(),
                        bank.rectifier(),
                        bank.integration(),
                        bank.binSamples(),
                        FilterbankSpec.Compression.LINEAR,
                        null,
                        null);
        };
    }

    /** What a tone at full scale in its middle does to each channel; all of them sound at once, each at its share. */
    private void reference() {
        FeatureSpec spec = extractor.spec();
        int channels = referenceDb.length;
        short[] tones = new short[(int) (REFERENCE_SECONDS * spec.sampleRateHz())];
        for (int i = 0; i < tones.length; i++) {
            double sum = 0;
            for (int c = 0; c < channels; c++) {
                // A phase of its own for each, so that they do not all peak together.
                sum += Math.sin(2 * Math.PI * spec.channelHz(c) * i / spec.sampleRateHz() + 2.4 * c * c);
            }
            tones[i] = (short) Math.round(FULL_SCALE / channels * sum);
        }
        FeatureState once = extractor.newState();
        double shareDb = 20 * Math.log10(channels);
        int at = 0;
        while (at < tones.length) {
            at = extractor.consume(once, tones, at, tones.length, feature);
            if (once.stepComplete()) {
                for (int c = 0; c < channels; c++) {
                    referenceDb[c] = (float) (decibels(feature[feature.length - channels + c]) + shareDb);
                }
            }
        }
    }

    private double decibels(float value) {
        return logarithmic ? 10 / Math.log(10) * value : 20 * Math.log10(Math.max(1e-12, value));
    }

    /** Consumes a frame of PCM16; its steps wait for {@link #next}. */
    void take(short[] samples) {
        int at = 0;
        while (at < samples.length) {
            at = extractor.consume(state, samples, at, samples.length, feature);
            if (state.stepComplete()) {
                push();
            }
        }
    }

    private void push() {
        if (waiting == WAITING) {
            first = (first + 1) % WAITING;
            waiting--;
        }
        float[] step = steps[(first + waiting++) % WAITING];
        for (int c = 0; c < step.length; c++) {
            double db = decibels(feature[feature.length - step.length + c]) - referenceDb[c];
            step[c] = (float) Math.clamp(db, FLOOR_DB, 0);
        }
    }

    /**
     * Levels of the next step; those of the last one again where the network is a step ahead.
     *
     * @param decibels {@code [channels]}, {@link #FLOOR_DB} to 0; written
     */
    void next(float[] decibels) {
        System.arraycopy(steps[first], 0, decibels, 0, decibels.length);
        if (waiting > 1) {
            first = (first + 1) % WAITING;
            waiting--;
        }
    }
}

package io.keyspike.monitoring.live;

import java.util.Arrays;

/** A {@link Slice} that is being filled; used again and again. Not thread-safe. */
final class Gathered {

    /** Sound in a slice: twenty messages a second. */
    private static final double SLICE_SECONDS = 0.05;

    /** Sound behind a pair of the waveform. */
    static final double WAVE_SECONDS = 0.004;

    private final int channels;
    private final float floorDb;
    private final int labels;
    private final int capacity;
    private final int samplesPerPair;
    private final byte[] features;
    private final byte[] scores;
    private final byte[][] spikes;
    private final int[] rowBytes;
    private final float[] outputs;
    private byte[] wave = new byte[256];
    private int waveBytes;
    private int pairSamples;
    private int smallest = Short.MAX_VALUE;
    private int largest = Short.MIN_VALUE;
    private int steps;

    Gathered(StreamFacts facts) {
        channels = facts.channels().count();
        floorDb = facts.channels().floorDb();
        labels = facts.labels().size();
        capacity = (int) Math.max(1, Math.round(SLICE_SECONDS / facts.stepSeconds()));
        samplesPerPair = (int) Math.max(1, Math.round(WAVE_SECONDS * facts.sampleRateHz()));
        features = new byte[capacity * channels];
        scores = new byte[capacity * labels];
        outputs = new float[labels];
        int layers = facts.layers().size();
        spikes = new byte[layers][];
        rowBytes = new int[layers];
        for (int i = 0; i < layers; i++) {
            rowBytes[i] = (facts.layers().get(i).neurons() + 7) / 8;
            spikes[i] = new byte[capacity * rowBytes[i]];
        }
    }

    void wave(short[] samples, int from, int to) {
        for (int i = from; i < to; i++) {
            smallest = Math.min(smallest, samples[i]);
            largest = Math.max(largest, samples[i]);
            if (++pairSamples == samplesPerPair) {
                if (waveBytes + 2 > wave.length) {
                    wave = Arrays.copyOf(wave, 2 * wave.length);
                }
                wave[waveBytes++] = (byte) (smallest >> 8);
                wave[waveBytes++] = (byte) (largest >> 8);
                pairSamples = 0;
                smallest = Short.MAX_VALUE;
                largest = Short.MIN_VALUE;
            }
        }
    }

    void fired(int layer, int[] fired, int count) {
        int row = steps * rowBytes[layer];
        byte[] bits = spikes[layer];
        for (int i = 0; i < count; i++) {
            bits[row + (fired[i] >> 3)] |= (byte) (1 << (fired[i] & 7));
        }
    }

    /** @return whether the slice is full */
    boolean step(float[] feature, float[] output, float[] score) {
        float scale = -255 / floorDb;
        for (int i = 0; i < channels; i++) {
            features[steps * channels + i] = (byte) Math.round((Math.clamp(feature[i], floorDb, 0) - floorDb) * scale);
        }
        for (int i = 0; i < labels; i++) {
            scores[steps * labels + i] = (byte) Math.round(255 * score[i]);
            outputs[i] += output[i];
        }
        return ++steps == capacity;
    }

    Slice take(long position, float levelDb) {
        byte[][] bits = new byte[spikes.length][];
        for (int i = 0; i < bits.length; i++) {
            bits[i] = spikes[i].clone();
            Arrays.fill(spikes[i], (byte) 0);
        }
        var slice = new Slice(
                position,
                steps,
                Arrays.copyOf(wave, waveBytes),
                features.clone(),
                bits,
                scores.clone(),
                outputs.clone(),
                levelDb);
        Arrays.fill(outputs, 0);
        waveBytes = 0;
        steps = 0;
        return slice;
    }
}

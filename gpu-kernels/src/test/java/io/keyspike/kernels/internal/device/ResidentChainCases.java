package io.keyspike.kernels.internal.device;

import io.keyspike.kernels.ChainDescription;
import io.keyspike.kernels.Reset;
import io.keyspike.kernels.ResidentChain;
import io.keyspike.kernels.Surrogate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Chains to train a few steps, and what comes of it. */
public final class ResidentChainCases {

    private static final int STEPS_LEARNT = 10;

    /** Which result of {@link #trained} is the second moment of the first layer's weights. */
    static final int FIRST_MOMENTS_SQUARED = STEPS_LEARNT + 2;

    /** The four networks that are measured, made small. */
    public static List<ChainDescription> descriptions() {
        float none = Float.NEGATIVE_INFINITY;
        var adam = new ChainDescription.Optimiser(0.9, 0.999, 1e-8, 0, false);
        var layer = new ChainDescription.Layer(16, true, 0.9f, 1f, Reset.SUBTRACT, none);
        var two = new ChainDescription.Layer(2, false, 0.9f, 1f, Reset.SUBTRACT, none);
        var iaf = new ChainDescription.Layer(24, true, 1f, 1f, Reset.SUBTRACT, -1f);
        var zero = new ChainDescription.Layer(5, true, 0.8f, 0.5f, Reset.ZERO, 0f);
        return List.of(
                new ChainDescription(40, 8, 12, List.of(layer, two), false, Surrogate.DEFAULT, true, adam),
                new ChainDescription(
                        60,
                        5,
                        20,
                        List.of(iaf, iaf, zero),
                        false,
                        new Surrogate(Surrogate.Kind.ATAN, 2f),
                        false,
                        new ChainDescription.Optimiser(0.9, 0.99, 1e-6, 0.01, true)),
                new ChainDescription(
                        25,
                        7,
                        30,
                        List.of(layer, zero),
                        true,
                        new Surrogate(Surrogate.Kind.SIGMOID, 10f),
                        false,
                        new ChainDescription.Optimiser(0.8, 0.9, 1e-8, 0.001, false)));
    }

    /** All that a chain answers and learns in ten steps. */
    public static List<float[]> trained(ResidentChain chain, boolean kept) {
        ChainDescription d = chain.description();
        var random = new Random(17);
        var values = new ArrayList<ResidentChain.LayerValues>();
        for (int k = 0; k < d.layers().size(); k++) {
            var v = ResidentChain.LayerValues.zeros(
                    d.inputsOf(k), d.layers().get(k).outputs());
            fill(v.weight(), random, (float) (2 / Math.sqrt(d.inputsOf(k))), 0.1f);
            if (d.layers().get(k).bias()) {
                fill(v.bias(), random, 0.1f, 0f);
            }
            values.add(v);
        }
        chain.start(values, 0);
        int clipSize = d.inputSize() / d.batch();
        float[] clips = new float[clipSize * 3 * d.batch()];
        fill(clips, random, 1f, 0.2f);
        if (kept) {
            chain.keep(3 * d.batch(), clips);
        }
        var results = new ArrayList<float[]>();
        float[] gradient = new float[d.batch() * d.outputs()];
        for (int step = 0; step < STEPS_LEARNT; step++) {
            float[] counts = kept ? chain.forward(chosen(d, random)) : chain.forward(drawn(d, random, clips));
            results.add(counts.clone());
            for (int i = 0; i < gradient.length; i++) {
                gradient[i] = (counts[i] - 3) * 0.01f + (random.nextFloat() - 0.5f) * 0.02f;
            }
            chain.learn(gradient, 0.01 / (1 + step));
        }
        chain.read(values);
        values.forEach(v -> results.addAll(v.arrays()));
        return results;
    }

    private static int[] chosen(ChainDescription d, Random random) {
        return random.ints(d.batch(), 0, 3 * d.batch()).toArray();
    }

    /** The clips that {@link #chosen} would have named, as a batch. */
    private static float[] drawn(ChainDescription d, Random random, float[] clips) {
        float[] batch = new float[d.inputSize()];
        DeviceTraining.gather(d.inputSteps(), d.batch(), d.inputs(), clips, chosen(d, random), batch);
        return batch;
    }

    private static void fill(float[] values, Random random, float scale, float shift) {
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian() * scale + shift;
        }
    }

    /** Where two trainings differ, or an empty string. */
    public static String difference(List<float[]> expected, List<float[]> found) {
        for (int i = 0; i < expected.size(); i++) {
            int at = Arrays.mismatch(expected.get(i), found.get(i));
            if (at >= 0) {
                return "result " + i + " at " + at + ": expected " + expected.get(i)[at] + ", found "
                        + found.get(i)[at];
            }
        }
        return expected.size() == found.size() ? "" : "expected " + expected.size() + " results, found " + found.size();
    }

    private ResidentChainCases() {}
}

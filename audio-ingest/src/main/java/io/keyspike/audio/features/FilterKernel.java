package io.keyspike.audio.features;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Runs band-pass sections over samples, in direct form II transposed and double precision, and sums the rectified
 * output. For each sample {@code x}, with {@code v = b0·x}:
 *
 * <pre>
 * y  = v + s1
 * s1 ← fma(−a1, y, s2)
 * s2 ← fma(−a2, y, −v)
 * sum ← sum + rectified(y)
 * </pre>
 *
 * Every implementation gives the same bits: channels do not touch each other, so the lane width does not show.
 */
interface FilterKernel {

    /** Magnitude below which filter state is flushed to zero. */
    double SILENCE = 1e-30;

    /**
     * Streams that {@link #runTogether} takes. Three keep 18 vectors of state and 6 of coefficients in AVX-512's 32
     * registers, and are enough to fill the pipelines; measured 35, 22 and 16 µs for a second of one stream's sound.
     */
    int TOGETHER = 3;

    /** Channels are padded to a multiple of this. */
    int channelBlock();

    /**
     * @param sections padded to whole {@link #channelBlock}s, as are the other arrays
     * @param half whether to rectify with max(y, 0) instead of |y|
     * @param s1 {@code [padded]}, updated
     * @param s2 {@code [padded]}, updated
     * @param sum {@code [padded]}, added to
     */
    void run(
            BandPassSections sections,
            boolean half,
            short[] samples,
            int from,
            int to,
            double[] s1,
            double[] s2,
            double[] sum);

    /**
     * As {@link #run} for {@link #TOGETHER} streams, each as if it were alone. One stream's recurrence leaves most of a core
     * waiting; the others fill the wait.
     *
     * <p>The samples' squares are added to each state's {@code energy}.
     *
     * @param states {@link FilterbankState}s; not copied, since copying a reference costs a garbage-collector write barrier
     * @param samples of each stream
     * @param from of each stream, its first sample
     * @param count samples of every stream
     * @param scratch {@code [TOGETHER][count or more]}
     */
    default void runTogether(
            BandPassSections sections,
            boolean half,
            FeatureState[] states,
            short[][] samples,
            int[] from,
            int count,
            double[][] scratch) {
        for (int k = 0; k < TOGETHER; k++) {
            var s = (FilterbankState) states[k];
            run(sections, half, samples[k], from[k], from[k] + count, s.s1, s.s2, s.sum);
            s.energy += energy(samples[k], from[k], from[k] + count);
        }
    }

    /**
     * Finishes a bin: {@code sum ← sum / divisor}, or the square root of that, and filter state below {@link #SILENCE}
     * becomes 0.
     */
    default void finishBin(FilterbankState state, double divisor, boolean squareRoot) {
        double[] sum = state.sum;
        for (int c = 0; c < sum.length; c++) {
            double value = sum[c] / divisor;
            sum[c] = squareRoot ? Math.sqrt(value) : value;
            state.s1[c] = Math.abs(state.s1[c]) < SILENCE ? 0 : state.s1[c];
            state.s2[c] = Math.abs(state.s2[c]) < SILENCE ? 0 : state.s2[c];
        }
    }

    /**
     * The values of a bin as float32; the sum is zero afterwards.
     *
     * @param sum {@code [padded]}
     * @param feature {@code [channels or more]}; where it has room for whole {@link #channelBlock}s, the rest becomes 0
     */
    default void takeBin(double[] sum, int channels, float[] feature) {
        for (int c = 0; c < channels; c++) {
            feature[c] = (float) sum[c];
        }
        Arrays.fill(sum, 0);
    }

    /**
     * {@code values ← normalised(factor·values)}, each operation rounded on its own.
     *
     * @param values {@code [channels or more]}; where it has room for whole {@link #channelBlock}s, zeros after the channels
     *     stay zero
     * @param normaliser null for none
     */
    default void shape(float[] values, int channels, float factor, @Nullable ChannelNormaliser normaliser) {
        for (int c = 0; c < channels; c++) {
            values[c] *= factor;
        }
        if (normaliser != null) {
            normaliser.apply(values, 0);
        }
    }

    /** Sum of squares; exact, so it does not depend on how the samples are split. */
    default long energy(short[] samples, int from, int to) {
        long energy = 0;
        for (int i = from; i < to; i++) {
            energy += samples[i] * samples[i];
        }
        return energy;
    }

    /**
     * The vector kernel where the JVM offers the Vector API, else the scalar one; {@code -Dkeyspike.vector=false} asks for
     * the scalar one.
     */
    static FilterKernel preferred() {
        return hasVectors() ? new VectorFilterKernel() : new ScalarFilterKernel();
    }

    /** Whether the JVM offers the Vector API, and {@code -Dkeyspike.vector=false} does not ask to do without. */
    static boolean hasVectors() {
        boolean wanted = !"false".equals(System.getProperty("keyspike.vector"));
        return wanted && ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent();
    }
}

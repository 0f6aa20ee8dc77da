package io.keyspike.trainer.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.keyspike.trainer.common.SplitMix;
import io.keyspike.trainer.config.StreamsConfig.PeakLossConfig;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PeakLossTest {
    private static final double STEP_SECONDS = 0.02;
    private static final int UNKNOWN = 2;
    private static final int SILENCE = 3;
    private static final int ANYTHING = -1;
    private static final boolean[] KEYWORD = {true, true, false, false};

    private static final int STEPS = 30;
    private static final double SCALE = 1.7;

    /** Three windows: two keywords and both others; one keyword at the very end; none at all. */
    private static final int[][] LABELS = {
        join(
                fill(4, ANYTHING),
                fill(5, UNKNOWN),
                fill(4, 0),
                fill(3, ANYTHING),
                fill(6, SILENCE),
                fill(5, 1),
                fill(3, 0)),
        join(fill(2, ANYTHING), fill(20, SILENCE), fill(2, UNKNOWN), fill(6, 1)),
        join(fill(7, ANYTHING), fill(13, UNKNOWN), fill(10, SILENCE))
    };

    private static int[] fill(int count, int label) {
        int[] labels = new int[count];
        Arrays.fill(labels, label);
        return labels;
    }

    private static int[] join(int[]... parts) {
        return Arrays.stream(parts).flatMapToInt(IntStream::of).toArray();
    }

    private static PeakLossConfig config() {
        return new PeakLossConfig(List.of(0.5, 8.0), List.of(0.2, 0.8), 0.3, 0.08, 0.25, 0.4, 0);
    }

    private static PeakLoss loss(PeakLossConfig config, double share, float... smoothing) {
        var loss = new PeakLoss(config, KEYWORD, smoothing, SCALE, STEP_SECONDS);
        loss.at(share);
        return loss;
    }

    /** Multiples of 2^-10, so that the points that differences are taken between are exact. */
    private static float[] outputs(int batch, long seed) {
        var random = new SplitMix(seed);
        float[] output = new float[STEPS * batch * KEYWORD.length];
        for (int i = 0; i < output.length; i++) {
            output[i] = (float) Math.rint(1024 * random.nextGaussian()) / 1024;
        }
        return output;
    }

    private static double total(PeakLoss loss, LossSlice slice, float[] output) {
        return loss.apply(slice, output, null, new float[output.length]).classification();
    }

    @ParameterizedTest
    @CsvSource({
        "0.0,  1,    1", // mean over the steps
        "0.29, 0.3,  0.3",
        "0.3,  1,    1", // peaks
        "0.5,  0.25, 0.25",
        "1.0,  0.1,  0.1",
        "0.1,  0.4,  1", // a keyword with a smoothing of its own
        "0.7,  0.4,  0.15"
    })
    void shouldHaveTheGradientThatDifferencesHave(double share, float smoothing, float own) {
        PeakLoss loss = loss(config(), share, smoothing, own, smoothing, smoothing);
        LossSlice slice = LossSlice.whole(STEPS, 0, LABELS.length, join(LABELS));
        float[] output = outputs(LABELS.length, 11);
        float[] gradient = new float[output.length];
        Arrays.fill(gradient, Float.NaN);
        loss.apply(slice, output, null, gradient);
        float h = 0x1p-8f;
        double largest = 0;
        for (int i = 0; i < output.length; i++) {
            float kept = output[i];
            double[] at = new double[4];
            for (int k = 0; k < 4; k++) {
                output[i] = kept + h * new float[] {-2, -1, 1, 2}[k];
                at[k] = total(loss, slice, output);
            }
            output[i] = kept;
            double expected = (at[0] - 8 * at[1] + 8 * at[2] - at[3]) / (12 * h);
            assertThat((double) gradient[i]).as("value %d", i).isCloseTo(expected, within(1e-7));
            largest = Math.max(largest, Math.abs(expected));
        }
        assertThat(largest).isGreaterThan(0.01);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.1, 0.6})
    void shouldTakeItsValueFromTheScores(double share) {
        // Two keywords with scores 1/2, 1/4 and the rest 1/8 each at step 0; even scores at step 1.
        float[] output = {(float) (Math.log(4) / SCALE), (float) (Math.log(2) / SCALE), 0, 0, 0, 0, 0, 0};
        var config = new PeakLossConfig(List.of(2.0, 2.0), List.of(0.0, 1.0), 0.5, 0.04, 0.25, 0, 0);
        PeakLoss loss = loss(config, share, 1, 1, 1, 1);
        boolean peaks = share >= 0.5;
        double keyword = peaks ? Math.log(2) : (Math.log(2) + Math.log(4)) / 2;
        assertThat(total(loss, LossSlice.whole(2, 0, 1, new int[] {0, 0}), output))
                .isCloseTo(keyword, within(1e-6));
        double mean = (Math.log(4) + Math.log(2)) / 2;
        double negative = peaks ? 2 * (Math.log(4) + 0.25 * mean) : 2 * 1.25 * mean;
        assertThat(total(loss, LossSlice.whole(2, 0, 1, new int[] {UNKNOWN, UNKNOWN}), output))
                .isCloseTo(negative, within(1e-6));
    }

    @Test
    void shouldTellSpeechFromSilenceAmongWhatIsNoKeyword() {
        // Of what is no keyword, unknown has 3/4 and silence 1/4.
        float[] output = {1, -1, (float) (Math.log(3) / SCALE), 0};
        var without = new PeakLossConfig(List.of(1.0, 1.0), List.of(0.0, 1.0), 0.5, 0.04, 0.25, 0, 0);
        var with = new PeakLossConfig(List.of(1.0, 1.0), List.of(0.0, 1.0), 0.5, 0.04, 0.25, 0.1, 0);
        for (int label : new int[] {UNKNOWN, SILENCE}) {
            LossSlice slice = LossSlice.whole(1, 0, 1, new int[] {label});
            double difference = total(loss(with, 1, 1, 1, 1, 1), slice, output)
                    - total(loss(without, 1, 1, 1, 1, 1), slice, output);
            assertThat(difference).isCloseTo(-0.1 * Math.log(label == UNKNOWN ? 0.75 : 0.25), within(1e-6));
        }
    }

    @ParameterizedTest
    @CsvSource({"0, 1", "0.2, 1", "0.5, 4", "0.8, 16", "1, 16"})
    void shouldRaiseTheWeightOfWhatIsNoKeywordGeometrically(double share, double weight) {
        LossSlice slice = LossSlice.whole(STEPS, 0, 1, fill(STEPS, UNKNOWN));
        float[] output = outputs(1, 5);
        var even = new PeakLossConfig(List.of(1.0, 1.0), List.of(0.2, 0.8), 0, 0.08, 0.25, 0, 0);
        var rising = new PeakLossConfig(List.of(1.0, 16.0), List.of(0.2, 0.8), 0, 0.08, 0.25, 0, 0);
        double one = total(loss(even, share, 1, 1, 1, 1), slice, output);
        assertThat(total(loss(rising, share, 1, 1, 1, 1), slice, output))
                .isCloseTo(weight * one, within(1e-9 * weight));
        // Keywords keep their weight.
        LossSlice keyword = LossSlice.whole(STEPS, 0, 1, fill(STEPS, 1));
        assertThat(total(loss(rising, share, 1, 1, 1, 1), keyword, output))
                .isEqualTo(total(loss(even, share, 1, 1, 1, 1), keyword, output));
    }

    @Test
    void shouldStepFromOneWeightToTheOtherWithoutARamp() {
        var config = new PeakLossConfig(List.of(1.0, 5.0), List.of(0.5, 0.5), 0, 0.08, 0, 0, 0);
        LossSlice slice = LossSlice.whole(STEPS, 0, 1, fill(STEPS, UNKNOWN));
        float[] output = outputs(1, 5);
        double before = total(loss(config, 0.49, 1, 1, 1, 1), slice, output);
        assertThat(total(loss(config, 0.5, 1, 1, 1, 1), slice, output)).isCloseTo(5 * before, within(1e-9));
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 0.25, 0.9})
    void shouldAddUpOverTheSlicesOfABatch(double share) {
        int n = KEYWORD.length;
        int batch = LABELS.length;
        int[] labels = join(LABELS);
        float[] output = outputs(batch, 23);
        float[] gradient = new float[output.length];
        PeakLoss loss = loss(config(), share, 0.3f, 0.5f, 0.3f, 0.3f);
        LossParts whole = loss.apply(LossSlice.whole(STEPS, 0, batch, labels), output, null, gradient);
        LossParts sum = LossParts.NONE;
        for (int from = 0; from < batch; from += 2) {
            int count = Math.min(2, batch - from);
            float[] part = new float[STEPS * count * n];
            for (int t = 0; t < STEPS; t++) {
                System.arraycopy(output, (t * batch + from) * n, part, t * count * n, count * n);
            }
            float[] own = new float[part.length];
            sum = sum.plus(loss.apply(new LossSlice(STEPS, 0, count, labels, from, batch), part, null, own));
            for (int t = 0; t < STEPS; t++) {
                assertThat(Arrays.copyOfRange(own, t * count * n, (t + 1) * count * n))
                        .isEqualTo(
                                Arrays.copyOfRange(gradient, (t * batch + from) * n, (t * batch + from + count) * n));
            }
        }
        assertThat(sum.classification()).isCloseTo(whole.classification(), within(1e-12));
        assertThat(sum.correct()).isEqualTo(whole.correct());
        assertThat(sum.clips()).isEqualTo(batch);
        assertThat(loss.separable()).isTrue();
        assertThat(loss.onMembranes()).isFalse();
    }

    @Test
    void shouldLearnNothingFromStepsThatDoNotCount() {
        float[] output = outputs(1, 3);
        float[] gradient = new float[output.length];
        Arrays.fill(gradient, Float.NaN);
        for (double share : new double[] {0, 1}) {
            LossParts parts = loss(config(), share, 0.2f, 0.2f, 0.2f, 0.2f)
                    .apply(LossSlice.whole(STEPS, 0, 1, fill(STEPS, ANYTHING)), output, null, gradient);
            assertThat(parts.classification()).isZero();
            assertThat(parts.correct()).isEqualTo(1);
            assertThat(gradient).containsOnly(0f);
        }
        // Without smoothing, no step teaches another.
        int[] labels = LABELS[0];
        loss(config(), 0.1, 1, 1, 1, 1).apply(LossSlice.whole(STEPS, 0, 1, labels), output, null, gradient);
        for (int t = 0; t < STEPS; t++) {
            float[] step = Arrays.copyOfRange(gradient, t * KEYWORD.length, (t + 1) * KEYWORD.length);
            assertThat(IntStream.range(0, step.length).allMatch(i -> step[i] == 0))
                    .isEqualTo(labels[t] == ANYTHING);
        }
    }

    @Test
    void shouldLearnAtTheHighestStepOfEveryKeywordAndBlockAlone() {
        // Blocks of four steps without keyword, counted across what does not count.
        var config = new PeakLossConfig(List.of(1.0, 1.0), List.of(0.0, 1.0), 0, 0.08, 0, 0, 0);
        int[] labels = join(fill(3, UNKNOWN), fill(2, ANYTHING), fill(3, SILENCE), fill(4, 0), fill(4, 1));
        int steps = labels.length;
        float[] output = new float[steps * KEYWORD.length];
        output[1 * KEYWORD.length + 1] = 1; // the peak of the first block, steps 0, 1, 2 and 5
        output[3 * KEYWORD.length] = 9; // does not count
        output[7 * KEYWORD.length] = 1; // of the second block, steps 6 and 7
        output[9 * KEYWORD.length] = 1; // of the first keyword
        output[15 * KEYWORD.length + 1] = -1;
        output[14 * KEYWORD.length + 1] = 2; // of the second
        float[] gradient = new float[output.length];
        loss(config, 1, 1, 1, 1, 1).apply(LossSlice.whole(steps, 0, 1, labels), output, null, gradient);
        int[] taught = IntStream.range(0, steps)
                .filter(t -> gradient[t * KEYWORD.length] != 0)
                .toArray();
        assertThat(taught).containsExactly(1, 7, 9, 14);
    }

    @Test
    void shouldIgnoreWhatIsLearntAlready() {
        var config = new PeakLossConfig(List.of(1.0, 1.0), List.of(0.0, 1.0), 0, 0.08, 0.2, 0, 0.05);
        float[] sure = new float[STEPS * KEYWORD.length];
        float[] unsure = new float[sure.length];
        for (int t = 0; t < STEPS; t++) {
            sure[t * KEYWORD.length] = 4;
            unsure[t * KEYWORD.length] = 2;
        }
        PeakLoss loss = loss(config, 1, 1, 1, 1, 1);
        LossSlice slice = LossSlice.whole(STEPS, 0, 1, fill(STEPS, 0));
        float[] gradient = new float[sure.length];
        assertThat(loss.apply(slice, sure, null, gradient).classification()).isZero();
        assertThat(gradient).containsOnly(0f);
        assertThat(loss.apply(slice, unsure, null, gradient).classification()).isGreaterThan(0.05);
        assertThat(gradient[0]).isNegative();
        for (int t = 0; t < STEPS; t++) {
            sure[t * KEYWORD.length] = 0;
            sure[t * KEYWORD.length + UNKNOWN] = 4;
        }
        LossSlice other = LossSlice.whole(STEPS, 0, 1, fill(STEPS, UNKNOWN));
        assertThat(loss.apply(other, sure, null, gradient).classification()).isZero();
        assertThat(gradient).containsOnly(0f);
    }

    @Test
    void shouldCountAWindowAsRightWhereEveryKeywordAndNoneElseIsHeard() {
        int[] labels = join(fill(10, UNKNOWN), fill(5, 0), fill(10, SILENCE), fill(5, 1));
        float[] right = new float[STEPS * KEYWORD.length];
        for (int t = 0; t < STEPS; t++) {
            right[t * KEYWORD.length + UNKNOWN] = 3;
        }
        right[12 * KEYWORD.length] = 9;
        right[27 * KEYWORD.length + 1] = 9;
        PeakLoss loss = loss(config(), 1, 1, 1, 1, 1);
        LossSlice slice = LossSlice.whole(STEPS, 0, 1, labels);
        float[] gradient = new float[right.length];
        assertThat(loss.apply(slice, right, null, gradient).correct()).isEqualTo(1);
        float[] missed = right.clone();
        missed[27 * KEYWORD.length + 1] = 0;
        assertThat(loss.apply(slice, missed, null, gradient).correct()).isZero();
        float[] spurious = right.clone();
        spurious[20 * KEYWORD.length + 1] = 9;
        assertThat(loss.apply(slice, spurious, null, gradient).correct()).isZero();
    }
}

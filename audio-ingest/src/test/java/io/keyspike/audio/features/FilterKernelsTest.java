package io.keyspike.audio.features;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The vector kernel against the scalar one, bit for bit. */
class FilterKernelsTest {
    private static final FilterKernel SCALAR = new ScalarFilterKernel();
    private static final FilterKernel VECTOR = new VectorFilterKernel();
    private static final int SAMPLES = 200;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void shouldFilterThreeStreamsAsEachAlone(long seed) {
        var random = new Random(seed);
        FilterbankSpec spec = FilterbankSpec.standard();
        boolean half = seed % 4 == 0;
        int padded = Math.ceilDiv(spec.width(), VECTOR.channelBlock()) * VECTOR.channelBlock();
        BandPassSections sections = BandPassSections.design(spec, padded);
        FilterbankState[] together = new FilterbankState[FilterKernel.TOGETHER];
        FilterbankState[] alone = new FilterbankState[FilterKernel.TOGETHER];
        short[][] sounds = new short[FilterKernel.TOGETHER][];
        int[] from = new int[FilterKernel.TOGETHER];
        for (int k = 0; k < FilterKernel.TOGETHER; k++) {
            together[k] = new FilterbankState(spec.width(), padded, 0, SAMPLES);
            alone[k] = new FilterbankState(spec.width(), padded, 0, SAMPLES);
            from[k] = random.nextInt(20);
            sounds[k] = noise(random, from[k] + SAMPLES);
        }
        int count = 1 + random.nextInt(SAMPLES);

        double[][] scratch = new double[FilterKernel.TOGETHER][SAMPLES];
        VECTOR.runTogether(sections, half, together, sounds, from, count, scratch);
        for (int k = 0; k < FilterKernel.TOGETHER; k++) {
            SCALAR.run(sections, half, sounds[k], from[k], from[k] + count, alone[k].s1, alone[k].s2, alone[k].sum);
        }
        for (int k = 0; k < FilterKernel.TOGETHER; k++) {
            assertSame(together[k], alone[k]);
            assertThat(together[k].energy).isEqualTo(SCALAR.energy(sounds[k], from[k], from[k] + count));
            assertThat(alone[k].sum[0]).isPositive();
        }

        VECTOR.finishBin(together[0], count, seed % 2 == 0);
        SCALAR.finishBin(alone[0], count, seed % 2 == 0);
        assertSame(together[0], alone[0]);
    }

    /** Some widths are packed into fewer vectors; none may hear another stream's samples. */
    @Test
    void shouldFilterThreeStreamsOfAnyWidthAsEachAlone() {
        var random = new Random(9);
        BandPassSections designed = BandPassSections.design(FilterbankSpec.standard(), 13);
        for (int channels = 1; channels <= 2 * VECTOR.channelBlock() + 1; channels++) {
            int padded = Math.ceilDiv(channels, VECTOR.channelBlock()) * VECTOR.channelBlock();
            var sections = new BandPassSections(channels, new double[padded], new double[padded], new double[padded]);
            for (int c = 0; c < channels; c++) {
                sections.b0()[c] = designed.b0()[c % 13];
                sections.a1()[c] = designed.a1()[c % 13];
                sections.a2()[c] = designed.a2()[c % 13];
            }
            FilterbankState[] together = new FilterbankState[FilterKernel.TOGETHER];
            FilterbankState[] alone = new FilterbankState[FilterKernel.TOGETHER];
            short[][] sounds = new short[FilterKernel.TOGETHER][];
            for (int k = 0; k < FilterKernel.TOGETHER; k++) {
                together[k] = new FilterbankState(channels, padded, 0, SAMPLES);
                alone[k] = new FilterbankState(channels, padded, 0, SAMPLES);
                sounds[k] = noise(random, SAMPLES);
            }
            double[][] scratch = new double[FilterKernel.TOGETHER][SAMPLES];
            for (int from = 0; from < SAMPLES; from += SAMPLES / 2) { // the second half from the state of the first
                int[] first = {from, from, from};
                VECTOR.runTogether(sections, false, together, sounds, first, SAMPLES / 2, scratch);
                for (int k = 0; k < FilterKernel.TOGETHER; k++) {
                    SCALAR.run(
                            sections,
                            false,
                            sounds[k],
                            from,
                            from + SAMPLES / 2,
                            alone[k].s1,
                            alone[k].s2,
                            alone[k].sum);
                }
            }
            for (int k = 0; k < FilterKernel.TOGETHER; k++) {
                assertSame(together[k], alone[k], channels);
            }
        }
    }

    /** With room for whole vectors and without; what is after the channels is 0. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void shouldShapeABinAsTheScalarKernelDoes(long seed) {
        var random = new Random(seed);
        int channels = 13;
        var mean = new ArrayList<Float>();
        var deviation = new ArrayList<Float>();
        for (int c = 0; c < channels; c++) {
            mean.add(random.nextFloat());
            deviation.add(0.1f + random.nextFloat());
        }
        var normaliser = new ChannelNormaliser(new Normaliser(mean, deviation, 0.7f, 0.3f, seed % 2 == 0));
        int padded = Math.ceilDiv(channels, VECTOR.channelBlock()) * VECTOR.channelBlock();
        double[] sum = new double[padded];
        for (int c = 0; c < channels; c++) {
            sum[c] = random.nextDouble();
        }
        float factor = 3 * random.nextFloat();
        float[] expected = new float[channels];
        SCALAR.takeBin(sum.clone(), channels, expected);
        SCALAR.shape(expected, channels, factor, seed == 8 ? null : normaliser);

        for (int length : new int[] {channels, padded, padded + 3}) {
            double[] taken = sum.clone();
            float[] found = new float[length];
            VECTOR.takeBin(taken, channels, found);
            VECTOR.shape(found, channels, factor, seed == 8 ? null : normaliser);

            assertThat(Arrays.copyOf(found, channels)).containsExactly(expected);
            assertThat(Arrays.copyOfRange(found, channels, length)).isEqualTo(new float[length - channels]);
            assertThat(taken).containsOnly(0.0);
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 0.9e-30, -0.9e-30, 1e-30, -1.1e-30, Double.MIN_VALUE, 5})
    void shouldLetFiltersRingDownToZero(double delay) {
        FilterbankState vector = new FilterbankState(13, 16, 0, 1);
        FilterbankState scalar = new FilterbankState(13, 16, 0, 1);
        for (FilterbankState state : new FilterbankState[] {vector, scalar}) {
            Arrays.fill(state.s1, delay);
            Arrays.fill(state.s2, -delay);
        }
        VECTOR.finishBin(vector, 1, false);
        SCALAR.finishBin(scalar, 1, false);

        assertSame(vector, scalar);
        assertThat(vector.s1[0] == 0).isEqualTo(Math.abs(delay) < FilterKernel.SILENCE);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 7, 15, 16, 17, 128, 1_000, 16_384, 16_385, 40_000})
    void shouldSumSquaresExactly(int count) {
        var random = new Random(count);
        short[] loudest = new short[count + 3];
        Arrays.fill(loudest, Short.MIN_VALUE);
        short[] sound = noise(random, count + 3);

        assertThat(VECTOR.energy(loudest, 3, 3 + count)).isEqualTo((long) count << 30);
        assertThat(VECTOR.energy(sound, 3, 3 + count)).isEqualTo(SCALAR.energy(sound, 3, 3 + count));
    }

    /** In the channels that count; padded ones may differ in the sign of their zeros. */
    private static void assertSame(FilterbankState found, FilterbankState expected) {
        assertSame(found, expected, FilterbankSpec.standard().width());
    }

    private static void assertSame(FilterbankState found, FilterbankState expected, int channels) {
        assertThat(Arrays.copyOf(found.s1, channels)).containsExactly(Arrays.copyOf(expected.s1, channels));
        assertThat(Arrays.copyOf(found.s2, channels)).containsExactly(Arrays.copyOf(expected.s2, channels));
        assertThat(Arrays.copyOf(found.sum, channels)).containsExactly(Arrays.copyOf(expected.sum, channels));
    }

    private static short[] noise(Random random, int samples) {
        short[] sound = new short[samples];
        for (int i = 0; i < samples; i++) {
            sound[i] = (short) random.nextInt(Short.MIN_VALUE, Short.MAX_VALUE + 1);
        }
        return sound;
    }
}

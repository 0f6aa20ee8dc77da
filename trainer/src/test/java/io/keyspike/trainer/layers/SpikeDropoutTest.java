package io.keyspike.trainer.layers;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyspike.kernels.SequenceShape;
import io.keyspike.kernels.SpikeBits;
import io.keyspike.kernels.backends.Backends;
import io.keyspike.trainer.common.SplitMix;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SpikeDropoutTest {

    /** A stage with these spikes. */
    @SuppressWarnings("ArrayRecordComponent") // a stub, never compared
    private record Given(long @Nullable [] spikeBits) implements Stage {
        @Override
        public float[] forward(Pass pass, float[] x) {
            return x;
        }

        @Override
        public float[] backward(Pass pass, float[] dy, boolean inputNeeded) {
            return dy;
        }

        @Override
        public List<Parameter> parameters() {
            return List.of();
        }
    }

    @Test
    void shouldDropSpikesWithTheirProbabilityAndTheSameOnesForTheSameKey() {
        var dropout = new SpikeDropout(Backends.preferred(), new Given(null), 0.25f, 1, 100, 200, 1);
        float[] ones = new float[200 * 100];
        Arrays.fill(ones, 1);
        var pass = new Pass(200, 1, 0, 99);
        float[] first = dropout.forward(pass, ones).clone();
        assertThat(dropout.forward(pass, ones)).isEqualTo(first);
        assertThat(dropout.forward(new Pass(200, 1, 0, 98), ones)).isNotEqualTo(first);
        double mean = 0;
        for (float f : first) {
            assertThat(f == 0 || f == 1 / 0.75f).isTrue();
            mean += f / first.length;
        }
        assertThat(mean).isBetween(0.98, 1.02);
        dropout.forward(pass, ones);
        assertThat(dropout.backward(pass, ones.clone(), true)).isEqualTo(first);
    }

    @ParameterizedTest
    @CsvSource({"5, 2, 64", "5, 3, 7", "4, 1, 130", "3, 5, 13", "2, 3, 200"})
    void shouldDecideAboutEachSpikeByItsOwnBitsOfTheRandomNumbers(int steps, int batch, int width) {
        var dropout = new SpikeDropout(Backends.preferred(), new Given(null), 0.3f, 4, width, steps, batch);
        float[] ones = new float[steps * batch * width];
        Arrays.fill(ones, 1);
        long[] random = new long[ones.length / 4 + 1];
        new SplitMix(99, 4).ahead(0, random);
        float[] expected = new float[ones.length];
        for (int i = 0; i < expected.length; i++) {
            boolean kept = ((random[i / 4] >>> (16 * (i % 4))) & 0xFFFF) < Math.round(0.7f * (1 << 16));
            expected[i] = kept ? 1 / (1 - 0.3f) : 0;
        }
        assertThat(dropout.forward(new Pass(steps, batch, 0, 99), ones)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"5, 2, 64", "5, 3, 7", "4, 1, 130", "3, 5, 13"})
    void shouldDropTheSameSpikesOfBitsAndOfFloats(int steps, int batch, int width) {
        var shape = new SequenceShape(steps, batch, width);
        float[] spikes = new float[shape.size()];
        float[] gradient = new float[shape.size()];
        for (int i = 0; i < spikes.length; i++) {
            spikes[i] = i % 3 == 0 ? 1 : 0;
            gradient[i] = i - 20;
        }
        long[] bits = new long[SpikeBits.words(shape)];
        SpikeBits.pack(shape, spikes, bits);
        var pass = new Pass(steps, batch, 0, 99);
        var ofFloats = new SpikeDropout(Backends.preferred(), new Given(null), 0.4f, 1, width, steps, batch);
        var ofBits = new SpikeDropout(Backends.preferred(), new Given(bits), 0.4f, 1, width, steps, batch);

        float[] kept = ofFloats.forward(pass, spikes);
        ofBits.forward(pass, new float[0]);

        float[] found = new float[shape.size()];
        SpikeBits.unpack(shape, Objects.requireNonNull(ofBits.spikeBits()), found);
        for (int i = 0; i < found.length; i++) {
            found[i] *= ofBits.spikeHeight();
        }
        assertThat(found).isEqualTo(kept);
        assertThat(ofBits.backward(pass, gradient.clone(), true))
                .isEqualTo(ofFloats.backward(pass, gradient.clone(), true));
    }

    @Test
    void shouldDrawOneNumberForFourSpikes() {
        var dropout = new SpikeDropout(Backends.preferred(), new Given(null), 0.5f, 3, 6, 2, 1);
        float[] ones = new float[12];
        Arrays.fill(ones, 1);
        float[] expected = new float[12];
        var random = new SplitMix(7, 3);
        for (int i = 0; i < expected.length; i += 4) {
            long drawn = random.nextLong();
            for (int k = 0; k < 4; k++) {
                expected[i + k] = ((drawn >>> (16 * k)) & 0xFFFF) < 32_768 ? 2 : 0;
            }
        }
        assertThat(dropout.forward(new Pass(2, 1, 0, 7), ones)).isEqualTo(expected);
    }
}

package io.keyspike.trainer.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keyspike.trainer.common.SplitMix;
import java.util.Arrays;
import java.util.function.Function;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FrameEncodingTest {
    private static float[] values(int count, IntToDoubleFunction value) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) value.applyAsDouble(i);
        }
        return values;
    }

    private static void assertComesBack(float[] values) {
        for (Function<float[], byte[]> form :
                java.util.List.<Function<float[], byte[]>>of(FrameEncoding::forDisk, FrameEncoding::forMemory)) {
            byte[] bytes = form.apply(values);
            float[] back = new float[values.length + 2];
            Arrays.fill(back, 99);
            FrameEncoding.decode(bytes, 0, bytes.length, back, 1, values.length);
            assertThat(back[0]).isEqualTo(99);
            assertThat(back[back.length - 1]).isEqualTo(99);
            for (int i = 0; i < values.length; i++) {
                assertThat(Float.floatToRawIntBits(back[i + 1])).isEqualTo(Float.floatToRawIntBits(values[i]));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void shouldGiveBackEveryBit(long seed) {
        var random = new SplitMix(seed);
        int count = random.nextInt(3_000);
        double share = random.nextDouble() * random.nextDouble();
        assertComesBack(values(count, i -> random.nextDouble() < share ? 1 + random.nextInt(5) : 0));
        assertComesBack(values(count, i -> random.nextDouble() < share ? random.nextInt(1 << 25) : 0));
        assertComesBack(values(count, i -> random.nextDouble() < share ? random.nextGaussian() : 0));
        assertComesBack(values(count, i -> random.nextGaussian()));
        assertComesBack(values(count, i -> random.nextInt(256)));
        assertComesBack(values(count, i -> Math.sin(0.01 * i)));
        float[] odd = {-0f, 0f, Float.MIN_VALUE, Float.MAX_VALUE, -1f, 1f, 1 << 24, 1 << 25, 0.5f};
        assertComesBack(values(count, i -> odd[random.nextInt(odd.length)]));
    }

    @Test
    void shouldSpendABitMoreThanAByteOnAnEvent() {
        var random = new SplitMix(1);
        float[] events = values(25_000, i -> random.nextDouble() < 0.05 ? 1 : 0);
        int set = 0;
        for (float e : events) {
            set += e == 1 ? 1 : 0;
        }
        assertThat(FrameEncoding.forMemory(events).length).isLessThan((int) (1.3 * set));
    }

    @Test
    void shouldRefuseBytesThatAreNoEncoding() {
        float[] to = new float[4];
        byte[][] wrong = {
            {},
            {7},
            {0, 1, 2},
            {1, 10},
            {1, (byte) 0x80},
            {1, (byte) 0x81, -1, -1, -1, -1, -1},
            {2, 0, 1, 2},
            {2, 9, 0, 0, 0, 0},
            {3, 5, 5, 5},
            {4, 1, 2, 3}
        };
        for (byte[] bytes : wrong) {
            assertThatThrownBy(() -> FrameEncoding.decode(bytes, 0, bytes.length, to, 0, 4))
                    .as(Arrays.toString(bytes))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("expected ");
        }
    }
}

package io.keyspike.audio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PcmStreamSourceTest {

    /** Gives at most {@code most} bytes at a time, as a pipe may. */
    private static PcmStreamSource source(byte[] bytes, int most) {
        var in = new ByteArrayInputStream(bytes) {
            @Override
            public synchronized int read(byte[] to, int offset, int length) {
                return super.read(to, offset, Math.min(most, length));
            }
        };
        return new PcmStreamSource(in, 16_000, "stdin");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7, 4_095, 1_000_000})
    void shouldReadSamplesHoweverTheyArrive(int most) throws IOException {
        byte[] bytes = new byte[20_000];
        new Random(1).nextBytes(bytes);
        short[] expected = new short[10_000];
        for (int i = 0; i < expected.length; i++) {
            expected[i] = (short) ((bytes[2 * i] & 0xff) | (bytes[2 * i + 1] << 8));
        }
        assertThat(AudioFiles.readAll(source(bytes, most))).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 5, 1_000})
    void shouldReportAnOddByteAtTheEnd(int most) throws IOException {
        PcmStreamSource source = source(Arrays.copyOf(new byte[0], 11), most);
        short[] buffer = new short[100];
        int count = 0;
        while (count < 5) {
            count += source.read(buffer, count, 100 - count);
        }
        assertThatThrownBy(() -> source.read(buffer, 0, 100))
                .isInstanceOf(IOException.class)
                .hasMessage("stdin: expected whole 16-bit samples, found an odd byte at the end");
    }

    @Test
    void shouldRefuseARateThatCannotBe() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new PcmStreamSource(new ByteArrayInputStream(new byte[0]), 0, "x"))
                .withMessage("PCM stream: expected a rate above 0 Hz, found 0");
    }
}

package io.keyspike.audio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.keyspike.audio.FrameFormatException.Reason;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FrameCodecTest {

    /** One frame of every released version of the format, byte by byte. */
    private static final String VERSION_1 = "4b535046" + "01" + "01" + "0000" // magic, version, channels, reserved
            + "803e0000" + "03000000" // 16000 Hz, 3 samples
            + "efcdab8967452301" // session 0x0123456789abcdef
            + "2a00000000000000" // sequence 42
            + "00c09ee5d0010600" // capture time
            + "0100" + "ffff" + "0080"; // 1, -1, -32768

    private static AudioFrame random(Random random) {
        short[] samples = new short[1 + random.nextInt(2_000)];
        for (int i = 0; i < samples.length; i++) {
            samples[i] = (short) random.nextInt();
        }
        return new AudioFrame(
                8_000 + random.nextInt(184_001),
                random.nextLong(),
                random.nextLong() & Long.MAX_VALUE,
                random.nextLong(),
                samples);
    }

    private static void assertSame(AudioFrame found, AudioFrame expected) {
        assertThat(found).usingRecursiveComparison().isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void shouldReadWhatItWrote(long seed) throws FrameFormatException {
        var random = new Random(seed);
        for (int i = 0; i < 100; i++) {
            AudioFrame frame = random(random);
            byte[] bytes = FrameCodec.encode(frame);
            assertThat(bytes).hasSize(40 + 2 * frame.samples().length);
            assertSame(FrameCodec.decode(bytes), frame);
        }
    }

    @Test
    void shouldWriteTheDocumentedBytes() throws FrameFormatException {
        var frame = new AudioFrame(16_000, 0x0123456789abcdefL, 42, 0x000601d0e59ec000L, new short[] {1, -1, -32_768});
        assertThat(HexFormat.of().formatHex(FrameCodec.encode(frame))).isEqualTo(VERSION_1);
        assertSame(FrameCodec.decode(HexFormat.of().parseHex(VERSION_1)), frame);
    }

    @Test
    void shouldRefuseEveryTruncationAndEveryAddition() {
        byte[] bytes = FrameCodec.encode(random(new Random(7)));
        for (int length = 0; length <= bytes.length + 50; length++) {
            if (length != bytes.length) {
                Reason expected = length < 40 ? Reason.TOO_SHORT : Reason.LENGTH_MISMATCH;
                byte[] cut = Arrays.copyOf(bytes, length);
                assertThatExceptionOfType(FrameFormatException.class)
                        .isThrownBy(() -> FrameCodec.decode(cut))
                        .satisfies(e -> assertThat(e.reason()).isEqualTo(expected))
                        .withMessageContaining(", found " + length);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void shouldThrowNothingElseForDamagedBytes(long seed) {
        var random = new Random(seed);
        int refused = 0;
        for (int i = 0; i < 20_000; i++) {
            byte[] bytes = FrameCodec.encode(new AudioFrame(16_000, 1, 1, 1, new short[1 + random.nextInt(50)]));
            for (int m = random.nextInt(4); m >= 0; m--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            if (random.nextInt(4) == 0) {
                bytes = Arrays.copyOf(bytes, random.nextInt(2 * bytes.length));
            }
            try {
                AudioFrame frame = FrameCodec.decode(bytes);
                assertThat(frame.samples()).isNotEmpty();
                assertThat(frame.sequence()).isNotNegative();
                assertThat(frame.sampleRateHz()).isBetween(8_000, 192_000);
            } catch (FrameFormatException e) {
                refused++;
                assertThat(e).hasMessageMatching("audio frame: expected .+, found .+");
            }
        }
        assertThat(refused).isGreaterThan(5_000);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0  | 58 | BAD_MAGIC           | magic 0x4650534b, found 0x46505358",
                "4  | 02 | UNSUPPORTED_VERSION | version 1, found 2",
                "5  | 00 | BAD_CHANNELS        | 1 to 8 channels, found 0",
                "5  | 09 | BAD_CHANNELS        | 1 to 8 channels, found 9",
                "7  | 80 | BAD_RESERVED        | 0 in the reserved bytes, found 32768",
                "8  | 3f1f0000 | BAD_SAMPLE_RATE  | a sample rate from 8000 to 192000 Hz, found 7999",
                "8  | 01ee0200 | BAD_SAMPLE_RATE  | a sample rate from 8000 to 192000 Hz, found 192001",
                "8  | ffffffff | BAD_SAMPLE_RATE  | a sample rate from 8000 to 192000 Hz, found 4294967295",
                "12 | 00000000 | BAD_SAMPLE_COUNT | 1 to 65536 samples, found 0",
                "12 | 01000100 | BAD_SAMPLE_COUNT | 1 to 65536 samples, found 65537",
                "12 | 04000000 | LENGTH_MISMATCH  | 48 bytes, found 46",
                "31 | ff | NEGATIVE_SEQUENCE   | a sequence number of at least 0, found -72057594037927894",
            })
    void shouldSayWhatIsWrong(int at, String hex, Reason reason, String message) {
        byte[] bytes = HexFormat.of().parseHex(VERSION_1);
        byte[] wrong = HexFormat.of().parseHex(hex);
        System.arraycopy(wrong, 0, bytes, at, wrong.length);
        assertThatExceptionOfType(FrameFormatException.class)
                .isThrownBy(() -> FrameCodec.decode(bytes))
                .withMessage("audio frame: expected " + message)
                .satisfies(e -> assertThat(e.reason()).isEqualTo(reason));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 8})
    void shouldMixChannelsDownToTheirMean(int channels) throws FrameFormatException {
        var random = new Random(channels);
        int samples = 500;
        ByteBuffer bytes = ByteBuffer.allocate(40 + 2 * channels * samples).order(ByteOrder.LITTLE_ENDIAN);
        bytes.put(HexFormat.of().parseHex(VERSION_1), 0, 40);
        bytes.put(5, (byte) channels).putInt(12, samples);
        short[] expected = new short[samples];
        for (int i = 0; i < samples; i++) {
            double sum = 0;
            for (int c = 0; c < channels; c++) {
                short sample = (short) (i < 10 ? Short.MIN_VALUE : i < 20 ? Short.MAX_VALUE : random.nextInt());
                bytes.putShort(sample);
                sum += sample;
            }
            expected[i] = (short) Math.floor(sum / channels + 0.5);
        }
        assertThat(FrameCodec.decode(bytes.array()).samples()).isEqualTo(expected);
    }

    @Test
    void shouldRefuseToWriteWhatItCouldNotRead() {
        short[] one = new short[1];
        assertThatIllegalArgumentException()
                .isThrownBy(() -> FrameCodec.encode(new AudioFrame(7_999, 0, 0, 0, one)))
                .withMessage("audio frame: expected sample rate in Hz from 8000 to 192000, found 7999");
        assertThatIllegalArgumentException().isThrownBy(() -> FrameCodec.encode(new AudioFrame(16_000, 0, -1, 0, one)));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> FrameCodec.encode(new AudioFrame(16_000, 0, 0, 0, new short[0])));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> FrameCodec.encode(new AudioFrame(16_000, 0, 0, 0, new short[65_537])));
    }
}

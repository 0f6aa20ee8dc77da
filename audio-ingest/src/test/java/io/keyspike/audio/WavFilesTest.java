package io.keyspike.audio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WavFilesTest {
    private static final double[] LEVELS = {0, 0.25, -0.25, 0.5, -0.5, 0.75, -1, 0.9921875};

    /** Writes WAV files of any kind, well-formed unless told otherwise. */
    private static final class Wav {
        int tag = 1;
        int channels = 1;
        long rate = 16_000;
        int bits = 16;
        int blockBytes = -1;
        boolean extensible;
        String guidTail = "000000001000800000aa00389b71";
        byte[] data = {};
        long dataSize = -1;
        long riffSize = -1;
        boolean list;
        boolean format = true;

        byte[] bytes() {
            ByteBuffer out = ByteBuffer.allocate(data.length + 500).order(ByteOrder.LITTLE_ENDIAN);
            out.put(ascii("RIFF")).putInt(0).put(ascii("WAVE"));
            if (list) {
                out.put(ascii("LIST")).putInt(5).put(new byte[6]); // odd size, padded
            }
            if (format) {
                int block = blockBytes >= 0 ? blockBytes : channels * bits / 8;
                out.put(ascii("fmt ")).putInt(extensible ? 40 : 16);
                out.putShort((short) (extensible ? 0xfffe : tag)).putShort((short) channels);
                out.putInt((int) rate).putInt((int) rate * block);
                out.putShort((short) block).putShort((short) bits);
                if (extensible) {
                    out.putShort((short) 22).putShort((short) bits).putInt(0).putShort((short) tag);
                    out.put(HexFormat.of().parseHex(guidTail));
                }
            }
            out.put(ascii("data")).putInt((int) (dataSize >= 0 ? dataSize : data.length));
            out.put(data);
            int length = out.position();
            out.putInt(4, (int) (riffSize >= 0 ? riffSize : length - 8));
            return Arrays.copyOf(out.array(), length);
        }

        private static byte[] ascii(String text) {
            return text.getBytes(StandardCharsets.US_ASCII);
        }
    }

    private static short[] read(byte[] bytes) throws IOException {
        try (var source = AudioFiles.open(new ByteArrayInputStream(bytes), "x.wav")) {
            return AudioFiles.readAll(source);
        }
    }

    /** {@link #LEVELS}, interleaved over the channels: channel c is scaled by 1 − c/4. */
    private static byte[] encoded(int tag, int bits, int channels) {
        ByteBuffer out =
                ByteBuffer.allocate(LEVELS.length * channels * bits / 8).order(ByteOrder.LITTLE_ENDIAN);
        for (double level : LEVELS) {
            for (int c = 0; c < channels; c++) {
                double value = level * (1 - 0.25 * c);
                if (tag == 3 && bits == 32) {
                    out.putFloat((float) value);
                } else if (tag == 3) {
                    out.putDouble(value);
                } else if (bits == 8) {
                    out.put((byte) (128 + Math.round(value * 128)));
                } else {
                    long integer = Math.round(value * (1L << (bits - 1)));
                    for (int b = 0; b < bits; b += 8) {
                        out.put((byte) (integer >> b));
                    }
                }
            }
        }
        return out.array();
    }

    @ParameterizedTest
    @CsvSource({
        "1, 8, 1",
        "1, 8, 2",
        "1, 16, 1",
        "1, 16, 2",
        "1, 16, 5",
        "1, 24, 1",
        "1, 24, 2",
        "1, 32, 1",
        "1, 32, 2",
        "3, 32, 1",
        "3, 32, 2",
        "3, 64, 1",
        "3, 64, 3"
    })
    void shouldReadEveryEncoding(int tag, int bits, int channels) throws IOException {
        for (boolean extensible : new boolean[] {false, true}) {
            var wav = new Wav();
            wav.tag = tag;
            wav.bits = bits;
            wav.channels = channels;
            wav.extensible = extensible;
            wav.list = true;
            wav.data = encoded(tag, bits, channels);
            short[] samples = read(wav.bytes());
            assertThat(samples).hasSize(LEVELS.length);
            for (int i = 0; i < LEVELS.length; i++) {
                double mean = 0;
                for (int c = 0; c < channels; c++) {
                    mean += LEVELS[i] * (1 - 0.25 * c) / channels;
                }
                assertThat((double) samples[i])
                        .as("sample %d", i)
                        .isCloseTo(mean * 32_768, within(bits == 8 ? 128.0 : 0.5));
            }
        }
    }

    @Test
    void shouldPassSixteenBitSamplesUnchanged(@TempDir Path folder) throws IOException {
        var random = new Random(1);
        short[] samples = new short[100_000];
        for (int i = 0; i < samples.length; i++) {
            samples[i] = (short) random.nextInt();
        }
        Path file = folder.resolve("a.wav");
        WavWriter.write(file, 16_000, samples);
        assertThat(Files.size(file)).isEqualTo(44 + 200_000);
        assertThat(AudioFiles.readAll(file, 16_000)).isEqualTo(samples);
        try (var source = AudioFiles.open(file)) {
            assertThat(source.sampleRateHz()).isEqualTo(16_000);
            assertThat(source.format().channels()).isEqualTo(1);
            assertThat(source.description()).isEqualTo(file.toString());
        }
    }

    @Test
    void shouldClipFloatsThatAreTooLoud() throws IOException {
        var wav = new Wav();
        wav.tag = 3;
        wav.bits = 32;
        wav.data = ByteBuffer.allocate(8)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putFloat(1.5f)
                .putFloat(-7e30f)
                .array();
        assertThat(read(wav.bytes())).containsExactly(32_767, -32_768);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 0x7ffff000L, 0x7fffffffL, 0xffffffffL})
    void shouldReadAStreamOfUnknownLengthToItsEnd(long size) throws IOException {
        var wav = new Wav();
        wav.data = encoded(1, 16, 1);
        wav.dataSize = size;
        wav.riffSize = size == 0 ? 36 : size;
        assertThat(read(wav.bytes())).hasSize(LEVELS.length);
    }

    @Test
    void shouldNotTakeAChunkAfterAnEmptyOneForSamples() throws IOException {
        var wav = new Wav();
        wav.dataSize = 0;
        wav.data = new byte[20];
        System.arraycopy(Wav.ascii("LIST"), 0, wav.data, 0, 4);
        wav.data[4] = 12;
        assertThat(read(wav.bytes())).isEmpty();
    }

    @Test
    void shouldStopBeforeChunksThatFollowTheSamples() throws IOException {
        var wav = new Wav();
        wav.data = Arrays.copyOf(encoded(1, 16, 1), 100);
        wav.dataSize = 16;
        assertThat(read(wav.bytes())).hasSize(8);
    }

    @Test
    void shouldReadFromAStreamThatGivesSingleBytes() throws IOException {
        var wav = new Wav();
        wav.bits = 24;
        wav.channels = 2;
        wav.data = encoded(1, 24, 2);
        InputStream drops = new ByteArrayInputStream(wav.bytes()) {
            @Override
            public synchronized int read(byte[] bytes, int offset, int length) {
                return super.read(bytes, offset, Math.min(1, length));
            }
        };
        short[] one = new short[1];
        int count = 0;
        try (var source = AudioFiles.open(drops, "x.wav")) {
            while (source.read(one, 0, 1) == 1) {
                count++;
            }
        }
        assertThat(count).isEqualTo(LEVELS.length);
    }

    private static void assertRefused(Wav wav, String message) {
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> read(wav.bytes()))
                .withMessage("x.wav: expected " + message);
    }

    @Test
    void shouldSayWhatIsWrongWithAFile() {
        var zeroChannels = new Wav();
        zeroChannels.channels = 0;
        assertRefused(zeroChannels, "1 to 256 channels, found 0");
        String convert = "; convert it with: ffmpeg -i x.wav -ar 16000 out.wav";
        var fortyBits = new Wav();
        fortyBits.bits = 40;
        assertRefused(
                fortyBits,
                "PCM of up to 32 bits, float of 32 or 64 bits, mu-law or A-law, found format 1 with 40 bits" + convert);
        var adpcm = new Wav();
        adpcm.tag = 2;
        adpcm.bits = 4;
        assertRefused(adpcm, "PCM, float, mu-law, A-law or FLAC, found Microsoft ADPCM in a WAV file" + convert);
        var noRate = new Wav();
        noRate.rate = 0;
        assertRefused(noRate, "a sample rate from 1000 to 768000 Hz, found 0");
        var fast = new Wav();
        fast.rate = 0xffff_ffffL;
        assertRefused(fast, "a sample rate from 1000 to 768000 Hz, found 4294967295");
        var block = new Wav();
        block.blockBytes = 7;
        assertRefused(block, "2 bytes per sample of 1 channels of 16 bits, found 7");
        var odd = new Wav();
        odd.data = new byte[3];
        assertRefused(odd, "whole samples of 2 bytes, found 1 bytes at the end");
        var cut = new Wav();
        cut.data = new byte[10];
        cut.dataSize = 1_000;
        assertRefused(cut, "1000 bytes of samples, found 10");
        var halfSample = new Wav();
        halfSample.data = new byte[11];
        halfSample.dataSize = 1_000;
        assertRefused(halfSample, "1000 bytes of samples, found 11");
        var noFormat = new Wav();
        noFormat.format = false;
        assertRefused(noFormat, "a format chunk before the samples, found none");
        var foreign = new Wav();
        foreign.extensible = true;
        foreign.guidTail = "ff0000001000800000aa00389b71";
        assertRefused(
                foreign, "a sub-format that ends in 000000001000800000aa00389b71, found ff0000001000800000aa00389b71");
        var notANumber = new Wav();
        notANumber.tag = 3;
        notANumber.bits = 32;
        notANumber.data = ByteBuffer.allocate(4)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putFloat(Float.NaN)
                .array();
        assertRefused(notANumber, "finite samples, found NaN");
    }

    @Test
    void shouldRefuseEveryTruncation() {
        var wav = new Wav();
        wav.list = true;
        wav.extensible = true;
        wav.data = encoded(1, 16, 1);
        byte[] whole = wav.bytes();
        for (int length = 0; length < whole.length; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            assertThatThrownBy(() -> read(cut))
                    .isInstanceOf(IOException.class)
                    .hasMessageMatching("(?s)x\\.wav: expected .+, found .+");
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void shouldThrowNothingButIoExceptionsForDamagedFiles(long seed) {
        var random = new Random(seed);
        var wav = new Wav();
        wav.list = true;
        wav.extensible = true;
        wav.data = encoded(1, 16, 1);
        for (int i = 0; i < 5_000; i++) {
            byte[] bytes = wav.bytes();
            for (int m = random.nextInt(3); m >= 0; m--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            try {
                assertThat(read(bytes)).hasSizeLessThanOrEqualTo(bytes.length);
            } catch (IOException e) {
                assertThat(e).hasMessageStartingWith("x.wav: expected ");
            }
        }
    }

    @Test
    void shouldRefuseOtherForms() {
        byte[] video = new Wav().bytes();
        System.arraycopy(Wav.ascii("AVI "), 0, video, 8, 4);
        assertThatThrownBy(() -> read(video))
                .isInstanceOf(IOException.class)
                .hasMessage("x.wav: expected a WAV, AIFF, AU or FLAC file, found an AVI video; convert it with:"
                        + " ffmpeg -i x.wav -ar 16000 out.wav");
    }
}

package io.keyspike.audio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import javax.sound.sampled.AudioFileFormat;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.AudioInputStream;
import javax.sound.sampled.AudioSystem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Kinds of recordings that Java Sound or hand-made headers provide, and kinds that are refused by name. */
class SoundKindsTest {
    private static final int RATE = 22_050;

    private static short[] noise(int samples) {
        var random = new Random(5);
        short[] noise = new short[samples];
        for (int i = 0; i < samples; i++) {
            noise[i] = (short) random.nextInt();
        }
        return noise;
    }

    private static byte[] bytes(short[] samples, ByteOrder order) {
        ByteBuffer bytes = ByteBuffer.allocate(2 * samples.length).order(order);
        bytes.asShortBuffer().put(samples);
        return bytes.array();
    }

    private static byte[] written(AudioFileFormat.Type type, AudioFormat.Encoding encoding, short[] samples) {
        var pcm = new AudioFormat(RATE, 16, 1, true, true);
        var in = new AudioInputStream(
                new ByteArrayInputStream(bytes(samples, ByteOrder.BIG_ENDIAN)), pcm, samples.length);
        var out = new ByteArrayOutputStream();
        try {
            AudioSystem.write(AudioSystem.getAudioInputStream(encoding, in), type, out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    private static short[] read(byte[] file) throws IOException {
        try (Recording recording = AudioFiles.open(new ByteArrayInputStream(file), "x")) {
            assertThat(recording.sampleRateHz()).isEqualTo(RATE);
            return AudioFiles.readAll(recording);
        }
    }

    @Test
    void shouldReadWhatJavaSoundWrites() throws IOException {
        short[] samples = noise(1_000);
        AudioFormat.Encoding signed = AudioFormat.Encoding.PCM_SIGNED;
        assertThat(read(written(AudioFileFormat.Type.AIFF, signed, samples))).isEqualTo(samples);
        assertThat(read(written(AudioFileFormat.Type.AU, signed, samples))).isEqualTo(samples);
        assertThat(read(written(AudioFileFormat.Type.WAVE, signed, samples))).isEqualTo(samples);
    }

    @ParameterizedTest
    @CsvSource({"ULAW, AU", "ALAW, AU", "ULAW, WAVE", "ALAW, WAVE"})
    void shouldExpandCompandedSamplesAsJavaSoundDoes(String law, String container) throws Exception {
        AudioFileFormat.Type type = container.equals("AU") ? AudioFileFormat.Type.AU : AudioFileFormat.Type.WAVE;
        byte[] file = written(type, new AudioFormat.Encoding(law), noise(2_000));
        AudioInputStream coded = AudioSystem.getAudioInputStream(new ByteArrayInputStream(file));
        byte[] expanded = AudioSystem.getAudioInputStream(new AudioFormat(RATE, 16, 1, true, true), coded)
                .readAllBytes();
        short[] expected = new short[expanded.length / 2];
        ByteBuffer.wrap(expanded).asShortBuffer().get(expected);
        assertThat(read(file)).isEqualTo(expected);
    }

    private static byte[] aiff(String form, String compression, int bits, byte[] data) {
        int bytes = data.length / Math.ceilDiv(bits, 8);
        ByteBuffer file = ByteBuffer.allocate(200 + data.length);
        boolean compressed = form.equals("AIFC");
        file.put(ascii("FORM")).putInt(0).put(ascii(form));
        file.put(ascii("NAME")).putInt(3).put(ascii("abc")); // no padding
        file.put(ascii("COMM"))
                .putInt(compressed ? 24 : 18)
                .putShort((short) 1)
                .putInt(bytes)
                .putShort((short) bits);
        file.putShort((short) (16_383 + 14)).putLong((long) RATE << (63 - 14));
        if (compressed) {
            file.put(ascii(compression)).putShort((short) 0);
        }
        file.put(ascii("SSND")).putInt(8 + data.length).putInt(0).putInt(0).put(data);
        return Arrays.copyOf(file.array(), file.position());
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    @Test
    void shouldReadAiffOfEitherByteOrder() throws IOException {
        short[] samples = noise(300);
        assertThat(read(aiff("AIFF", "", 16, bytes(samples, ByteOrder.BIG_ENDIAN))))
                .isEqualTo(samples);
        assertThat(read(aiff("AIFC", "NONE", 16, bytes(samples, ByteOrder.BIG_ENDIAN))))
                .isEqualTo(samples);
        assertThat(read(aiff("AIFC", "twos", 16, bytes(samples, ByteOrder.BIG_ENDIAN))))
                .isEqualTo(samples);
        assertThat(read(aiff("AIFC", "sowt", 16, bytes(samples, ByteOrder.LITTLE_ENDIAN))))
                .isEqualTo(samples);
        assertThat(read(aiff("AIFF", "", 8, new byte[] {1, -1, 127, -128})))
                .containsExactly(256, -256, 127 * 256, -32_768);
        assertRefused(
                aiff("AIFC", "ima4", 16, new byte[34]), "found IMA ADPCM in an AIFF-C file; convert it with: ffmpeg");
    }

    @Test
    void shouldHearACutOffAiffToItsEnd() throws IOException {
        byte[] whole = aiff("AIFF", "", 16, bytes(noise(300), ByteOrder.BIG_ENDIAN));
        Heard heard = Heard.of(Arrays.copyOf(whole, whole.length - 101), "x");
        assertThat(heard.samples()).isEqualTo(249);
        assertThat(heard.cutOff()).isTrue();
    }

    private static void assertRefused(byte[] file, String message) {
        assertThatThrownBy(() -> read(file)).isInstanceOf(IOException.class).hasMessageContaining(message);
    }

    @Test
    void shouldNameOtherKindsAndHowToConvertThem() {
        Map.of(
                        "caff\0\1\0\0", "a CAF file",
                        "riff.\u0091\u00cf\u0011", "a Wave64 file",
                        "wvpk", "a WavPack file",
                        "NIST_1A", "a NIST SPHERE file",
                        "#!AMR", "an AMR file",
                        "\u001aE\u00df\u00a3", "a Matroska",
                        "0&\u00b2u\u008ef\u00cf\u0011", "a Windows Media file")
                .forEach((begin, kind) -> {
                    byte[] file = Arrays.copyOf(ascii(begin), 200);
                    assertRefused(file, "x: expected a WAV, AIFF, AU or FLAC file, found " + kind);
                    assertRefused(file, "; convert it with: ffmpeg -i x -ar 16000 out.wav");
                    assertPipeRefused(file, kind);
                });
    }

    private static void assertPipeRefused(byte[] file, String kind) {
        assertThatThrownBy(() -> AudioFiles.openPipe(new ByteArrayInputStream(file), "x", 16_000, 16_000))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("found " + kind);
    }

    @Test
    void shouldNameMpegAudioWithAndWithoutATag() {
        byte[] mp3 = new byte[3 * 417];
        for (int frame = 0; frame < 3; frame++) { // 128 kbit/s at 44.1 kHz
            mp3[417 * frame] = (byte) 0xff;
            mp3[417 * frame + 1] = (byte) 0xfb;
            mp3[417 * frame + 2] = (byte) 0x90;
        }
        assertRefused(mp3, "found an MP3 file; convert");
        assertPipeRefused(mp3, "an MP3 file");
        byte[] tagged = new byte[20 + mp3.length];
        System.arraycopy(ascii("ID3\4\0\0\0\0\0\12"), 0, tagged, 0, 10);
        System.arraycopy(mp3, 0, tagged, 20, mp3.length);
        assertRefused(tagged, "found an MP3 file; convert");
        assertPipeRefused(tagged, "an MP3 file");
        byte[] m4a = Arrays.copyOf(ascii("\0\0\0\40ftypM4A \0\0\0\0"), 100);
        assertRefused(m4a, "found an M4A file (AAC or ALAC); convert");
    }

    /** The frame of the first example of RFC 9639, appendix D; its header begins as one of AAC may. */
    @Test
    void shouldTellFramesOfFlacWithoutAHeaderFromAac() {
        byte[] frame = HexFormat.of().parseHex("fff869180000bf0358fd03128baa9a");
        assertRefused(frame, "found frames of FLAC without the header in front of them");
        frame[6]++; // a checksum that is wrong
        assertThatThrownBy(() -> read(frame)).hasMessageNotContaining("frames of FLAC");
    }

    @Test
    void shouldNameOggByItsCodec() {
        for (String codec : new String[] {"OpusHead", "\u0001vorbis", "\u007fFLAC"}) {
            byte[] page = Arrays.copyOf(ascii("OggS\0\2" + "\0".repeat(22) + codec), 100);
            String name = codec.replaceAll("[^A-Za-z]|Head", "");
            String capital = name.substring(0, 1).toUpperCase(Locale.ROOT) + name.substring(1);
            assertRefused(page, "found an Ogg " + capital + " file; convert");
        }
    }

    @Test
    void shouldTakeWhatAPipeHoldsForWhatItIs() throws IOException {
        short[] samples = noise(1_000);
        byte[] wav = written(AudioFileFormat.Type.WAVE, AudioFormat.Encoding.PCM_SIGNED, samples);
        try (AudioSource pipe = AudioFiles.openPipe(new ByteArrayInputStream(wav), "x", 16_000, RATE)) {
            assertThat(AudioFiles.readAll(pipe)).isEqualTo(samples);
        }
        byte[] raw = bytes(samples, ByteOrder.LITTLE_ENDIAN);
        raw[0] = (byte) 0xff;
        raw[1] = (byte) 0xfb; // like the first bytes of an MP3 file, but no second frame follows
        samples[0] = (short) 0xfbff;
        try (AudioSource pipe = AudioFiles.openPipe(new ByteArrayInputStream(raw), "x", 16_000, 16_000)) {
            assertThat(AudioFiles.readAll(pipe)).isEqualTo(samples);
        }
        try (AudioSource pipe = AudioFiles.openPipe(new ByteArrayInputStream(new byte[0]), "x", 16_000, 16_000)) {
            assertThat(AudioFiles.readAll(pipe)).isEmpty();
        }
    }

    @Test
    void shouldQuoteNamesInTheAdvice() {
        assertThat(KnownFormat.advice("it's a.mp3"))
                .isEqualTo("convert it with: ffmpeg -i 'it'\\''s a.mp3' -ar 16000 out.wav");
    }
}

package io.keyspike.app.live;

import io.keyspike.audio.WavWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** A WAV file in memory, for browsers. */
final class WavBytes {

    private static final int HEADER_BYTES = 44;

    private WavBytes() {}

    static byte[] of(KeptSounds.Sound sound) {
        int bytes = Short.BYTES * sound.samples().length;
        var buffer = ByteBuffer.allocate(HEADER_BYTES + bytes).order(ByteOrder.LITTLE_ENDIAN);
        buffer.put(ascii("RIFF")).putInt(HEADER_BYTES - 8 + bytes).put(ascii("WAVE"));
        buffer.put(ascii("fmt ")).putInt(16).putShort((short) 1).putShort((short) 1);
        buffer.putInt(sound.sampleRateHz()).putInt(Short.BYTES * sound.sampleRateHz());
        buffer.putShort((short) Short.BYTES).putShort((short) Short.SIZE);
        buffer.put(ascii("data")).putInt(bytes);
        for (short sample : sound.samples()) {
            buffer.putShort(sample);
        }
        return buffer.array();
    }

    /** Writes a file, creating its folder if necessary. */
    static void write(Path file, int sampleRateHz, short[] samples) throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        if (folder != null) {
            Files.createDirectories(folder);
        }
        WavWriter.write(file, sampleRateHz, samples);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}

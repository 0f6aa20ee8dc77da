package io.keyspike.audio;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.zip.CRC32;

/**
 * What was heard of a recording, whether or not it was whole.
 *
 * @param crc32 of the samples as 16-bit little-endian numbers, in hexadecimal digits
 */
record Heard(long samples, String crc32, List<String> warnings, boolean cutOff) {

    static Heard of(byte[] bytes, String name) throws IOException {
        return of(AudioFiles.open(new ByteArrayInputStream(bytes), name));
    }

    static Heard of(Recording recording) throws IOException {
        try (recording) {
            short[] block = new short[777];
            ByteBuffer bytes = ByteBuffer.allocate(2 * block.length).order(ByteOrder.LITTLE_ENDIAN);
            var crc = new CRC32();
            long samples = 0;
            boolean cutOff = false;
            try {
                for (int read = 0; read >= 0; read = recording.read(block, 0, block.length)) {
                    samples += read;
                    bytes.clear().asShortBuffer().put(block, 0, read);
                    crc.update(bytes.array(), 0, 2 * read);
                }
            } catch (CutOffException e) {
                cutOff = true;
            }
            return new Heard(samples, "%08x".formatted(crc.getValue()), recording.warnings(), cutOff);
        }
    }
}

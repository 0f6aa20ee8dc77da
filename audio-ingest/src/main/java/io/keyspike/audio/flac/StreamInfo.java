package io.keyspike.audio.flac;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * What the STREAMINFO block says (RFC 9639, section 8.2); the sizes of blocks and frames in it are not relied upon.
 *
 * @param sampleRateHz 0 to 1,048,575
 * @param channels 1 to 8
 * @param bits of a sample, 1 to 32
 * @param totalSamples of each channel, 0 if unknown
 * @param md5 of all samples, 16 bytes, all 0 if unknown
 */
@SuppressWarnings("ArrayRecordComponent") // handed over once, by the parser
public record StreamInfo(int sampleRateHz, int channels, int bits, long totalSamples, byte[] md5) {
    static final int TYPE = 0;
    static final int BYTES = 34;
    private static final int MD5_BYTES = 16;

    static StreamInfo parse(byte[] block) {
        long packed = ByteBuffer.wrap(block).getLong(10); // rate: 20 bits, channels − 1: 3, bits − 1: 5, samples: 36
        return new StreamInfo(
                (int) (packed >>> 44),
                (int) ((packed >>> 41) & 7) + 1,
                (int) ((packed >>> 36) & 31) + 1,
                packed & 0xf_ffff_ffffL,
                Arrays.copyOfRange(block, BYTES - MD5_BYTES, BYTES));
    }

    /** {@return whether the writer knew the MD5 of the samples} */
    public boolean hasMd5() {
        return !Arrays.equals(md5, new byte[MD5_BYTES]);
    }
}

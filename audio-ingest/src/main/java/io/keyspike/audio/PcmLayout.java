package io.keyspike.audio;

import java.io.IOException;
import java.nio.ByteOrder;
import java.util.List;

/**
 * What the header of a file of uncompressed samples says.
 *
 * @param container kind of file
 * @param order of the bytes of a sample
 * @param blockBytes bytes of one sample of all channels
 * @param dataBytes bytes of samples, or {@link #TO_THE_END}
 * @param warnings what is odd about the header
 */
record PcmLayout(
        String container,
        PcmEncoding encoding,
        ByteOrder order,
        int channels,
        int sampleRateHz,
        int blockBytes,
        long dataBytes,
        List<String> warnings) {

    /** The writer did not know the length when it wrote the header, as in a pipe. */
    static final long TO_THE_END = -1;

    /** Sizes from here on are the placeholders of programs that write to a pipe (0x7ffff000, 0x7fffffff, 0xffffffff). */
    static final long PLACEHOLDER = 0x7fff_f000L;

    private static final int MAXIMUM_CHANNELS = 256;
    private static final int LOWEST_RATE_HZ = 1_000;
    private static final int HIGHEST_RATE_HZ = 768_000;

    PcmLayout {
        warnings = List.copyOf(warnings);
    }

    SoundFormat format() {
        return new SoundFormat(container, encoding.kind().codec, sampleRateHz, channels, encoding.bits());
    }

    static void check(long channels, double rate, String name) throws IOException {
        if (channels < 1 || channels > MAXIMUM_CHANNELS) {
            throw new IOException(name + ": expected 1 to " + MAXIMUM_CHANNELS + " channels, found " + channels);
        }
        if (!(rate >= LOWEST_RATE_HZ && rate <= HIGHEST_RATE_HZ)) {
            throw new IOException(name + ": expected a sample rate from " + LOWEST_RATE_HZ + " to " + HIGHEST_RATE_HZ
                    + " Hz, found " + (rate == Math.rint(rate) ? Long.toString((long) rate) : Double.toString(rate)));
        }
    }
}

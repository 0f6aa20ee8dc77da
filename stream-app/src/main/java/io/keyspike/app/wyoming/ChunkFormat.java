package io.keyspike.app.wyoming;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/**
 * Layout of a chunk's samples: little-endian, signed, channels interleaved.
 *
 * @param rateHz one of {@link #RATES_HZ}
 * @param width bytes of a sample
 * @param channels interleaved
 */
record ChunkFormat(int rateHz, int width, int channels) {

    /** Every rate that sound hardware has: a resampler is designed for each, so there must not be any number of them. */
    static final List<Integer> RATES_HZ = List.of(
            8_000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000, 64_000, 88_200, 96_000, 176_400,
            192_000);

    static final int MAXIMUM_CHANNELS = 8;
    private static final int MAXIMUM_WIDTH = 4;

    /**
     * The format of a chunk. What it does not say itself is as its stream's {@code audio-start} said.
     *
     * @throws WyomingException if neither says a part of it, or a part is not valid
     */
    static ChunkFormat of(ObjectNode chunk, ObjectNode start) throws WyomingException {
        int rate = integer(chunk, start, "rate", RATES_HZ.getFirst(), RATES_HZ.getLast());
        if (!RATES_HZ.contains(rate)) {
            throw new WyomingException("audio-chunk: expected rate among " + RATES_HZ + ", found " + rate);
        }
        return new ChunkFormat(
                rate,
                integer(chunk, start, "width", 1, MAXIMUM_WIDTH),
                integer(chunk, start, "channels", 1, MAXIMUM_CHANNELS));
    }

    /** A whole number, also one written with a fraction of 0: 16000.0. */
    private static int integer(ObjectNode chunk, ObjectNode start, String name, int least, int most)
            throws WyomingException {
        JsonNode value = chunk.hasNonNull(name) ? chunk.path(name) : start.path(name);
        double number = value.isNumber() ? value.doubleValue() : Double.NaN;
        if (!(number >= least && number <= most) || number != Math.rint(number)) {
            throw new WyomingException("audio-chunk: expected " + name + " from " + least + " to " + most + ", found "
                    + WyomingCodec.shown(value));
        }
        return (int) number;
    }

    /** Bytes of one sample of all channels. */
    int frameBytes() {
        return width * channels;
    }
}

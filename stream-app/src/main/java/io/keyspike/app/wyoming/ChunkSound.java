package io.keyspike.app.wyoming;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.keyspike.audio.PolyphaseResampler;
import org.jspecify.annotations.Nullable;

/** Converts audio chunks of any rate, width and number of channels to mono samples at the model's rate. */
final class ChunkSound {

    static final int LOWEST_RATE_HZ = 8_000;
    static final int HIGHEST_RATE_HZ = 192_000;
    static final int MAXIMUM_CHANNELS = 8;
    private static final int MAXIMUM_WIDTH = 4;

    /** Layout of a chunk's samples: little-endian, signed, channels interleaved. */
    private record Format(int rateHz, int width, int channels) {}

    private final int rateHz;
    private @Nullable Format format;
    private @Nullable PolyphaseResampler resampler;
    private short[] mono = new short[0];
    private short[] resampled = new short[0];

    /** @param rateHz output sample rate */
    ChunkSound(int rateHz) {
        this.rateHz = rateHz;
    }

    /** Output samples: the first {@code count} of {@code samples}, which is reused. */
    @SuppressWarnings("ArrayRecordComponent") // carried, never compared
    record Samples(short[] samples, int count) {}

    /** @throws WyomingException if the chunk's format is missing or invalid, or it ends within a sample */
    Samples take(WyomingEvent chunk) throws WyomingException {
        Format now = new Format(
                integer(chunk.data(), "rate", LOWEST_RATE_HZ, HIGHEST_RATE_HZ),
                integer(chunk.data(), "width", 1, MAXIMUM_WIDTH),
                integer(chunk.data(), "channels", 1, MAXIMUM_CHANNELS));
        if (!now.equals(format)) {
            format = now;
            resampler = now.rateHz() == rateHz ? null : resampler(now.rateHz());
        }
        int frame = now.width() * now.channels();
        byte[] bytes = chunk.payload();
        if (bytes.length % frame != 0) {
            throw new WyomingException(
                    "audio-chunk: expected complete samples of " + frame + " bytes, found " + bytes.length + " bytes");
        }
        int count = bytes.length / frame;
        if (mono.length < count) {
            mono = new short[count];
        }
        for (int i = 0; i < count; i++) {
            mono[i] = mixed(bytes, i * frame, now);
        }
        PolyphaseResampler change = resampler;
        if (change == null) {
            return new Samples(mono, count);
        }
        room(change.maximumOutput(count));
        return new Samples(resampled, change.process(mono, 0, count, resampled, 0));
    }

    /** The remaining output at the end of a stream; the next chunk begins a new one. */
    Samples finish() {
        PolyphaseResampler change = resampler;
        format = null;
        if (change == null) {
            return new Samples(mono, 0);
        }
        room(change.maximumOutput(0));
        return new Samples(resampled, change.finish(resampled, 0));
    }

    private PolyphaseResampler resampler(int fromHz) throws WyomingException {
        try {
            return new PolyphaseResampler(fromHz, rateHz);
        } catch (IllegalArgumentException e) {
            throw new WyomingException("audio-chunk: " + e.getMessage(), e);
        }
    }

    private void room(int samples) {
        if (resampled.length < samples) {
            resampled = new short[samples];
        }
    }

    /** Mean of the channels, using the 16 most significant bits of each. */
    private static short mixed(byte[] bytes, int at, Format format) {
        int sum = 0;
        for (int c = 0; c < format.channels(); c++) {
            int end = at + (c + 1) * format.width();
            sum += format.width() == 1 ? bytes[end - 1] << 8 : (bytes[end - 1] << 8) | (bytes[end - 2] & 0xff);
        }
        return (short) Math.floorDiv(2 * sum + format.channels(), 2 * format.channels());
    }

    static int integer(ObjectNode data, String name, int least, int most) throws WyomingException {
        JsonNode value = data.path(name);
        if (!value.isIntegralNumber()
                || !value.canConvertToInt()
                || value.intValue() < least
                || value.intValue() > most) {
            throw new WyomingException("audio-chunk: expected " + name + " from " + least + " to " + most + ", found "
                    + (value.isValueNode() ? value.asText("none") : "none"));
        }
        return value.intValue();
    }
}

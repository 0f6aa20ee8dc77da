package io.keyspike.app.wyoming;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.keyspike.audio.PolyphaseResampler;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Converts audio chunks of any rate, width and number of channels to mono samples at the model's rate. */
final class ChunkSound {

    private final int rateHz;
    private @Nullable ChunkFormat format;

    /** What {@code audio-start} said; empty if it said nothing. */
    private final ObjectNode start;

    private @Nullable PolyphaseResampler resampler;
    private byte[] partial = new byte[0];
    private short[] mono = new short[0];
    private short[] resampled = new short[0];

    /**
     * @param rateHz output sample rate
     * @param start data of the stream's {@code audio-start}: the format of chunks that do not say theirs
     */
    ChunkSound(int rateHz, ObjectNode start) {
        this.rateHz = rateHz;
        this.start = start;
    }

    /** Output samples: the first {@code count} of {@code samples}, which is reused. */
    @SuppressWarnings("ArrayRecordComponent") // carried, never compared
    record Samples(short[] samples, int count) {}

    /**
     * Converts a chunk. One that ends within a sample is continued by the next of the same format.
     *
     * @throws WyomingException if the chunk's format is missing or invalid
     */
    Samples take(WyomingEvent chunk) throws WyomingException {
        ChunkFormat now = ChunkFormat.of(chunk.data(), start);
        if (!now.equals(format)) {
            format = now;
            partial = new byte[0];
            resampler = now.rateHz() == rateHz ? null : resampler(now.rateHz());
        }
        int frame = now.frameBytes();
        byte[] bytes = whole(chunk.payload(), frame);
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

    /** The payload after what the last one left over; what this one leaves over is kept. */
    private byte[] whole(byte[] payload, int frame) {
        if (partial.length == 0 && payload.length % frame == 0) {
            return payload;
        }
        byte[] joined = Arrays.copyOf(partial, partial.length + payload.length);
        System.arraycopy(payload, 0, joined, partial.length, payload.length);
        int whole = joined.length - joined.length % frame;
        partial = Arrays.copyOfRange(joined, whole, joined.length);
        return joined;
    }

    /** The remaining output at the end of a stream; the next chunk begins a new one. */
    Samples finish() {
        PolyphaseResampler change = resampler;
        format = null;
        partial = new byte[0];
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
    private static short mixed(byte[] bytes, int at, ChunkFormat format) {
        int sum = 0;
        for (int c = 0; c < format.channels(); c++) {
            int end = at + (c + 1) * format.width();
            sum += format.width() == 1 ? bytes[end - 1] << 8 : (bytes[end - 1] << 8) | (bytes[end - 2] & 0xff);
        }
        return (short) Math.floorDiv(2 * sum + format.channels(), 2 * format.channels());
    }
}

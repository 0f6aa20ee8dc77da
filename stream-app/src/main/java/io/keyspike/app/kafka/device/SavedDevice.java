package io.keyspike.app.kafka.device;

import io.keyspike.app.kafka.device.DeviceState.Heard;
import io.keyspike.audio.AudioFrame;
import io.keyspike.audio.FrameCodec;
import io.keyspike.audio.FrameFormatException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A device's state as read from the store, before a model interprets the spotter's part: what queries and expiry need.
 * {@link DeviceStateCodec} documents the layout.
 *
 * @param heardAtMillis by the service's clock; 0 if the layout lacks it
 * @param samplePosition samples of the session so far
 * @param held frames being held, in the wire format
 * @param rates spikes per neuron and step by spiking layer; empty if the layout lacks them
 * @param recent oldest first
 * @param model version of the model that created the state
 * @param sound the spotter's own state
 */
@SuppressWarnings("ArrayRecordComponent") // carried, never compared
public record SavedDevice(
        int layout,
        long session,
        @Nullable Long previousSession,
        int restarts,
        boolean begun,
        long heardAtMillis,
        long firstCaptureMicros,
        long newestCaptureMicros,
        long next,
        long released,
        long givenUp,
        int frameSamples,
        long samplePosition,
        List<AudioFrame> held,
        float[] rates,
        List<Heard> recent,
        String model,
        byte[] sound) {

    static final int HAD_SESSION = 1;
    static final int BEGUN = 2;

    /** Offset of {@link #heardAtMillis()} in layout 2. */
    private static final int HEARD_AT = 20;

    /** When a frame of the device was last processed, without decoding the rest; 0 if the layout lacks it. */
    static long heardAtMillis(byte[] bytes) {
        return bytes.length >= HEARD_AT + Long.BYTES && bytes[0] == 2
                ? ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong(HEARD_AT)
                : 0;
    }

    /** @throws IllegalArgumentException if the bytes are not a complete state of a known layout */
    public static SavedDevice read(byte[] bytes) {
        try {
            ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
            int layout = Byte.toUnsignedInt(in.get());
            return switch (layout) {
                case 1 -> readFirst(in);
                case 2 -> readSecond(in);
                default ->
                    throw new IllegalArgumentException(
                            "device state: expected layout 1 or " + DeviceStateCodec.LAYOUT + ", found " + layout);
            };
        } catch (BufferUnderflowException | FrameFormatException e) {
            throw new IllegalArgumentException(
                    "device state: expected a complete state, found " + bytes.length
                            + " bytes that end early or hold no frame",
                    e);
        }
    }

    /** Layout 1, as written by version 0.1: no times, rates or events. */
    private static SavedDevice readFirst(ByteBuffer in) throws FrameFormatException {
        int flags = in.get();
        long session = in.getLong();
        long previous = in.getLong();
        long next = in.getLong();
        long released = in.getLong();
        long givenUp = in.getLong();
        int frameSamples = in.getInt();
        long position = in.getLong();
        List<AudioFrame> held = frames(in);
        return new SavedDevice(
                1,
                session,
                (flags & HAD_SESSION) != 0 ? Long.valueOf(previous) : null,
                0,
                (flags & BEGUN) != 0,
                0,
                Long.MIN_VALUE,
                DeviceState.UNKNOWN_CAPTURE,
                next,
                released,
                givenUp,
                frameSamples,
                position,
                held,
                new float[0],
                List.of(),
                text(in),
                take(in, in.getInt()));
    }

    private static SavedDevice readSecond(ByteBuffer in) throws FrameFormatException {
        int flags = in.get();
        long session = in.getLong();
        long previous = in.getLong();
        int restarts = Short.toUnsignedInt(in.getShort());
        long heardAt = in.getLong();
        long firstCapture = in.getLong();
        long newestCapture = in.getLong();
        long next = in.getLong();
        long released = in.getLong();
        long givenUp = in.getLong();
        int frameSamples = in.getInt();
        long position = in.getLong();
        return new SavedDevice(
                2,
                session,
                (flags & HAD_SESSION) != 0 ? Long.valueOf(previous) : null,
                restarts,
                (flags & BEGUN) != 0,
                heardAt,
                firstCapture,
                newestCapture,
                next,
                released,
                givenUp,
                frameSamples,
                position,
                frames(in),
                rates(in),
                events(in),
                text(in),
                take(in, in.getInt()));
    }

    private static List<AudioFrame> frames(ByteBuffer in) throws FrameFormatException {
        int count = Byte.toUnsignedInt(in.get());
        var frames = new ArrayList<AudioFrame>(count);
        for (int i = 0; i < count; i++) {
            frames.add(FrameCodec.decode(take(in, in.getInt())));
        }
        return frames;
    }

    private static float[] rates(ByteBuffer in) {
        float[] rates = new float[Byte.toUnsignedInt(in.get())];
        for (int layer = 0; layer < rates.length; layer++) {
            rates[layer] = in.getFloat();
        }
        return rates;
    }

    private static List<Heard> events(ByteBuffer in) {
        int count = Byte.toUnsignedInt(in.get());
        var events = new ArrayList<Heard>(count);
        for (int i = 0; i < count; i++) {
            long session = in.getLong();
            long position = in.getLong();
            long audio = in.getLong();
            long emitted = in.getLong();
            float score = in.getFloat();
            events.add(new Heard(text(in), score, session, position, audio, emitted));
        }
        return events;
    }

    private static String text(ByteBuffer in) {
        return new String(take(in, Short.toUnsignedInt(in.getShort())), StandardCharsets.UTF_8);
    }

    private static byte[] take(ByteBuffer in, int length) {
        if (length < 0 || length > in.remaining()) {
            throw new BufferUnderflowException();
        }
        byte[] bytes = new byte[length];
        in.get(bytes);
        return bytes;
    }
}

package io.keyspike.app.kafka;

import io.keyspike.audio.FrameCodec;
import io.keyspike.audio.FrameFormatException;
import io.keyspike.models.KeywordSpotter;
import io.keyspike.models.SpotterState;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * {@link DeviceState} as the state store keeps it, everything little-endian:
 *
 * <pre>
 *   0  u8   layout, {@value #LAYOUT}
 *   1  u8   bit 0: there was a session before; bit 1: this session has begun
 *   2  i64  session
 *  10  i64  session before, or 0
 *  18  i64  next sequence number
 *  26  i64  which of the 64 frames before that were released
 *  34  i64  frames given up since the last one
 *  42  i32  samples in the last frame
 *  46  i64  samples of the session so far
 *  54  u8   frames held, then for each: u32 length, the frame as {@link FrameCodec} draws it
 *   …  u16  length of the model's version, then the version in UTF-8
 *   …  u32  length of the spotter's state, then the state
 * </pre>
 */
final class DeviceStateCodec {

    static final int LAYOUT = 1;

    private static final int FIXED_BYTES = 55;
    private static final int HAD_SESSION = 1;
    private static final int BEGUN = 2;

    private DeviceStateCodec() {}

    static byte[] encode(DeviceState state) {
        FrameOrder order = state.order;
        byte[] version = state.spotter.model().version().getBytes(StandardCharsets.UTF_8);
        int soundBytes = state.sound.byteSize();
        int size = FIXED_BYTES + Short.BYTES + version.length + Integer.BYTES + soundBytes;
        for (FrameOrder.Held held : order.held) {
            size += Integer.BYTES + held.bytes().length;
        }
        byte[] bytes = new byte[size];
        ByteBuffer out = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        Long previous = state.previousSession;
        out.put((byte) LAYOUT).put((byte) ((previous != null ? HAD_SESSION : 0) | (state.begun ? BEGUN : 0)));
        out.putLong(state.session).putLong(previous != null ? previous : 0);
        out.putLong(order.next).putLong(order.released).putLong(order.givenUp);
        out.putInt(state.frameSamples).putLong(state.sound.samplePosition());
        out.put((byte) order.held.size());
        for (FrameOrder.Held held : order.held) {
            out.putInt(held.bytes().length).put(held.bytes());
        }
        out.putShort((short) version.length).put(version);
        out.putInt(soundBytes);
        state.sound.save(out);
        return bytes;
    }

    /**
     * Reads a state back. Where the model that made it cannot be had, sound begins afresh with the model in use, at the
     * same place in the session.
     *
     * @throws IllegalArgumentException if the bytes are not a whole state of this layout
     */
    static DeviceState decode(byte[] bytes, Spotters spotters) {
        try {
            return decode(ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN), spotters);
        } catch (BufferUnderflowException | FrameFormatException e) {
            throw new IllegalArgumentException(
                    "device state: expected a whole state of layout " + LAYOUT + ", found " + bytes.length
                            + " bytes that end early or hold no frame",
                    e);
        }
    }

    private static DeviceState decode(ByteBuffer in, Spotters spotters) throws FrameFormatException {
        int layout = Byte.toUnsignedInt(in.get());
        if (layout != LAYOUT) {
            throw new IllegalArgumentException("device state: expected layout " + LAYOUT + ", found " + layout);
        }
        int flags = in.get();
        long session = in.getLong();
        long previous = in.getLong();
        var order = new FrameOrder();
        order.next = in.getLong();
        order.released = in.getLong();
        order.givenUp = in.getLong();
        int frameSamples = in.getInt();
        long position = in.getLong();
        int heldFrames = Byte.toUnsignedInt(in.get());
        for (int i = 0; i < heldFrames; i++) {
            byte[] frame = take(in, in.getInt());
            order.held.add(new FrameOrder.Held(FrameCodec.decode(frame), frame));
        }
        String version = new String(take(in, Short.toUnsignedInt(in.getShort())), StandardCharsets.UTF_8);
        ByteBuffer saved = ByteBuffer.wrap(take(in, in.getInt())).order(ByteOrder.LITTLE_ENDIAN);

        KeywordSpotter maker = makerOf(version, spotters);
        KeywordSpotter spotter = maker != null ? maker : spotters.current();
        SpotterState sound = spotter.newState();
        if (maker != null) {
            sound.restore(saved);
        } else {
            sound.bridgeGap(position);
        }
        var state = new DeviceState(session, spotter, sound, order);
        state.previousSession = (flags & HAD_SESSION) != 0 ? Long.valueOf(previous) : null;
        state.begun = (flags & BEGUN) != 0;
        state.frameSamples = frameSamples;
        return state;
    }

    private static @Nullable KeywordSpotter makerOf(String version, Spotters spotters) {
        KeywordSpotter current = spotters.current();
        return current.model().version().equals(version) ? current : spotters.ofVersion(version);
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

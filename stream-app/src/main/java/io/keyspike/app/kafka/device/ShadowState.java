package io.keyspike.app.kafka.device;

import io.keyspike.models.spotter.KeywordSpotter;
import io.keyspike.models.spotter.SpotterState;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The shadow model's state of one device. Stored as follows, everything little-endian:
 *
 * <pre>
 *   0  u8   layout, {@value #LAYOUT}
 *   1  i64  session
 *   9  u16  restarts within the session
 *  11  u16  length of the model's version, then the version in UTF-8
 *   …  u32  length of the spotter's state, then the state
 * </pre>
 *
 * @param session as in the {@link DeviceState} that it belongs to
 * @param restarts as in the {@link DeviceState} that it belongs to
 * @param sound its sample position is the device's
 */
record ShadowState(long session, int restarts, KeywordSpotter spotter, SpotterState sound) {

    static final int LAYOUT = 1;

    private static final int FIXED_BYTES = 1 + Long.BYTES + 2 * Short.BYTES + Integer.BYTES;

    byte[] encode() {
        byte[] version = spotter.model().version().getBytes(StandardCharsets.UTF_8);
        int soundBytes = sound.byteSize();
        byte[] bytes = new byte[FIXED_BYTES + version.length + soundBytes];
        ByteBuffer out = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        out.put((byte) LAYOUT).putLong(session).putShort((short) restarts);
        out.putShort((short) version.length).put(version);
        out.putInt(soundBytes);
        sound.save(out);
        return bytes;
    }

    /**
     * Deserialises a state.
     *
     * @return null if another model created it
     * @throws IllegalArgumentException if the bytes are not a complete state of this layout
     */
    static @Nullable ShadowState decode(byte[] bytes, KeywordSpotter shadow) {
        try {
            ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
            int layout = in.get();
            if (layout != LAYOUT) {
                throw new IllegalArgumentException("shadow state: expected layout " + LAYOUT + ", found " + layout);
            }
            long session = in.getLong();
            int restarts = Short.toUnsignedInt(in.getShort());
            byte[] version = new byte[Short.toUnsignedInt(in.getShort())];
            in.get(version);
            if (!new String(version, StandardCharsets.UTF_8)
                    .equals(shadow.model().version())) {
                return null;
            }
            SpotterState sound = shadow.newState();
            int length = in.getInt();
            if (length != in.remaining()) {
                throw new IllegalArgumentException(
                        "shadow state: expected a spotter's state of " + length + " bytes, found " + in.remaining());
            }
            sound.restore(in);
            return new ShadowState(session, restarts, shadow, sound);
        } catch (BufferUnderflowException e) {
            throw new IllegalArgumentException(
                    "shadow state: expected a complete state, found " + bytes.length + " bytes that end early", e);
        }
    }
}

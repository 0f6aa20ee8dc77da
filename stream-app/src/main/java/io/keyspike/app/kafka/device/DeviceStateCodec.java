package io.keyspike.app.kafka.device;

import io.keyspike.app.kafka.device.DeviceState.Heard;
import io.keyspike.audio.AudioFrame;
import io.keyspike.audio.FrameCodec;
import io.keyspike.models.spotter.KeywordSpotter;
import io.keyspike.models.spotter.SpotterState;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@link DeviceState} as the state store keeps it, everything little-endian; texts are a u16 length and UTF-8:
 *
 * <pre>
 *   0  u8   layout, {@value #LAYOUT}
 *   1  u8   bit 0: there was a session before; bit 1: the numbering has begun
 *   2  i64  session
 *  10  i64  session before, or 0
 *  18  u16  sequence-number restarts in this session
 *  20  i64  when a frame was last processed, ms since the epoch by the service's clock
 *  28  i64  capture time of the first frame since the numbering began, µs since the epoch
 *  36  i64  latest capture time since then, µs since the epoch
 *  44  i64  next sequence number
 *  52  i64  which of the 64 frames before that were released
 *  60  i64  frames given up since the last one
 *  68  i32  samples in the last frame
 *  72  i64  samples of the session so far
 *  80  u8   frames held, then for each: u32 length, the frame as {@link FrameCodec} draws it, one channel
 *   …  u8   spiking layers, then for each: f32 firing rate
 *   …  u8   events remembered, then for each: i64 session, i64 sample position, i64 audio time in µs, i64 time sent in µs,
 *           f32 score, text keyword
 *   …  text version of the model
 *   …  u32  length of the spotter's state, then the state
 * </pre>
 *
 * A device that sends in order, with a short model name and four words remembered, takes some 270 bytes and the spotter's
 * state. Layout 1, of version 0.1, is still read; see {@link SavedDevice}.
 */
final class DeviceStateCodec {

    static final int LAYOUT = 2;

    private static final int FIXED_BYTES = 81;
    private static final int EVENT_BYTES = 4 * Long.BYTES + Float.BYTES + Short.BYTES;
    private static final int MOST_RESTARTS = 0xffff;

    private DeviceStateCodec() {}

    static byte[] encode(DeviceState state) {
        byte[] version = utf8(state.spotter.model().version());
        int soundBytes = state.sound.byteSize();
        List<byte[]> held = new ArrayList<>(state.order.held.size());
        int size = FIXED_BYTES
                + 1
                + Float.BYTES * state.rates.length
                + 1
                + Short.BYTES
                + version.length
                + Integer.BYTES
                + soundBytes;
        for (AudioFrame frame : state.order.held) {
            byte[] bytes = FrameCodec.encode(frame);
            held.add(bytes);
            size += Integer.BYTES + bytes.length;
        }
        for (Heard event : state.recent) {
            size += EVENT_BYTES + utf8(event.keyword()).length;
        }
        byte[] bytes = new byte[size];
        ByteBuffer out = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        putNumbers(out, state);
        out.put((byte) held.size());
        held.forEach(frame -> out.putInt(frame.length).put(frame));
        out.put((byte) state.rates.length);
        for (float rate : state.rates) {
            out.putFloat(rate);
        }
        putEvents(out, state);
        out.putShort((short) version.length).put(version);
        out.putInt(soundBytes);
        state.sound.save(out);
        return bytes;
    }

    private static void putNumbers(ByteBuffer out, DeviceState state) {
        FrameOrder order = state.order;
        Long previous = state.previousSession;
        int flags = (previous != null ? SavedDevice.HAD_SESSION : 0) | (state.begun ? SavedDevice.BEGUN : 0);
        out.put((byte) LAYOUT).put((byte) flags);
        out.putLong(state.session).putLong(previous != null ? previous : 0);
        out.putShort((short) Math.min(state.restarts, MOST_RESTARTS));
        out.putLong(state.heardAtMillis);
        out.putLong(state.firstCaptureMicros).putLong(state.newestCaptureMicros);
        out.putLong(order.next).putLong(order.released).putLong(order.givenUp);
        out.putInt(state.frameSamples).putLong(state.sound.samplePosition());
    }

    private static void putEvents(ByteBuffer out, DeviceState state) {
        out.put((byte) state.recent.size());
        for (Heard event : state.recent) {
            out.putLong(event.session()).putLong(event.samplePosition());
            out.putLong(event.audioMicros()).putLong(event.emittedMicros());
            out.putFloat(event.score());
            byte[] keyword = utf8(event.keyword());
            out.putShort((short) keyword.length).put(keyword);
        }
    }

    /**
     * Deserialises a state. If the model that created it is not available, the spotter starts with a new state of the active
     * model, at the same position in the session.
     *
     * @throws IllegalArgumentException if the bytes are not a complete state of a known layout
     */
    static DeviceState decode(byte[] bytes, SpotterProvider spotters) {
        SavedDevice saved = SavedDevice.read(bytes);
        var order = new FrameOrder();
        order.next = saved.next();
        order.released = saved.released();
        order.givenUp = saved.givenUp();
        order.held.addAll(saved.held());

        KeywordSpotter maker = makerOf(saved.model(), spotters);
        KeywordSpotter spotter = maker != null ? maker : spotters.current();
        SpotterState sound = spotter.newState();
        if (maker != null) {
            restore(sound, saved.sound());
        } else {
            sound.bridgeGap(saved.samplePosition());
        }
        var state = new DeviceState(saved.session(), spotter, sound, order);
        state.previousSession = saved.previousSession();
        state.restarts = saved.restarts();
        state.begun = saved.begun();
        state.heardAtMillis = saved.heardAtMillis();
        state.firstCaptureMicros = saved.firstCaptureMicros();
        state.newestCaptureMicros = saved.newestCaptureMicros();
        state.frameSamples = saved.frameSamples();
        if (saved.rates().length == state.rates.length) {
            state.rates = saved.rates();
        }
        state.recent.addAll(saved.recent());
        return state;
    }

    private static void restore(SpotterState sound, byte[] saved) {
        try {
            sound.restore(ByteBuffer.wrap(saved).order(ByteOrder.LITTLE_ENDIAN));
        } catch (BufferUnderflowException e) {
            throw new IllegalArgumentException(
                    "device state: expected a spotter's state of " + sound.byteSize() + " bytes, found " + saved.length,
                    e);
        }
    }

    private static @Nullable KeywordSpotter makerOf(String version, SpotterProvider spotters) {
        KeywordSpotter current = spotters.current();
        return current.model().version().equals(version) ? current : spotters.ofVersion(version);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}

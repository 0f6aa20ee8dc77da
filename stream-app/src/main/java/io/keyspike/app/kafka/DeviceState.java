package io.keyspike.app.kafka;

import io.keyspike.audio.AudioFrame;
import io.keyspike.models.KeywordSpotter;
import io.keyspike.models.SpotterState;
import org.jspecify.annotations.Nullable;

/** Everything the service knows of one device; {@link DeviceStateCodec} makes bytes of it. */
final class DeviceState {

    /** Session in progress. */
    long session;

    /** Session before it, so that its stragglers do not look like yet another one. */
    @Nullable
    Long previousSession;

    /** Samples in the last frame processed; what a missing frame is taken to have held. */
    int frameSamples;

    /** Whether a frame of this session has been processed. */
    boolean begun;

    /** When a frame was last processed here; for meters, not saved. */
    long heardAtMillis;

    final FrameOrder order;

    KeywordSpotter spotter;
    SpotterState sound;

    /** A device's first session. */
    DeviceState(long session, KeywordSpotter spotter) {
        this(session, spotter, spotter.newState(), new FrameOrder());
    }

    DeviceState(long session, KeywordSpotter spotter, SpotterState sound, FrameOrder order) {
        this.session = session;
        this.spotter = spotter;
        this.sound = sound;
        this.order = order;
    }

    /** The device was started anew. Frames still held must have been released. */
    void begin(long newSession, KeywordSpotter current) {
        previousSession = session;
        session = newSession;
        frameSamples = 0;
        begun = false;
        order.clear();
        spotter = current;
        sound = current.newState();
    }

    /** Goes over to another model where it is not this one. */
    void use(KeywordSpotter current) {
        if (current != spotter) {
            sound = current.takeOver(spotter, sound);
            spotter = current;
        }
    }

    /** Accounts for frames that never came before {@code frame}. */
    void bridge(long missingFrames, AudioFrame frame) {
        long samples = frameSamples > 0 ? frameSamples : frame.samples().length;
        sound.bridgeGap(Math.multiplyExact(missingFrames, samples));
    }
}

package io.keyspike.app.kafka.device;

import io.keyspike.audio.AudioFrame;
import io.keyspike.models.spotter.KeywordSpotter;
import io.keyspike.models.spotter.SpotterState;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/** Everything the service knows about one device; {@link DeviceStateCodec} serialises it. */
public final class DeviceState {

    /** Number of recent events kept for queries about the device. */
    public static final int RECENT_EVENTS = 4;

    /** Time over which firing rates are averaged, in seconds of audio. */
    private static final double RATE_SECONDS = 10;

    /** {@link #newestCaptureMicros} of a state that lacks it: no frame was captured later. */
    public static final long UNKNOWN_CAPTURE = Long.MAX_VALUE;

    /** A remembered event. Times in microseconds since the epoch. */
    public record Heard(
            String keyword, float score, long session, long samplePosition, long audioMicros, long emittedMicros) {}

    /** Session in progress. */
    long session;

    /** Previous session, so that its late frames are not mistaken for a new one. */
    @Nullable
    Long previousSession;

    /** Sequence-number restarts within this session; see {@link #isNumberedAnew}. */
    int restarts;

    /** Capture time of the first frame since the numbering began. */
    long firstCaptureMicros;

    /** Latest capture time of a frame processed since the numbering began. */
    long newestCaptureMicros;

    /** Samples in the last processed frame; the assumed length of a missing one. */
    int frameSamples;

    /** Whether a frame has been processed since the numbering began. */
    boolean begun;

    /** When a frame was last processed, by the service's clock; 0 if unknown. */
    long heardAtMillis;

    /** Spikes per neuron and step of each spiking layer, averaged over some {@value #RATE_SECONDS} s. */
    float[] rates;

    /** Oldest first, {@value #RECENT_EVENTS} at most. */
    final Deque<Heard> recent = new ArrayDeque<>(RECENT_EVENTS);

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
        this.rates = new float[spotter.network().spikingLayers()];
    }

    /** Starts a new session, or a new numbering within it. Frames still held must have been released. */
    void begin(long newSession, KeywordSpotter current) {
        if (newSession == session) {
            restarts++;
        } else {
            previousSession = session;
            session = newSession;
            restarts = 0;
        }
        frameSamples = 0;
        begun = false;
        order.clear();
        spotter = current;
        sound = current.newState();
        rates = new float[current.network().spikingLayers()];
    }

    /**
     * Whether a frame with an old sequence number shows that the device restarted its numbering without a new session id, as
     * devices without a source of randomness do. A duplicate or late frame was captured no later than one already
     * processed; the first frame after a restart was captured later. A device that has no clock either cannot be told from
     * one that sends duplicates: its frames are dropped until their numbers have caught up, or until it expires.
     */
    boolean isNumberedAnew(AudioFrame frame) {
        return begun
                && order.next - frame.sequence() > FrameOrder.WINDOW_FRAMES
                && frame.captureTimeMicros() > newestCaptureMicros;
    }

    /** Whether a frame was sent before the device restarted its numbering; only its capture time tells. */
    boolean isFromBeforeRestart(AudioFrame frame) {
        return restarts > 0 && begun && frame.captureTimeMicros() < firstCaptureMicros;
    }

    /** Switches to this model if another one is in use. */
    void use(KeywordSpotter current) {
        if (current != spotter) {
            sound = current.takeOver(spotter, sound);
            spotter = current;
            int layers = current.network().spikingLayers();
            if (rates.length != layers) {
                rates = new float[layers];
            }
        }
    }

    /** Assumed number of samples in frames missing before {@code frame}. */
    long samplesOf(long missingFrames, AudioFrame frame) {
        return Math.multiplyExact(missingFrames, frameSamples > 0 ? frameSamples : frame.samples().length);
    }

    /** Records that a frame has been processed. */
    void processed(AudioFrame frame, long nowMillis) {
        boolean known = begun && newestCaptureMicros != UNKNOWN_CAPTURE;
        newestCaptureMicros =
                known ? Math.max(newestCaptureMicros, frame.captureTimeMicros()) : frame.captureTimeMicros();
        firstCaptureMicros = begun ? firstCaptureMicros : frame.captureTimeMicros();
        frameSamples = frame.samples().length;
        begun = true;
        heardAtMillis = nowMillis;
    }

    /** Updates the firing rate of one layer. */
    void spiked(int layer, long spikes, long steps, double stepSeconds) {
        if (steps > 0) {
            double rate = (double) spikes / (steps * spotter.network().layerWidth(layer));
            double share = Math.min(1, steps * stepSeconds / RATE_SECONDS);
            rates[layer] += (float) (share * (rate - rates[layer]));
        }
    }

    void remember(Heard event) {
        if (recent.size() == RECENT_EVENTS) {
            recent.removeFirst();
        }
        recent.addLast(event);
    }
}

package io.keyspike.app.kafka.device;

import io.keyspike.audio.AudioFrame;
import io.keyspike.models.spotter.KeywordSpotter;
import io.keyspike.models.spotter.SpotterState;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/** Everything the service knows of one device; {@link DeviceStateCodec} makes bytes of it. */
public final class DeviceState {

    /** Events remembered for whoever asks about the device. */
    public static final int RECENT_EVENTS = 4;

    /** Time over which firing rates are averaged, in seconds of sound. */
    private static final double RATE_SECONDS = 10;

    /** {@link #newestCaptureMicros} of a state that does not tell: no frame was captured later. */
    public static final long UNKNOWN_CAPTURE = Long.MAX_VALUE;

    /** An event that was heard, as it is remembered. Times in microseconds since the epoch. */
    public record Heard(
            String keyword, float score, long session, long samplePosition, long audioMicros, long emittedMicros) {}

    /** Session in progress. */
    long session;

    /** Session before it, so that its stragglers do not look like yet another one. */
    @Nullable
    Long previousSession;

    /** Times the numbering began anew within this session; see {@link #isNumberedAnew}. */
    int restarts;

    /** Capture time of the first frame since the numbering began. */
    long firstCaptureMicros;

    /** Latest capture time of a frame processed since the numbering began. */
    long newestCaptureMicros;

    /** Samples in the last frame processed; what a missing frame is taken to have held. */
    int frameSamples;

    /** Whether a frame has been processed since the numbering began. */
    boolean begun;

    /** When a frame was last processed, by the service's clock; 0 where it is not known. */
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

    /** The device was started anew. Frames still held must have been released. */
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
     * Whether a frame whose number has passed shows that the device counts anew without having drawn a new session, as
     * devices without a source of randomness do. A repeated or late frame was captured no later than one already heard;
     * the first frame after a restart was captured later. A device that has no clock either is not told from one that
     * repeats itself: its frames are dropped until their numbers have caught up, or until it expires.
     */
    boolean isNumberedAnew(AudioFrame frame) {
        return begun
                && order.next - frame.sequence() > FrameOrder.WINDOW_FRAMES
                && frame.captureTimeMicros() > newestCaptureMicros;
    }

    /** Whether a frame was sent before the device began to count anew; only its capture time tells. */
    boolean isFromBeforeRestart(AudioFrame frame) {
        return restarts > 0 && begun && frame.captureTimeMicros() < firstCaptureMicros;
    }

    /** Goes over to another model where it is not this one. */
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

    /** Samples that frames which never came before {@code frame} are taken to have held. */
    long samplesOf(long missingFrames, AudioFrame frame) {
        return Math.multiplyExact(missingFrames, frameSamples > 0 ? frameSamples : frame.samples().length);
    }

    /** A frame has gone through the network. */
    void processed(AudioFrame frame, long nowMillis) {
        boolean known = begun && newestCaptureMicros != UNKNOWN_CAPTURE;
        newestCaptureMicros =
                known ? Math.max(newestCaptureMicros, frame.captureTimeMicros()) : frame.captureTimeMicros();
        firstCaptureMicros = begun ? firstCaptureMicros : frame.captureTimeMicros();
        frameSamples = frame.samples().length;
        begun = true;
        heardAtMillis = nowMillis;
    }

    /** Counts the spikes of one layer into its rate. */
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

package io.keyspike.app.kafka.device;

import io.keyspike.app.hearing.FrameMetrics;
import io.keyspike.app.hearing.KeywordEvent;
import io.keyspike.app.hearing.StreamWatch;
import io.keyspike.audio.AudioFrame;
import io.keyspike.models.decision.Detection;
import io.keyspike.models.decision.DetectionSink;
import io.keyspike.models.spotter.KeywordSpotter;
import io.keyspike.monitoring.KeyspikeMeters;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Processes the frames of devices: assigns a frame to its session, puts it in order and runs the spotter on it. Independent
 * of where frames come from and where states are stored, so live audio and an archive read again give the same results.
 */
public final class DeviceHearing {

    /** Stands in for the samples of a bridged gap, one piece at a time. */
    private static final short[] SILENCE = new short[4_096];

    /** Receives the samples that a device's own spotter is about to process, including the silence of bridged gaps. */
    @FunctionalInterface
    public interface FrameListener {

        /** Ignores everything. */
        FrameListener NONE = (place, samples, count) -> {};

        /**
         * Called before the device's own spotter processes the samples.
         *
         * @param place of the frame that the samples belong to or, for a bridged gap, of the frame after the gap; its
         *     device state is the one before the samples
         * @param samples valid until the call returns
         * @param count number of samples, from the first
         */
        void samples(FramePlace place, short[] samples, int count);
    }

    private final GapPolicy gaps;
    private final KeyspikeMeters meters;
    private final InstantSource clock;
    private final FrameMetrics counted;
    private final StreamWatch watch;
    private final FrameListener listener;

    /**
     * Without observers.
     *
     * @param clock for the time of events only; results do not depend on it
     */
    public DeviceHearing(GapPolicy gaps, KeyspikeMeters meters, InstantSource clock) {
        this(gaps, meters, clock, StreamWatch.NOBODY, FrameListener.NONE);
    }

    /**
     * With observers.
     *
     * @param clock for the time of events only; results do not depend on it
     * @param watch observes the network's steps and the events
     * @param listener receives the samples, such as the shadow model
     */
    public DeviceHearing(
            GapPolicy gaps, KeyspikeMeters meters, InstantSource clock, StreamWatch watch, FrameListener listener) {
        this.gaps = gaps;
        this.meters = meters;
        this.clock = clock;
        this.counted = new FrameMetrics(meters);
        this.watch = watch;
        this.listener = listener;
    }

    /** What is counted for each frame, under the group of the device; to be settled and closed with the processor. */
    public FrameMetrics counted() {
        return counted;
    }

    /**
     * Accepts a frame and processes every frame whose turn has come.
     *
     * @param known the device's state, changed in place; null for a new device
     * @param spotter serves the device from now on
     * @param sink receives the detections, in order
     * @return the state, which must be saved; null if the frame was dropped and nothing has changed
     */
    @Nullable
    public DeviceState accept(
            String device,
            @Nullable DeviceState known,
            AudioFrame frame,
            KeywordSpotter spotter,
            Consumer<KeywordEvent> sink) {
        DeviceState state = known;
        if (state == null) {
            state = new DeviceState(frame.sessionId(), spotter);
        } else if (state.session != frame.sessionId()) {
            if (Objects.equals(state.previousSession, frame.sessionId())) {
                meters.late();
                return null;
            }
            processReady(device, state, spotter, true, sink);
            state.begin(frame.sessionId(), spotter);
        } else if (state.isFromBeforeRestart(frame)) {
            meters.late();
            return null;
        } else if (state.isNumberedAnew(frame)) {
            processReady(device, state, spotter, true, sink);
            state.begin(frame.sessionId(), spotter);
            meters.restart();
        }
        switch (state.order.offer(frame)) {
            case DUPLICATE -> meters.duplicate();
            case LATE -> meters.late();
            case ACCEPTED -> {
                processReady(device, state, spotter, false, sink);
                return state;
            }
        }
        return null;
    }

    /**
     * Processes the frames whose turn it is.
     *
     * @param ended whether the session has ended, so that no missing frame is waited for
     */
    private void processReady(
            String device, DeviceState state, KeywordSpotter spotter, boolean ended, Consumer<KeywordEvent> sink) {
        AudioFrame frame;
        while ((frame = state.order.release(ended)) != null) {
            state.use(spotter);
            long steps = state.sound.steps();
            long missing = state.order.takeGivenUp();
            if (missing > 0) {
                processGap(device, state, state.samplesOf(missing, frame), frame, sink);
            }
            processFrame(device, state, frame, sink);
            count(state, frame, state.sound.steps() - steps);
        }
    }

    /** Accounts for samples missing before a frame. */
    private void processGap(
            String device, DeviceState state, long missing, AudioFrame frame, Consumer<KeywordEvent> sink) {
        GapPolicy.Outcome outcome = state.begun ? gaps.outcome(missing, frame.sampleRateHz()) : GapPolicy.Outcome.RESET;
        switch (outcome) {
            case RESET -> state.sound.bridgeGap(missing);
            case BRIDGED -> {
                var place = new FramePlace(device, state, frame, state.sound.samplePosition() + missing);
                DetectionSink detections = detection -> sink.accept(event(place, detection));
                for (long left = missing; left > 0; left -= SILENCE.length) {
                    int samples = (int) Math.min(left, SILENCE.length);
                    listener.samples(place, SILENCE, samples);
                    state.spotter.process(state.sound, SILENCE, 0, samples, detections);
                }
            }
        }
        // What a new session lacks at its start was not lost in between.
        if (state.begun) {
            meters.gap(outcome == GapPolicy.Outcome.BRIDGED);
        }
    }

    private void processFrame(String device, DeviceState state, AudioFrame frame, Consumer<KeywordEvent> sink) {
        var place = new FramePlace(device, state, frame, state.sound.samplePosition());
        listener.samples(place, frame.samples(), frame.samples().length);
        state.spotter.process(
                state.sound,
                frame.samples(),
                0,
                frame.samples().length,
                detection -> sink.accept(event(place, detection)),
                watch.frame(device, state.spotter, frame.samples()));
        state.processed(frame, clock.millis());
    }

    /** Counts a frame, and the silence before it. */
    private void count(DeviceState state, AudioFrame frame, long steps) {
        double stepSeconds = state.spotter.model().network().graph().stepSeconds();
        for (int layer = 0; layer < state.rates.length; layer++) {
            state.spiked(layer, state.sound.spikes(layer), steps, stepSeconds);
        }
        double latencySeconds = state.heardAtMillis / 1e3 - frame.captureTimeMicros() / 1e6 - frame.durationSeconds();
        counted.add(state.spotter, state.sound, frame.durationSeconds(), steps, CaptureTime.latency(latencySeconds));
    }

    /** Makes the event of a detection, and counts, remembers and shows it. */
    private KeywordEvent event(FramePlace place, Detection detection) {
        DeviceState state = place.state();
        KeywordEvent event = place.event(detection, state.spotter.model().version(), clock);
        boolean timed = CaptureTime.isPlausible(place.frame().captureTimeMicros(), clock.millis());
        meters.keyword(
                event.keyword(), event.score(), timed ? CaptureTime.latency(event.latencyMillis() / 1e3) : Double.NaN);
        state.remember(new DeviceState.Heard(
                event.keyword(),
                event.score(),
                state.session,
                event.samplePosition(),
                ChronoUnit.MICROS.between(Instant.EPOCH, event.audioTime()),
                ChronoUnit.MICROS.between(Instant.EPOCH, event.emittedAt())));
        watch.heard(event);
        return event;
    }
}

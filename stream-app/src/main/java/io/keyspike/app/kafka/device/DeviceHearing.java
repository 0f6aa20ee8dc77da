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
import java.util.HexFormat;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What a frame does to its device: the session it belongs to, its place in it, what the spotter hears. Knows nothing of
 * where frames come from and where states are kept, so that sound is heard alike when it comes live and when an archive is
 * read again.
 */
public final class DeviceHearing {

    /** What a bridged gap sounds like, a piece at a time. */
    private static final short[] SILENCE = new short[4_096];

    /** Hears along: the samples that a device's own spotter is about to hear, silence for bridged gaps among them. */
    @FunctionalInterface
    interface FrameListener {
        /**
         * @param state of the device, before the samples
         * @param count of the samples, from the first
         * @param frameStart position at which {@code frame} begins, the one that tells the time
         */
        void hear(String device, DeviceState state, short[] samples, int count, AudioFrame frame, long frameStart);
    }

    private final GapPolicy gaps;
    private final KeyspikeMeters meters;
    private final InstantSource clock;
    private final FrameMetrics counted;
    private final StreamWatch watch;
    private FrameListener along = (device, state, samples, count, frame, frameStart) -> {};

    /** @param clock for the time of events only; results do not depend on it */
    public DeviceHearing(GapPolicy gaps, KeyspikeMeters meters, InstantSource clock) {
        this(gaps, meters, clock, StreamWatch.NOBODY);
    }

    /** As above, with someone who looks on. */
    public DeviceHearing(GapPolicy gaps, KeyspikeMeters meters, InstantSource clock, StreamWatch watch) {
        this.gaps = gaps;
        this.meters = meters;
        this.clock = clock;
        this.counted = new FrameMetrics(meters);
        this.watch = watch;
    }

    /** Lets someone hear along; in place of an earlier one. */
    public void along(FrameListener listener) {
        along = listener;
    }

    /** What is counted for each frame, under the group of the device; to be settled and closed with the processor. */
    public FrameMetrics counted() {
        return counted;
    }

    /**
     * Takes a frame in.
     *
     * @param known the device's state, changed in place; null for a device never heard before
     * @param spotter what hears the device from now on
     * @param sink is told what was heard, in order
     * @return the state, which must be kept; null where the frame was dropped and nothing has changed
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
            hear(device, state, spotter, true, sink);
            state.begin(frame.sessionId(), spotter);
        } else if (state.isFromBeforeRestart(frame)) {
            meters.late();
            return null;
        } else if (state.isNumberedAnew(frame)) {
            hear(device, state, spotter, true, sink);
            state.begin(frame.sessionId(), spotter);
            meters.restart();
        }
        switch (state.order.offer(frame)) {
            case DUPLICATE -> meters.duplicate();
            case LATE -> meters.late();
            case ACCEPTED -> {
                hear(device, state, spotter, false, sink);
                return state;
            }
        }
        return null;
    }

    /** Hears the frames whose turn it is. */
    private void hear(
            String device, DeviceState state, KeywordSpotter spotter, boolean ended, Consumer<KeywordEvent> sink) {
        AudioFrame frame;
        while ((frame = state.order.release(ended)) != null) {
            state.use(spotter);
            long steps = state.sound.steps();
            long missing = state.order.takeGivenUp();
            if (missing > 0) {
                pass(device, state, state.samplesOf(missing, frame), frame, sink);
            }
            hear(device, state, frame, sink);
            count(state, frame, state.sound.steps() - steps);
        }
    }

    /** Accounts for samples that never came before a frame. */
    private void pass(String device, DeviceState state, long missing, AudioFrame frame, Consumer<KeywordEvent> sink) {
        GapPolicy.Outcome outcome = state.begun ? gaps.outcome(missing, frame.sampleRateHz()) : GapPolicy.Outcome.RESET;
        switch (outcome) {
            case RESET -> state.sound.bridgeGap(missing);
            case BRIDGED -> {
                long frameStart = state.sound.samplePosition() + missing;
                DetectionSink heard = d -> sink.accept(event(device, state, frame, frameStart, d));
                for (long left = missing; left > 0; left -= SILENCE.length) {
                    int samples = (int) Math.min(left, SILENCE.length);
                    along.hear(device, state, SILENCE, samples, frame, frameStart);
                    state.spotter.process(state.sound, SILENCE, 0, samples, heard);
                }
            }
        }
        // What a new session lacks at its start was not lost in between.
        if (state.begun) {
            meters.gap(outcome == GapPolicy.Outcome.BRIDGED);
        }
    }

    private void hear(String device, DeviceState state, AudioFrame frame, Consumer<KeywordEvent> sink) {
        long start = state.sound.samplePosition();
        along.hear(device, state, frame.samples(), frame.samples().length, frame, start);
        state.spotter.process(
                state.sound,
                frame.samples(),
                0,
                frame.samples().length,
                detection -> sink.accept(event(device, state, frame, start, detection)),
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
        counted.add(state.spotter, state.sound, frame.durationSeconds(), steps, latencySeconds);
    }

    private KeywordEvent event(String device, DeviceState state, AudioFrame frame, long start, Detection detection) {
        KeywordEvent event = event(
                device, state, frame, start, detection, state.spotter.model().version(), clock);
        meters.keyword(event.keyword(), event.score(), event.latencyMillis() / 1e3);
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

    /**
     * What a detection in a device's sound is as an event.
     *
     * @param start position at which {@code frame} begins
     * @param model version of the model that heard it
     */
    static KeywordEvent event(
            String device,
            DeviceState state,
            AudioFrame frame,
            long start,
            Detection detection,
            String model,
            InstantSource clock) {
        String session = HexFormat.of().toHexDigits(state.session);
        String run = state.restarts == 0 ? session : session + "-" + state.restarts;
        long micros = frame.captureTimeMicros()
                + Math.round((detection.samplePosition() - start) * 1e6 / frame.sampleRateHz());
        Instant audioTime = Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
        Instant now = clock.instant().truncatedTo(ChronoUnit.MICROS);
        return new KeywordEvent(
                device + "/" + run + "/" + detection.samplePosition() + "/" + detection.keyword(),
                device,
                detection.keyword(),
                detection.score(),
                model,
                session,
                detection.samplePosition(),
                audioTime,
                now,
                ChronoUnit.MICROS.between(audioTime, now) / 1e3);
    }
}

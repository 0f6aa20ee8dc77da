package io.keyspike.app.kafka;

import io.keyspike.audio.AudioFrame;
import io.keyspike.models.Detection;
import io.keyspike.models.KeywordSpotter;
import io.keyspike.monitoring.KeyspikeMeters;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.jspecify.annotations.Nullable;

/**
 * One record at a time: read it, put it in its place in the device's sound, hear, save, send on what was heard; in this
 * order, so that a failure on the way leaves store and output as they were.
 */
final class FrameProcessor implements Processor<byte[], byte[], byte[], byte[]> {

    private final Spotters spotters;
    private final KeyspikeMeters meters;
    private final ActiveStreams active;
    private final InstantSource clock;
    private final List<KeywordEvent> heard = new ArrayList<>();

    private @Nullable ProcessorContext<byte[], byte[]> context;
    private @Nullable DeviceStates devices;

    FrameProcessor(Spotters spotters, KeyspikeMeters meters, ActiveStreams active, InstantSource clock) {
        this.spotters = spotters;
        this.meters = meters;
        this.active = active;
        this.clock = clock;
    }

    /** Called again when a task is revived after a failure: nothing live may outlast that. */
    @Override
    public void init(ProcessorContext<byte[], byte[]> newContext) {
        context = newContext;
        devices = new DeviceStates(newContext.getStateStore(KeywordTopology.STORE), spotters);
        newContext.schedule(
                ActiveStreams.REFRESH,
                PunctuationType.WALL_CLOCK_TIME,
                now -> active.report(
                        newContext.taskId(),
                        Objects.requireNonNull(devices).heardSince(clock.millis() - ActiveStreams.WINDOW.toMillis())));
    }

    @Override
    public void close() {
        active.forget(Objects.requireNonNull(context).taskId());
    }

    @Override
    public void process(Record<byte[], byte[]> record) {
        KeywordSpotter spotter = spotters.current();
        switch (FrameReader.read(
                record.key(), record.value(), spotter.model().features().sampleRateHz())) {
            case FrameReader.Content.Refused refused -> refuse(record, refused);
            case FrameReader.Content.Frame good -> accept(good.device(), good.frame(), record, spotter);
        }
    }

    private void accept(String device, AudioFrame frame, Record<byte[], byte[]> record, KeywordSpotter spotter) {
        DeviceStates states = Objects.requireNonNull(devices);
        heard.clear();
        try {
            DeviceState state = states.find(device);
            if (state == null) {
                state = new DeviceState(frame.sessionId(), spotter);
            } else if (state.session != frame.sessionId()) {
                if (Objects.equals(state.previousSession, frame.sessionId())) {
                    meters.late();
                    return;
                }
                hear(device, state, spotter, true);
                state.begin(frame.sessionId(), spotter);
            }
            switch (state.order.offer(frame, record.value())) {
                case DUPLICATE -> meters.duplicate();
                case LATE -> meters.late();
                case ACCEPTED -> {
                    hear(device, state, spotter, false);
                    states.save(device, state);
                }
            }
        } catch (RuntimeException e) {
            states.discard(device);
            throw e;
        }
        for (KeywordEvent event : heard) {
            send(event, record.timestamp());
        }
    }

    /** Hears the frames whose turn it is. */
    private void hear(String device, DeviceState state, KeywordSpotter spotter, boolean ended) {
        AudioFrame frame;
        while ((frame = state.order.release(ended)) != null) {
            state.use(spotter);
            long missing = state.order.takeGivenUp();
            if (missing > 0) {
                state.bridge(missing, frame);
                if (state.begun) {
                    meters.gap();
                }
            }
            hear(device, state, frame);
        }
    }

    private void hear(String device, DeviceState state, AudioFrame frame) {
        long start = state.sound.samplePosition();
        long steps = state.sound.steps();
        int samples = frame.samples().length;
        state.spotter.process(
                state.sound,
                frame.samples(),
                0,
                samples,
                detection -> heard.add(event(device, state, frame, start, detection)));
        state.frameSamples = samples;
        state.begun = true;
        state.heardAtMillis = clock.millis();
        meters.frame(frame.durationSeconds());
        long newSteps = state.sound.steps() - steps;
        int layers = state.spotter.network().spikingLayers();
        for (int layer = 0; layer < layers; layer++) {
            meters.spikes(layer, state.sound.takeSpikes(layer), newSteps);
        }
    }

    private KeywordEvent event(String device, DeviceState state, AudioFrame frame, long start, Detection detection) {
        String session = HexFormat.of().toHexDigits(state.session);
        long micros = frame.captureTimeMicros()
                + Math.round((detection.samplePosition() - start) * 1e6 / frame.sampleRateHz());
        Instant audioTime = Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
        Instant now = clock.instant().truncatedTo(ChronoUnit.MICROS);
        double latencyMillis = ChronoUnit.MICROS.between(audioTime, now) / 1e3;
        meters.keyword(detection.keyword(), detection.score(), latencyMillis / 1e3);
        return new KeywordEvent(
                device + "/" + session + "/" + detection.samplePosition() + "/" + detection.keyword(),
                device,
                detection.keyword(),
                detection.score(),
                state.spotter.model().version(),
                session,
                detection.samplePosition(),
                audioTime,
                now,
                latencyMillis);
    }

    private void send(KeywordEvent event, long timestamp) {
        Objects.requireNonNull(context)
                .forward(
                        new Record<>(
                                event.device().getBytes(StandardCharsets.UTF_8),
                                KeywordEventCodec.encode(event),
                                timestamp,
                                KeywordEventCodec.headers(event)),
                        KeywordTopology.EVENTS);
    }

    private void refuse(Record<byte[], byte[]> record, FrameReader.Content.Refused refused) {
        ProcessorContext<byte[], byte[]> to = Objects.requireNonNull(context);
        RecordMetadata origin = to.recordMetadata().orElseThrow();
        var headers = DeadLetters.headers(
                record.headers(),
                refused.reason(),
                refused.sentence(),
                origin.topic(),
                origin.partition(),
                origin.offset(),
                record.timestamp(),
                record.value());
        meters.deadLetter(refused.reason());
        to.forward(
                DeadLetters.record(record.key(), record.value(), record.timestamp(), headers),
                KeywordTopology.DEAD_LETTERS);
    }
}

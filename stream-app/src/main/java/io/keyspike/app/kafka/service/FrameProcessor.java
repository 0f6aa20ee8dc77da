package io.keyspike.app.kafka.service;

import io.keyspike.app.hearing.KeywordEvent;
import io.keyspike.app.hearing.StreamWatch;
import io.keyspike.app.kafka.device.ActiveStreams;
import io.keyspike.app.kafka.device.DeviceExpiry;
import io.keyspike.app.kafka.device.DeviceHearing;
import io.keyspike.app.kafka.device.DeviceState;
import io.keyspike.app.kafka.device.DeviceStates;
import io.keyspike.app.kafka.device.HearingSettings;
import io.keyspike.app.kafka.device.ShadowHearing;
import io.keyspike.app.kafka.device.SpotterProvider;
import io.keyspike.app.kafka.wire.DeadLetters;
import io.keyspike.app.kafka.wire.FrameReader;
import io.keyspike.app.kafka.wire.KeywordEventCodec;
import io.keyspike.app.kafka.wire.Topics;
import io.keyspike.audio.AudioFrame;
import io.keyspike.models.spotter.KeywordSpotter;
import io.keyspike.monitoring.KeyspikeMeters;
import io.keyspike.monitoring.ServiceEvent;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.TaskId;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/**
 * One record at a time: read it, put it in its place in the device's sound, hear, save, send on what was heard; in this
 * order, so that a failure on the way leaves store and output as they were.
 */
final class FrameProcessor implements Processor<byte[], byte[], byte[], byte[]> {

    private final SpotterProvider spotters;
    private final KeyspikeMeters meters;
    private final ActiveStreams active;
    private final HearingSettings settings;
    private final Supplier<@Nullable CommitScheduler> commitsOfThread;
    private final InstantSource clock;
    private final DeviceHearing hearing;
    private final List<KeywordEvent> heard = new ArrayList<>();

    private @Nullable ProcessorContext<byte[], byte[]> context;
    private @Nullable DeviceStates devices;
    private @Nullable ShadowHearing shadow;
    private @Nullable CommitScheduler commits;
    private Runnable commit = () -> {};

    /** @param commitsOfThread those of the thread that calls; null where events do not wait for a commit */
    FrameProcessor(
            SpotterProvider spotters,
            KeyspikeMeters meters,
            ActiveStreams active,
            HearingSettings settings,
            Supplier<@Nullable CommitScheduler> commitsOfThread,
            InstantSource clock,
            StreamWatch watch) {
        this.spotters = spotters;
        this.meters = meters;
        this.active = active;
        this.settings = settings;
        this.commitsOfThread = commitsOfThread;
        this.clock = clock;
        this.hearing = new DeviceHearing(settings.gaps(), meters, clock, watch);
    }

    /** Called again when a task is revived after a failure: nothing live may outlast that. */
    @Override
    public void init(ProcessorContext<byte[], byte[]> newContext) {
        context = newContext;
        KeyValueStore<String, byte[]> store = newContext.getStateStore(Topics.STATE_STORE);
        var states = new DeviceStates(store, spotters);
        devices = states;
        var along = new ShadowHearing(newContext.getStateStore(Topics.SHADOW_STORE), store, spotters, meters, clock);
        shadow = along;
        hearing.along(along);
        newContext.schedule(DeviceExpiry.INTERVAL, PunctuationType.WALL_CLOCK_TIME, now -> along.sweep());
        newContext.schedule(
                ActiveStreams.REFRESH, PunctuationType.WALL_CLOCK_TIME, now -> refresh(newContext.taskId()));
        initCommits(newContext);
        var expiry = new DeviceExpiry(store, states, settings.expireAfter(), meters);
        newContext.schedule(
                DeviceExpiry.INTERVAL, PunctuationType.WALL_CLOCK_TIME, now -> expiry.sweep(clock.millis()));
    }

    private void initCommits(ProcessorContext<byte[], byte[]> newContext) {
        CommitScheduler prompt = commitsOfThread.get();
        commits = prompt;
        if (prompt != null) {
            commit = newContext::commit;
            newContext.schedule(prompt.tickInterval(), PunctuationType.WALL_CLOCK_TIME, now -> prompt.tick());
        }
    }

    private void refresh(TaskId task) {
        DeviceStates states = Objects.requireNonNull(devices);
        int heardLately = states.heardSince(clock.millis() - ActiveStreams.WINDOW.toMillis());
        active.report(task, heardLately, states.heard() - heardLately);
        hearing.counted().settle();
    }

    @Override
    public void close() {
        active.forget(Objects.requireNonNull(context).taskId());
        hearing.counted().close();
        CommitScheduler prompt = commits;
        if (prompt != null) {
            prompt.forget(commit);
        }
    }

    @Override
    public void process(Record<byte[], byte[]> record) {
        CommitScheduler prompt = commits;
        if (prompt == null) {
            take(record);
        } else {
            prompt.begin();
            take(record);
            prompt.end();
        }
    }

    private void take(Record<byte[], byte[]> record) {
        switch (FrameReader.read(record.key(), record.value())) {
            case FrameReader.Content.Refused refused -> refuse(record, refused);
            case FrameReader.Content.Frame good -> accept(good.device(), good.frame(), record);
        }
    }

    private void accept(String device, AudioFrame frame, Record<byte[], byte[]> record) {
        KeywordSpotter spotter = spotters.forDevice(device);
        FrameReader.Content.Refused refused =
                FrameReader.otherRate(frame, spotter.model().features().sampleRateHz());
        if (refused != null) {
            refuse(record, refused);
            return;
        }
        DeviceStates states = Objects.requireNonNull(devices);
        ShadowHearing along = Objects.requireNonNull(shadow);
        hearing.counted().group(spotters.group(device));
        heard.clear();
        try {
            DeviceState state = hearing.accept(device, states.find(device), frame, spotter, heard::add);
            if (state != null) {
                states.save(device, state);
            }
        } catch (RuntimeException e) {
            states.discard(device);
            along.discard(device);
            throw e;
        }
        for (KeywordEvent event : heard) {
            send(event, record.timestamp(), KeywordTopology.EVENTS);
        }
        for (KeywordEvent event : along.finish(device)) {
            send(event, record.timestamp(), KeywordTopology.SHADOW_EVENTS);
        }
        CommitScheduler prompt = commits;
        if (prompt != null && !heard.isEmpty()) {
            prompt.sent(commit);
        }
    }

    private void send(KeywordEvent event, long timestamp, String sink) {
        Objects.requireNonNull(context)
                .forward(
                        new Record<>(
                                event.device().getBytes(StandardCharsets.UTF_8),
                                KeywordEventCodec.encode(event),
                                timestamp,
                                KeywordEventCodec.headers(event)),
                        sink);
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
        ServiceEvent.DEAD_LETTER.log(
                "a record became a dead letter: " + refused.sentence(),
                "reason",
                refused.reason(),
                "partition",
                origin.partition(),
                "offset",
                origin.offset());
        to.forward(
                DeadLetters.record(record.key(), record.value(), record.timestamp(), headers),
                KeywordTopology.DEAD_LETTERS);
    }
}

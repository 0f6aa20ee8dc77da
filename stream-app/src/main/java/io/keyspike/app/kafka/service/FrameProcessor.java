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
 * Processes one record at a time: read it, put it in its place in the device's audio, run the spotter, save the state, send
 * the detections; in this order, so that a failure on the way leaves store and output unchanged.
 */
final class FrameProcessor implements Processor<byte[], byte[], byte[], byte[]> {

    private final SpotterProvider spotters;
    private final KeyspikeMeters meters;
    private final ActiveStreams active;
    private final HearingSettings settings;
    private final Supplier<@Nullable CommitScheduler> commitsOfThread;
    private final InstantSource clock;
    private final StreamWatch watch;
    private final List<KeywordEvent> heard = new ArrayList<>();

    /** All that belongs to the task that the processor was initialised for; null before {@link #init}. */
    private @Nullable Task task;

    /**
     * What exists only while a task runs.
     *
     * @param context of the task
     * @param commit asks the context for a commit; always the same object, by which {@code commits} knows it
     * @param commits of the thread; null where events do not wait for a commit
     */
    private record Task(
            ProcessorContext<byte[], byte[]> context,
            DeviceStates devices,
            ShadowHearing shadow,
            DeviceHearing hearing,
            Runnable commit,
            @Nullable CommitScheduler commits) {

        private TaskId id() {
            return context.taskId();
        }

        private void send(KeywordEvent event, long timestamp, String sink) {
            context.forward(
                    new Record<>(
                            event.device().getBytes(StandardCharsets.UTF_8),
                            KeywordEventCodec.encode(event),
                            timestamp,
                            KeywordEventCodec.headers(event)),
                    sink);
        }
    }

    /** @param commitsOfThread the calling thread's scheduler; null where events do not wait for a commit */
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
        this.watch = watch;
    }

    /** Called again when a task is revived after a failure: nothing live may outlast that. */
    @Override
    public void init(ProcessorContext<byte[], byte[]> context) {
        KeyValueStore<String, byte[]> store = context.getStateStore(Topics.STATE_STORE);
        var devices = new DeviceStates(store, spotters);
        var shadow = new ShadowHearing(context.getStateStore(Topics.SHADOW_STORE), store, spotters, meters, clock);
        var hearing = new DeviceHearing(settings.gaps(), meters, clock, watch, shadow);
        var begun = new Task(context, devices, shadow, hearing, context::commit, commitsOfThread.get());
        task = begun;
        context.schedule(DeviceExpiry.INTERVAL, PunctuationType.WALL_CLOCK_TIME, now -> shadow.sweep());
        context.schedule(ActiveStreams.REFRESH, PunctuationType.WALL_CLOCK_TIME, now -> refresh(begun));
        CommitScheduler prompt = begun.commits();
        if (prompt != null) {
            context.schedule(prompt.tickInterval(), PunctuationType.WALL_CLOCK_TIME, now -> prompt.tick());
        }
        var expiry = new DeviceExpiry(store, devices, settings.expireAfter(), meters);
        context.schedule(DeviceExpiry.INTERVAL, PunctuationType.WALL_CLOCK_TIME, now -> expiry.sweep(clock.millis()));
    }

    private void refresh(Task current) {
        int heardLately = current.devices().heardSince(clock.millis() - ActiveStreams.WINDOW.toMillis());
        active.report(current.id(), heardLately, current.devices().heard() - heardLately);
        current.hearing().counted().settle();
    }

    @Override
    public void close() {
        Task current = task;
        if (current == null) {
            return; // init failed, so nothing was reported
        }
        active.forget(current.id());
        current.hearing().counted().close();
        CommitScheduler prompt = current.commits();
        if (prompt != null) {
            prompt.forget(current.commit());
        }
    }

    private Task task() {
        return Objects.requireNonNull(task, "init comes before everything else");
    }

    @Override
    public void process(Record<byte[], byte[]> record) {
        Task current = task();
        CommitScheduler prompt = current.commits();
        if (prompt == null) {
            take(current, record);
        } else {
            prompt.begin();
            take(current, record);
            prompt.end();
        }
    }

    private void take(Task current, Record<byte[], byte[]> record) {
        switch (FrameReader.read(record.key(), record.value())) {
            case FrameReader.Content.Refused refused -> refuse(current, record, refused);
            case FrameReader.Content.Frame good -> accept(current, good.device(), good.frame(), record);
        }
    }

    private void accept(Task current, String device, AudioFrame frame, Record<byte[], byte[]> record) {
        KeywordSpotter spotter = spotters.forDevice(device);
        FrameReader.Content.Refused refused =
                FrameReader.otherRate(frame, spotter.model().features().sampleRateHz());
        if (refused != null) {
            refuse(current, record, refused);
            return;
        }
        DeviceStates devices = current.devices();
        current.hearing().counted().group(spotters.group(device));
        heard.clear();
        try {
            DeviceState state = current.hearing().accept(device, devices.find(device), frame, spotter, heard::add);
            if (state != null) {
                devices.save(device, state);
            }
        } catch (RuntimeException e) {
            devices.discard(device);
            current.shadow().discard(device);
            throw e;
        }
        for (KeywordEvent event : heard) {
            current.send(event, record.timestamp(), KeywordTopology.EVENTS);
        }
        for (KeywordEvent event : current.shadow().finish(device)) {
            current.send(event, record.timestamp(), KeywordTopology.SHADOW_EVENTS);
        }
        CommitScheduler prompt = current.commits();
        if (prompt != null && !heard.isEmpty()) {
            prompt.sent(current.commit());
        }
    }

    private void refuse(Task current, Record<byte[], byte[]> record, FrameReader.Content.Refused refused) {
        RecordMetadata origin = current.context().recordMetadata().orElseThrow();
        var headers = DeadLetters.headers(
                record.headers(),
                refused.reason(),
                refused.sentence(),
                new DeadLetters.Origin(origin.topic(), origin.partition(), origin.offset(), record.timestamp()),
                record.value());
        meters.deadLetter(refused.reason());
        ServiceEvent.DEAD_LETTER.log(
                "record sent to the dead-letter topic: " + refused.sentence(),
                "reason",
                refused.reason(),
                "partition",
                origin.partition(),
                "offset",
                origin.offset());
        current.context()
                .forward(
                        DeadLetters.record(record.key(), record.value(), record.timestamp(), headers),
                        KeywordTopology.DEAD_LETTERS);
    }
}

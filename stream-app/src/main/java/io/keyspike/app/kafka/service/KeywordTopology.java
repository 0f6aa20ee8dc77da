package io.keyspike.app.kafka.service;

import io.keyspike.app.hearing.StreamWatch;
import io.keyspike.app.kafka.device.ActiveStreams;
import io.keyspike.app.kafka.device.HearingSettings;
import io.keyspike.app.kafka.device.SpotterProvider;
import io.keyspike.app.kafka.wire.Topics;
import io.keyspike.monitoring.KeyspikeMeters;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.state.Stores;
import org.jspecify.annotations.Nullable;

/**
 * The topology:
 *
 * <pre>
 *                          ┌─► keyword-events
 * audio-frames ─► spotter ─┼─► keyword-events-shadow, while a shadow model is set
 *                    │     └─► audio-frames-dead-letter
 *              device-state, shadow-state (with changelogs)
 * </pre>
 *
 * Frames are keyed by device, so all audio of a device passes through one task in order.
 */
public final class KeywordTopology {

    static final String SOURCE = "frames";
    static final String SPOTTER = "spotter";
    static final String EVENTS = "events";
    static final String SHADOW_EVENTS = "shadow-events";
    static final String DEAD_LETTERS = "dead-letters";

    /**
     * The changelog is rewritten with every commit of every device, and only closed segments are compacted: small ones
     * keep it, and the time to restore from it, short.
     */
    private static final Map<String, String> CHANGELOG = Map.of(
            TopicConfig.SEGMENT_BYTES_CONFIG,
            String.valueOf(32 << 20),
            TopicConfig.MIN_CLEANABLE_DIRTY_RATIO_CONFIG,
            "0.3");

    private KeywordTopology() {}

    /**
     * @param pace creates the scheduler of event-driven commits; null if events do not wait for commits
     * @param clock for the time of events and for expiry; detections do not depend on it
     */
    public static Topology build(
            SpotterProvider spotters,
            KeyspikeMeters meters,
            ActiveStreams active,
            HearingSettings settings,
            CommitScheduler.@Nullable Pace pace,
            InstantSource clock) {
        return build(spotters, meters, active, settings, pace, clock, StreamWatch.NOBODY);
    }

    /** As above, with an observer. */
    static Topology build(
            SpotterProvider spotters,
            KeyspikeMeters meters,
            ActiveStreams active,
            HearingSettings settings,
            CommitScheduler.@Nullable Pace pace,
            InstantSource clock,
            StreamWatch watch) {
        // One for each stream thread, as a thread commits all of its tasks together.
        Supplier<@Nullable CommitScheduler> commits = pace == null
                ? () -> null
                : ThreadLocal.withInitial(() -> new CommitScheduler(pace, System::nanoTime))::get;
        var topology = new Topology();
        topology.addSource(SOURCE, new ByteArrayDeserializer(), new ByteArrayDeserializer(), Topics.AUDIO_FRAMES);
        topology.addProcessor(
                SPOTTER, () -> new FrameProcessor(spotters, meters, active, settings, commits, clock, watch), SOURCE);
        for (String store : List.of(Topics.STATE_STORE, Topics.SHADOW_STORE)) {
            topology.addStateStore(
                    Stores.keyValueStoreBuilder(
                                    Stores.persistentKeyValueStore(store), Serdes.String(), Serdes.ByteArray())
                            .withCachingEnabled()
                            .withLoggingEnabled(CHANGELOG),
                    SPOTTER);
        }
        topology.addSink(EVENTS, Topics.KEYWORD_EVENTS, new ByteArraySerializer(), new ByteArraySerializer(), SPOTTER);
        topology.addSink(
                SHADOW_EVENTS, Topics.SHADOW_EVENTS, new ByteArraySerializer(), new ByteArraySerializer(), SPOTTER);
        topology.addSink(
                DEAD_LETTERS, Topics.DEAD_LETTERS, new ByteArraySerializer(), new ByteArraySerializer(), SPOTTER);
        return topology;
    }
}

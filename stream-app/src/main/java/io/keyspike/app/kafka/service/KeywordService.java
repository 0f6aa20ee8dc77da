package io.keyspike.app.kafka.service;

import io.keyspike.app.hearing.StreamWatch;
import io.keyspike.app.kafka.device.ActiveStreams;
import io.keyspike.app.kafka.device.SpotterProvider;
import io.keyspike.app.kafka.query.ClusterFacts;
import io.keyspike.app.kafka.query.DeviceQuery;
import io.keyspike.app.kafka.query.DeviceRoutes;
import io.keyspike.app.kafka.query.PeerInstances;
import io.keyspike.app.kafka.wire.AcceptedTimes;
import io.keyspike.app.kafka.wire.BrokerException;
import io.keyspike.app.kafka.wire.LenientTimestamps;
import io.keyspike.app.kafka.wire.TimeLimits;
import io.keyspike.app.kafka.wire.TopicCheck;
import io.keyspike.app.kafka.wire.Topics;
import io.keyspike.monitoring.Health;
import io.keyspike.monitoring.KeyspikeMeters;
import io.keyspike.monitoring.http.Route;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.streams.CloseOptions;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The service: the {@link KeywordTopology} running on a cluster. */
public final class KeywordService implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(KeywordService.class);

    /** Kubernetes kills a container 30 s after it was asked to stop. */
    public static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(25);

    private final ServiceConfig config;
    private final KafkaStreams streams;
    private final SpotterProvider spotters;
    private final PeerInstances peers;
    private final AcceptedTimes times;
    private final TopicWatch topics;
    private final FailurePolicy failures = new FailurePolicy(this::diagnose);
    private final PartitionLog partitions = new PartitionLog(System::nanoTime);
    private final CountDownLatch running = new CountDownLatch(1);
    private final CountDownLatch ended = new CountDownLatch(1);

    private KeywordService(ServiceConfig config, KafkaStreams streams, SpotterProvider spotters, AcceptedTimes times) {
        this.config = config;
        this.times = times;
        this.streams = streams;
        this.spotters = spotters;
        this.peers = new PeerInstances(config.peerToken());
        this.topics = new TopicWatch(
                config.clientSettings(), spotters, Topics.changelog(config.applicationId()), this::stoppedBy);
    }

    /**
     * Starts the service; {@link #awaitRunning} waits until it processes frames.
     *
     * @throws BrokerException if the broker does not answer, a topic is missing or unsuitable, the state folder is in
     *     use, or a setting is invalid
     * @throws IllegalStateException if there is no model
     */
    public static KeywordService start(ServiceConfig config, SpotterProvider spotters, KeyspikeMeters meters) {
        return start(config, spotters, meters, StreamWatch.NOBODY);
    }

    /** As {@link #start(ServiceConfig, SpotterProvider, KeyspikeMeters)}, with an observer. */
    public static KeywordService start(
            ServiceConfig config, SpotterProvider spotters, KeyspikeMeters meters, StreamWatch watch) {
        spotters.current();
        ClusterFacts cluster = ClusterFacts.ask(config.clientSettings(), config.brokerWait());
        var times = new AcceptedTimes(InstantSource.system());
        times.learn(prepare(config));
        Path stateDir = config.stateDir().resolve(cluster.id());
        requireUnused(stateDir.resolve(config.applicationId()));
        var active = new ActiveStreams();
        KafkaStreams streams;
        try {
            Properties settings =
                    config.streamsSettings(stateDir, StateFolder.instanceId(stateDir), cluster.replicationFactor());
            settings.put(DeadLetterHandlers.METERS, meters);
            settings.put(LenientTimestamps.ACCEPTED, times);
            log.info(
                    "new internal topics get {} replica(s), as there are {} broker(s)",
                    settings.get(StreamsConfig.REPLICATION_FACTOR_CONFIG),
                    cluster.brokers());
            streams = new KafkaStreams(
                    KeywordTopology.build(
                            spotters,
                            meters,
                            active,
                            config.hearing(),
                            config.promptCommits(),
                            InstantSource.system(),
                            watch),
                    settings);
        } catch (KafkaException | IllegalArgumentException e) {
            throw new BrokerException(
                    "the service cannot run with these settings: " + BrokerException.rootMessage(e), e);
        }
        var service = new KeywordService(config, streams, spotters, times);
        streams.setUncaughtExceptionHandler(service.failures);
        streams.setStateListener((now, before) -> service.changed(now));
        streams.setGlobalStateRestoreListener(service.partitions);
        meters.activeStreams(active::total);
        meters.silentStreams(active::silent);
        meters.lag(service::lag);
        try {
            streams.start();
        } catch (KafkaException e) {
            service.topics.close();
            streams.close(Duration.ZERO);
            if (StateFolder.isDamaged(e)) {
                throw StateFolder.damaged(e);
            }
            throw new BrokerException(
                    "the service cannot start with its state in " + stateDir + ": " + BrokerException.rootMessage(e),
                    e);
        }
        return service;
    }

    /** Checks and prepares everything needed at the broker. */
    private static TimeLimits prepare(ServiceConfig config) {
        Topics.require(config.clientSettings());
        try (Admin admin = Topics.admin(config.clientSettings())) {
            TimeLimits times = TopicCheck.run(admin, config.applicationId());
            if (config.rebalance() == ServiceConfig.Rebalance.STREAMS) {
                GroupSettings.standbyReplicas(admin, config.applicationId(), config.standbyReplicas());
            }
            return times;
        } catch (TimeoutException e) {
            throw new BrokerException("no Kafka broker answered at " + config.bootstrapServers(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BrokerException("interrupted while checking the topics", e);
        }
    }

    /** Whether the topics have become unsuitable since the start; learns of changed limits on times. */
    private @Nullable BrokerException diagnose() {
        try (Admin admin = Topics.admin(config.clientSettings())) {
            TopicCheck.Findings found = TopicCheck.look(admin, config.applicationId());
            times.learn(found.times());
            return found.problems().isEmpty() ? null : new BrokerException(String.join("; ", found.problems()));
        } catch (TimeoutException | BrokerException e) {
            log.debug("cannot look at the topics after a failure", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return null;
    }

    private void stoppedBy(BrokerException reason) {
        failures.stopped(reason);
        running.countDown();
        ended.countDown();
    }

    private void changed(KafkaStreams.State now) {
        Throwable fatal = failures.fatal();
        // Damaged state is restored by the command that started the service: that is not the end of it.
        if (now != KafkaStreams.State.ERROR || fatal == null || !StateFolder.isDamaged(fatal)) {
            partitions.changed(now);
        }
        if (now == KafkaStreams.State.RUNNING) {
            running.countDown();
        } else if (now == KafkaStreams.State.PENDING_ERROR
                || now == KafkaStreams.State.ERROR
                || now == KafkaStreams.State.NOT_RUNNING) {
            // PENDING_ERROR may last for ever: a producer that closes waits for its commit to a topic that was deleted.
            running.countDown();
            ended.countDown();
        }
    }

    /**
     * Waits until all partitions are assigned and their state is restored.
     *
     * @throws BrokerException if that does not happen in time, or never will
     */
    public void awaitRunning(Duration timeout) throws InterruptedException {
        boolean changed = running.await(timeout.toNanos(), TimeUnit.NANOSECONDS);
        throwIfFailed();
        if (!changed) {
            throw new BrokerException("the service at " + config.bootstrapServers() + " is still " + state() + " after "
                    + timeout.toSeconds() + " s; is another instance with application id " + config.applicationId()
                    + " not answering?");
        }
    }

    /** Waits until the service has stopped. @throws BrokerException if it stopped because of a failure */
    public void awaitEnd() throws InterruptedException {
        ended.await();
        throwIfFailed();
    }

    /** Whether the service has stopped, by itself or because it was closed; {@link #awaitEnd} then tells why at once. */
    public boolean hasEnded() {
        return ended.getCount() == 0;
    }

    /** What the service is doing; RUNNING and REBALANCING are healthy. */
    public KafkaStreams.State state() {
        return streams.state();
    }

    /** Consumer lag: unread records of {@link Topics#AUDIO_FRAMES} in this instance's partitions. */
    public double lag() {
        double records = 0;
        for (Metric metric : streams.metrics().values()) {
            MetricName name = metric.metricName();
            if (name.name().equals("records-lag")
                    && Topics.AUDIO_FRAMES.equals(name.tags().get("topic"))
                    && metric.metricValue() instanceof Double lag
                    && !lag.isNaN()) {
                records += lag;
            }
        }
        return records;
    }

    /** Liveness: whether the service works at all; if false, restart the process. */
    public Health health() {
        KafkaStreams.State now = state();
        return new Health(failures.fatal() == null && now.isRunningOrRebalancing(), word(now), details());
    }

    /** Readiness: whether the service has its partitions, their states are restored, and it has a model. */
    public Health ready() {
        KafkaStreams.State now = state();
        return new Health(failures.fatal() == null && now == KafkaStreams.State.RUNNING, word(now), details());
    }

    private static String word(KafkaStreams.State state) {
        return state.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private Map<String, Object> details() {
        int active = 0;
        int standby = 0;
        for (var thread : streams.metadataForLocalThreads()) {
            active += thread.activeTasks().size();
            standby += thread.standbyTasks().size();
        }
        var details = new HashMap<String, Object>();
        details.put("model", spotters.current().model().version());
        details.put("partitions", active);
        details.put("standbyPartitions", standby);
        Throwable fatal = failures.fatal();
        if (fatal != null) {
            details.put("stopping", BrokerException.rootMessage(fatal));
        }
        String instance = config.advertisedAddress();
        if (instance != null) {
            details.put("instance", instance);
        }
        return details;
    }

    /** The routes of {@code /devices} and below. */
    public Route devices() {
        return DeviceRoutes.of(new DeviceQuery(streams, config.advertisedAddress(), peers));
    }

    /** Devices that other instances hear; see {@link DeviceQuery#listElsewhere}. */
    public DeviceQuery.Elsewhere elsewhere(String part, int limit) {
        return new DeviceQuery(streams, config.advertisedAddress(), peers).listElsewhere(part, limit);
    }

    /** Kafka's own metrics. */
    public KafkaStreams streams() {
        return streams;
    }

    /**
     * Finishes the frames in progress, commits and stops, within {@link #CLOSE_TIMEOUT}. Remains a member of the group for
     * the session timeout unless {@link ServiceConfig#withLeaveOnClose} says otherwise.
     */
    @Override
    public void close() {
        topics.close();
        boolean leave = config.leaveOnClose() || config.rebalance() == ServiceConfig.Rebalance.STREAMS;
        var membership = leave
                ? CloseOptions.GroupMembershipOperation.LEAVE_GROUP
                : CloseOptions.GroupMembershipOperation.REMAIN_IN_GROUP;
        boolean stopped =
                streams.close(CloseOptions.groupMembershipOperation(membership).withTimeout(CLOSE_TIMEOUT));
        if (!stopped) {
            log.warn(
                    "the service did not stop within {} s; uncommitted frames will be processed again",
                    CLOSE_TIMEOUT.toSeconds());
        }
        peers.close();
        ended.countDown();
    }

    private void throwIfFailed() {
        Throwable cause = failures.fatal();
        if (cause != null && StateFolder.isDamaged(cause)) {
            throw StateFolder.damaged(cause);
        }
        if (cause != null) {
            throw new BrokerException("the service stopped: " + BrokerException.rootMessage(cause), cause);
        }
    }

    /** Whether another instance runs on this state. Kafka Streams would log errors before it fails. */
    private static void requireUnused(Path state) {
        Path lock = state.resolve(".lock"); // Kafka Streams' own
        if (!Files.exists(lock)) {
            return;
        }
        try (FileChannel channel = FileChannel.open(lock, StandardOpenOption.WRITE);
                FileLock free = channel.tryLock()) {
            if (free == null) {
                throw inUse(state);
            }
        } catch (OverlappingFileLockException e) {
            throw inUse(state);
        } catch (IOException e) {
            throw new BrokerException("cannot use the state folder " + state + ": " + e.getMessage(), e);
        }
    }

    private static BrokerException inUse(Path state) {
        return new BrokerException("the state folder " + state
                + " is in use by another service on this machine; give each" + " its own with --state-dir DIR");
    }
}

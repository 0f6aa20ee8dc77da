package io.keyspike.app.kafka.service;

import io.keyspike.app.kafka.device.HearingSettings;
import io.keyspike.app.kafka.wire.LenientTimestamps;
import io.keyspike.app.kafka.wire.Topics;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.state.HostInfo;
import org.jspecify.annotations.Nullable;

/**
 * How the service runs on Kafka. Immutable. Settings not mentioned here keep Kafka's default; {@code docs/kafka.md} has a
 * table of all differences.
 */
public final class ServiceConfig {

    /** Processing guarantee: the effect of a crash on the results. */
    public enum Guarantee {
        EXACTLY_ONCE(StreamsConfig.EXACTLY_ONCE_V2),
        AT_LEAST_ONCE(StreamsConfig.AT_LEAST_ONCE);

        private final String setting;

        Guarantee(String setting) {
            this.setting = setting;
        }
    }

    /** Rebalance protocol: who assigns the partitions to the instances. */
    public enum Rebalance {
        /** Client-side, by one of the instances. Supports static members and warm-up of new instances. */
        CLASSIC,
        /** Broker-side (KIP-1071, from Kafka 4.2). No static members and no warm-up yet. */
        STREAMS;

        String setting() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public static final String DEFAULT_APPLICATION_ID = "keyspike";

    /** The default of {@link #stateDir}. */
    public static final Path DEFAULT_STATE_DIR = Path.of(System.getProperty("user.home"), ".keyspike", "state");

    /** The default of {@link #standbyReplicas}. */
    public static final int DEFAULT_STANDBY_REPLICAS = 1;

    /** The default of {@link #sessionTimeout}. */
    public static final Duration DEFAULT_SESSION_TIMEOUT = Duration.ofSeconds(15);

    /**
     * The default of {@link #warmUp}: the longest it may take, as it ends when the compiler is done. Much longer, and devices
     * that wait for a restarted service would lose more by the warm-up than by a cold start.
     */
    public static final int DEFAULT_WARM_UP_SECONDS = 20;

    /**
     * The default of {@link #withEventDelay}. With frames of 80 ms every device has changed by then anyway, so committing
     * more often than that costs little more, and an event is committed within a tenth of a second.
     */
    private static final Duration DEFAULT_EVENT_DELAY = Duration.ofMillis(60);

    /** Cache for device states between commits: some 50,000 of a small model. */
    private static final long CACHE_BYTES = 64L << 20;

    /**
     * A commit sends the states of hundreds of devices of a partition at once, and each batch waits for the response to
     * the previous one: with Kafka's 16 KiB that would be a dozen round trips. Not larger, since each partition being
     * written to holds one batch of the producer's 32 MiB.
     */
    private static final int BATCH_BYTES = 128 << 10;

    /**
     * A transaction that begins while the broker is still completing the previous one, which takes some milliseconds, gets
     * CONCURRENT_TRANSACTIONS and must retry; the committing thread processes nothing until it succeeds.
     */
    private static final int RETRY_BACKOFF_MILLIS = 10;

    /** Records of a changelog are restored at some 100,000 a second, so this is a tenth of a second. */
    private static final long RECOVERY_LAG_RECORDS = 10_000;

    /**
     * Transaction timeout with a single broker. Kafka Streams' default is 10 s, which an outage of it easily exceeds:
     * transactions that expire while it is down are aborted as soon as it is back, and Kafka 4.3 may then leave partitions
     * without the abort marker (KAFKA-20734), so that aborted records are read as well as their repetition.
     */
    private static final Duration LONE_BROKER_TRANSACTION = Duration.ofMinutes(1);

    /** The shortest that Kafka accepts. */
    private static final Duration PROBING_INTERVAL = Duration.ofMinutes(1);

    private final String bootstrapServers;
    private String applicationId = DEFAULT_APPLICATION_ID;
    private Path stateDir = DEFAULT_STATE_DIR;
    private Guarantee guarantee = Guarantee.EXACTLY_ONCE;
    private int threads = Math.max(1, Runtime.getRuntime().availableProcessors());
    private Duration commitInterval = Duration.ofSeconds(1);
    private Duration eventDelay = DEFAULT_EVENT_DELAY;
    private Duration sessionTimeout = DEFAULT_SESSION_TIMEOUT;
    private Rebalance rebalance = Rebalance.CLASSIC;
    private int standbyReplicas = DEFAULT_STANDBY_REPLICAS;
    private boolean leaveOnClose;
    private Duration brokerWait = Duration.ZERO;
    private Duration warmUp = Duration.ofSeconds(DEFAULT_WARM_UP_SECONDS);

    @Nullable
    private String advertisedAddress;

    @Nullable
    private String peerToken;

    private HearingSettings hearing = HearingSettings.DEFAULT;
    private Map<String, String> properties = Map.of();

    private ServiceConfig(String bootstrapServers) {
        this.bootstrapServers = bootstrapServers;
    }

    private ServiceConfig(ServiceConfig other) {
        bootstrapServers = other.bootstrapServers;
        applicationId = other.applicationId;
        stateDir = other.stateDir;
        guarantee = other.guarantee;
        threads = other.threads;
        commitInterval = other.commitInterval;
        eventDelay = other.eventDelay;
        sessionTimeout = other.sessionTimeout;
        rebalance = other.rebalance;
        standbyReplicas = other.standbyReplicas;
        leaveOnClose = other.leaveOnClose;
        brokerWait = other.brokerWait;
        warmUp = other.warmUp;
        advertisedAddress = other.advertisedAddress;
        peerToken = other.peerToken;
        hearing = other.hearing;
        properties = other.properties;
    }

    /**
     * The defaults, for a broker.
     *
     * @param bootstrapServers {@code host:port[,host:port…]}
     */
    public static ServiceConfig at(String bootstrapServers) {
        return new ServiceConfig(bootstrapServers);
    }

    /** Name of the consumer group and prefix of the internal topics; instances with the same id share the work. */
    public ServiceConfig withApplicationId(String id) {
        var changed = new ServiceConfig(this);
        changed.applicationId = id;
        return changed;
    }

    /**
     * Folder of the local state, one subfolder for each cluster. Kafka's default is under {@code /tmp}, where a clean-up
     * may silently delete it; everything would then have to be restored from the changelog.
     */
    public ServiceConfig withStateDir(Path dir) {
        var changed = new ServiceConfig(this);
        changed.stateDir = dir;
        return changed;
    }

    /**
     * {@link Guarantee#EXACTLY_ONCE} by default: state, events and the position in the input are committed together, so a
     * crash neither duplicates nor loses an event and no frame is processed twice. It delays read-committed consumers by at
     * most {@link #withEventDelay}.
     */
    public ServiceConfig withGuarantee(Guarantee value) {
        var changed = new ServiceConfig(this);
        changed.guarantee = value;
        return changed;
    }

    /** Number of stream threads, at most one per core; each partition is served by one thread. */
    public ServiceConfig withThreads(int count) {
        if (count < 1) {
            throw new IllegalArgumentException("expected at least 1 thread, found " + count);
        }
        var changed = new ServiceConfig(this);
        changed.threads = count;
        return changed;
    }

    /**
     * Commit interval while there are no detections. A commit writes the state of every device active since the last one, so
     * frequent commits are expensive; rare ones leave more to be reprocessed after a crash.
     */
    public ServiceConfig withCommitInterval(Duration value) {
        var changed = new ServiceConfig(this);
        changed.commitInterval = value;
        return changed;
    }

    /**
     * How long an event may wait for its commit, under {@link Guarantee#EXACTLY_ONCE}, while commits are quick; see
     * {@link CommitScheduler}.
     */
    public ServiceConfig withEventDelay(Duration value) {
        var changed = new ServiceConfig(this);
        changed.eventDelay = value;
        return changed;
    }

    /** How long an instance may be unresponsive before others take its partitions; {@link Rebalance#CLASSIC} only. */
    public ServiceConfig withSessionTimeout(Duration value) {
        var changed = new ServiceConfig(this);
        changed.sessionTimeout = value;
        return changed;
    }

    public ServiceConfig withRebalance(Rebalance protocol) {
        var changed = new ServiceConfig(this);
        changed.rebalance = protocol;
        return changed;
    }

    /** Number of further instances that replicate each device's state, to take over at once and to answer queries. */
    public ServiceConfig withStandbyReplicas(int count) {
        if (count < 0) {
            throw new IllegalArgumentException("expected at least 0 standby replicas, found " + count);
        }
        var changed = new ServiceConfig(this);
        changed.standbyReplicas = count;
        return changed;
    }

    /**
     * Whether the service leaves the group immediately on shutdown, as it should if it will not be back soon. By default it
     * remains a member until {@link #withSessionTimeout} has passed, so a restart moves no partitions.
     */
    public ServiceConfig withLeaveOnClose(boolean leave) {
        var changed = new ServiceConfig(this);
        changed.leaveOnClose = leave;
        return changed;
    }

    /** How long to wait for an unresponsive broker at startup. */
    public ServiceConfig withBrokerWait(Duration value) {
        var changed = new ServiceConfig(this);
        changed.brokerWait = value;
        return changed;
    }

    /** How long a {@link WarmUp} may take before the service joins; zero for none. */
    public ServiceConfig withWarmUp(Duration value) {
        if (value.isNegative()) {
            throw new IllegalArgumentException("--warm-up: expected at least 0 seconds, found " + value.toSeconds());
        }
        var changed = new ServiceConfig(this);
        changed.warmUp = value;
        return changed;
    }

    /**
     * How instances query each other about devices.
     *
     * @param hostAndPort the address at which others reach this instance's HTTP server, {@code host:port}
     * @param token required by every instance's server; null for none
     * @throws IllegalArgumentException if the address is not of that form
     */
    public ServiceConfig withPeers(String hostAndPort, @Nullable String token) {
        HostInfo parsed;
        try {
            parsed = HostInfo.buildFromEndpoint(hostAndPort);
        } catch (ConfigException e) {
            parsed = null;
        }
        if (parsed == null || parsed.port() < 1 || parsed.port() > 65_535) {
            throw new IllegalArgumentException("expected an address HOST:PORT, found " + hostAndPort);
        }
        var changed = new ServiceConfig(this);
        changed.advertisedAddress = hostAndPort;
        changed.peerToken = token;
        return changed;
    }

    public ServiceConfig withHearing(HearingSettings settings) {
        var changed = new ServiceConfig(this);
        changed.hearing = settings;
        return changed;
    }

    /**
     * Any Kafka setting, for streams, producer, consumer and admin client alike (prefixes {@code consumer.}, {@code
     * producer.}, {@code admin.} select one of them); these take precedence over everything set here.
     */
    public ServiceConfig withProperties(Map<String, String> values) {
        var changed = new ServiceConfig(this);
        changed.properties = Map.copyOf(values);
        return changed;
    }

    public String bootstrapServers() {
        return bootstrapServers;
    }

    public String applicationId() {
        return applicationId;
    }

    public Path stateDir() {
        return stateDir;
    }

    public Guarantee guarantee() {
        return guarantee;
    }

    public Rebalance rebalance() {
        return rebalance;
    }

    public int standbyReplicas() {
        return standbyReplicas;
    }

    public boolean leaveOnClose() {
        return leaveOnClose;
    }

    public Duration brokerWait() {
        return brokerWait;
    }

    public Duration warmUp() {
        return warmUp;
    }

    public int threads() {
        return threads;
    }

    public @Nullable String advertisedAddress() {
        return advertisedAddress;
    }

    @Nullable
    String peerToken() {
        return peerToken;
    }

    public HearingSettings hearing() {
        return hearing;
    }

    public Map<String, String> properties() {
        return properties;
    }

    /** Creates the scheduler of event-driven commits; null if events do not wait for commits. */
    CommitScheduler.@Nullable Pace promptCommits() {
        return guarantee == Guarantee.EXACTLY_ONCE && eventDelay.compareTo(commitInterval) < 0
                ? new CommitScheduler.Pace(eventDelay, commitInterval)
                : null;
    }

    /** Client settings for this broker, as needed by {@link Topics}. */
    public Map<String, String> clientSettings() {
        var settings = new HashMap<>(properties);
        settings.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
        return settings;
    }

    /**
     * Settings of Kafka Streams.
     *
     * @param clusterStateDir folder of this cluster's state
     * @param instanceId name of this instance that survives a restart
     * @param replicationFactor of the internal topics; 1 if there is only one broker
     * @throws IllegalArgumentException if settings exclude each other
     */
    public Properties streamsSettings(Path clusterStateDir, String instanceId, int replicationFactor) {
        var s = new Properties();
        s.put(StreamsConfig.STATE_DIR_CONFIG, clusterStateDir.toString());
        s.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, guarantee.setting);
        s.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, threads);
        s.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, commitInterval.toMillis());
        s.put(StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG, CACHE_BYTES);
        s.put(StreamsConfig.ROCKSDB_CONFIG_SETTER_CLASS_CONFIG, StoreMemory.class);
        s.put(StreamsConfig.REPLICATION_FACTOR_CONFIG, replicationFactor);
        s.put(StreamsConfig.ACCEPTABLE_RECOVERY_LAG_CONFIG, RECOVERY_LAG_RECORDS);
        s.put(StreamsConfig.PROBING_REBALANCE_INTERVAL_MS_CONFIG, PROBING_INTERVAL.toMillis());
        if (advertisedAddress != null) {
            s.put(StreamsConfig.APPLICATION_SERVER_CONFIG, advertisedAddress);
        }
        putMembership(s, instanceId);
        if (guarantee == Guarantee.EXACTLY_ONCE && replicationFactor == 1) {
            s.put(
                    StreamsConfig.producerPrefix(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG),
                    millis(LONE_BROKER_TRANSACTION));
        }
        // A service started for the first time processes existing records instead of silently skipping them.
        s.put(StreamsConfig.mainConsumerPrefix(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG), "earliest");

        // Streams lingers for 100 ms to make large batches; here an event should be sent at once.
        s.put(StreamsConfig.producerPrefix(ProducerConfig.LINGER_MS_CONFIG), 5);
        s.put(StreamsConfig.producerPrefix(ProducerConfig.COMPRESSION_TYPE_CONFIG), "lz4");
        s.put(StreamsConfig.producerPrefix(ProducerConfig.BATCH_SIZE_CONFIG), BATCH_BYTES);
        s.put(StreamsConfig.producerPrefix(ProducerConfig.RETRY_BACKOFF_MS_CONFIG), RETRY_BACKOFF_MILLIS);
        // While a transaction is being completed the broker turns away the first batch of the next one; batches already
        // behind it are then refused as out of order, logged as errors, and sent again after a pause.
        s.put(StreamsConfig.producerPrefix(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION), 1);

        // Frames from other producers may lack a timestamp; that must not stop the stream.
        s.put(StreamsConfig.DEFAULT_TIMESTAMP_EXTRACTOR_CLASS_CONFIG, LenientTimestamps.class);
        DeadLetterHandlers.configure(s);

        s.putAll(properties);
        s.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
        s.put(StreamsConfig.APPLICATION_ID_CONFIG, applicationId);
        return s;
    }

    private void putMembership(Properties s, String instanceId) {
        s.put(StreamsConfig.GROUP_PROTOCOL_CONFIG, rebalance.setting());
        switch (rebalance) {
            case CLASSIC -> {
                s.put(StreamsConfig.NUM_STANDBY_REPLICAS_CONFIG, standbyReplicas);
                // A static member that comes back gets its partitions back at once. Without a name, a restart after a
                // crash would wait until the session of its former self has timed out.
                s.put(StreamsConfig.mainConsumerPrefix(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG), instanceId);
                s.put(
                        StreamsConfig.mainConsumerPrefix(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG),
                        millis(sessionTimeout));
                s.put(
                        StreamsConfig.mainConsumerPrefix(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG),
                        millis(sessionTimeout) / 3);
            }
            case STREAMS -> {
                // Standby replicas and the session timeout are settings of the group at the broker; see GroupSettings.
                if (!sessionTimeout.equals(DEFAULT_SESSION_TIMEOUT)) {
                    throw new IllegalArgumentException("a session timeout requires the rebalance protocol classic; with"
                            + " streams it is set at the broker, as the group's setting streams.session.timeout.ms");
                }
                for (String name : properties.keySet()) {
                    if (name.endsWith(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG)
                            || name.endsWith(StreamsConfig.NUM_STANDBY_REPLICAS_CONFIG)) {
                        throw new IllegalArgumentException(
                                name + " requires the rebalance protocol classic; the protocol streams has no static"
                                        + " members, and its standby replicas are the group's setting");
                    }
                }
            }
        }
    }

    private static int millis(Duration duration) {
        return Math.toIntExact(duration.toMillis());
    }
}

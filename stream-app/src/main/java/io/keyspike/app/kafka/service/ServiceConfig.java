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
 * How the service runs on Kafka. Immutable. What is not said here keeps Kafka's default; {@code docs/kafka.md} has a table
 * of all that differs.
 */
public final class ServiceConfig {

    /** What a crash may do to the results. */
    public enum Guarantee {
        EXACTLY_ONCE(StreamsConfig.EXACTLY_ONCE_V2),
        AT_LEAST_ONCE(StreamsConfig.AT_LEAST_ONCE);

        private final String setting;

        Guarantee(String setting) {
            this.setting = setting;
        }
    }

    /** Who shares the partitions out among the instances. */
    public enum Rebalance {
        /** One of the instances. Knows static members, and warms a new instance up before it takes over. */
        CLASSIC,
        /** The broker (KIP-1071, from Kafka 4.2). No static members and no warm-up yet. */
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
     * The default of {@link #withEventDelay}. With frames of 80 ms every device has changed by then anyway, so that coming
     * back sooner than that costs little more, and an event is certain within a tenth of a second.
     */
    private static final Duration DEFAULT_EVENT_DELAY = Duration.ofMillis(60);

    /** Devices' states in memory before a commit: some 50,000 of a small model. */
    private static final long CACHE_BYTES = 64L << 20;

    /**
     * A commit sends the states of hundreds of devices of a partition at once, and one batch follows the other only when
     * the broker has answered: Kafka's 16 KiB would be a dozen answers to wait for. Not more, since each partition that
     * is being written to holds a batch of the producer's 32 MiB.
     */
    private static final int BATCH_BYTES = 128 << 10;

    /**
     * A transaction that begins while the broker still completes the one before, some milliseconds later, is told to come
     * again; the thread that commits hears nothing until it does.
     */
    private static final int RETRY_BACKOFF_MILLIS = 10;

    /** Records of a changelog are restored at some 100,000 a second, so this is a tenth of a second. */
    private static final long RECOVERY_LAG_RECORDS = 10_000;

    /**
     * How long a transaction may stay open where there is one broker only. Kafka Streams has 10 s, which that broker's outage
     * easily outlasts: transactions that expire while it is down it gives up as soon as it is back, and Kafka 4.3 may then
     * leave partitions without the mark of it (KAFKA-20734), so that what was given up is heard twice.
     */
    private static final Duration LONE_BROKER_TRANSACTION = Duration.ofMinutes(1);

    /** The shortest that Kafka takes. */
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
        advertisedAddress = other.advertisedAddress;
        peerToken = other.peerToken;
        hearing = other.hearing;
        properties = other.properties;
    }

    /**
     * The defaults, at a broker.
     *
     * @param bootstrapServers {@code host:port[,host:port…]}
     */
    public static ServiceConfig at(String bootstrapServers) {
        return new ServiceConfig(bootstrapServers);
    }

    /** Name of the group, and prefix of the internal topics; instances with the same one share the work. */
    public ServiceConfig withApplicationId(String id) {
        var changed = new ServiceConfig(this);
        changed.applicationId = id;
        return changed;
    }

    /**
     * Folder of the local state, one subfolder for each cluster. Kafka's default lies under {@code /tmp}, where a clean-up
     * silently takes it away; without it everything must be read again from the changelog.
     */
    public ServiceConfig withStateDir(Path dir) {
        var changed = new ServiceConfig(this);
        changed.stateDir = dir;
        return changed;
    }

    /**
     * {@link Guarantee#EXACTLY_ONCE} by default: state, events and the position in the input are committed together, so that
     * a crash neither doubles nor loses an event nor lets a membrane see a frame twice. It costs readers that want only what
     * is certain {@link #withEventDelay} at most.
     */
    public ServiceConfig withGuarantee(Guarantee value) {
        var changed = new ServiceConfig(this);
        changed.guarantee = value;
        return changed;
    }

    /** One per core at most; a partition is served by one thread. */
    public ServiceConfig withThreads(int count) {
        if (count < 1) {
            throw new IllegalArgumentException("expected at least 1 thread, found " + count);
        }
        var changed = new ServiceConfig(this);
        changed.threads = count;
        return changed;
    }

    /**
     * How often work is committed while nothing is heard. A commit writes the state of every device that was heard since
     * the last one, so frequent commits cost; rare ones leave more to be heard again after a crash.
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

    /** How long an instance may be silent before others take its partitions; for {@link Rebalance#CLASSIC} only. */
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

    /** Further instances that follow each device's state, to take over at once and to answer in the meantime. */
    public ServiceConfig withStandbyReplicas(int count) {
        if (count < 0) {
            throw new IllegalArgumentException("expected at least 0 standby replicas, found " + count);
        }
        var changed = new ServiceConfig(this);
        changed.standbyReplicas = count;
        return changed;
    }

    /**
     * Whether a service that is stopped gives its partitions away at once, as it should where it will not come back soon. By
     * default it remains a member until {@link #withSessionTimeout} has passed, so that a restart moves nothing.
     */
    public ServiceConfig withLeaveOnClose(boolean leave) {
        var changed = new ServiceConfig(this);
        changed.leaveOnClose = leave;
        return changed;
    }

    /** How long a broker that does not answer is waited for when the service starts. */
    public ServiceConfig withBrokerWait(Duration value) {
        var changed = new ServiceConfig(this);
        changed.brokerWait = value;
        return changed;
    }

    /**
     * How instances ask each other about devices.
     *
     * @param hostAndPort where the others reach this one's HTTP server, {@code host:port}
     * @param token what every instance's server asks for; null for none
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
     * producer.}, {@code admin.} narrow one down); these go before everything that is set here.
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

    /** When events ask for a commit; null where they do not wait for one. */
    CommitScheduler.@Nullable Pace promptCommits() {
        return guarantee == Guarantee.EXACTLY_ONCE && eventDelay.compareTo(commitInterval) < 0
                ? new CommitScheduler.Pace(eventDelay, commitInterval)
                : null;
    }

    /** Settings of a client at this broker, such as {@link Topics} needs. */
    public Map<String, String> clientSettings() {
        var settings = new HashMap<>(properties);
        settings.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
        return settings;
    }

    /**
     * Settings of Kafka Streams.
     *
     * @param clusterStateDir where this cluster's state lies
     * @param instanceId name of this instance that outlives a restart
     * @param replicationFactor copies of the internal topics; 1 where there is no other broker to go on with
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
        // A service that is started for the first time hears what is there already, instead of losing it silently.
        s.put(StreamsConfig.mainConsumerPrefix(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG), "earliest");

        // Streams lingers for 100 ms to make large batches; here an event should leave when it is heard.
        s.put(StreamsConfig.producerPrefix(ProducerConfig.LINGER_MS_CONFIG), 5);
        s.put(StreamsConfig.producerPrefix(ProducerConfig.COMPRESSION_TYPE_CONFIG), "lz4");
        s.put(StreamsConfig.producerPrefix(ProducerConfig.BATCH_SIZE_CONFIG), BATCH_BYTES);
        s.put(StreamsConfig.producerPrefix(ProducerConfig.RETRY_BACKOFF_MS_CONFIG), RETRY_BACKOFF_MILLIS);
        // While a transaction is being completed the broker turns away the first batch of the next one; batches already
        // behind it are then refused as out of order, logged as errors, and sent again after a pause.
        s.put(StreamsConfig.producerPrefix(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION), 1);

        // Frames of another origin may carry no time; that must not stop the stream.
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
                // A known member that comes back takes its partitions again at once. Without a name, a restart after a
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
                // Standby copies and the session's length are settings of the group at the broker; see GroupSettings.
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

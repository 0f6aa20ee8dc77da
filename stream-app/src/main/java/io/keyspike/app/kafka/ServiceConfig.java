package io.keyspike.app.kafka;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.streams.StreamsConfig;

/**
 * How the service runs on Kafka. What is not said here keeps Kafka's default.
 *
 * @param bootstrapServers {@code host:port[,host:port…]}
 * @param applicationId name of the consumer group, and prefix of the internal topics; instances with the same one share
 *     the work
 * @param stateDir folder of the local state, one subfolder for each cluster. Kafka's default lies under {@code /tmp}, where
 *     a clean-up silently takes it away; without it everything must be read again from the changelog
 * @param guarantee {@link Guarantee#EXACTLY_ONCE} by default: state, events and the position in the input are committed
 *     together, so that a crash neither doubles nor loses an event nor lets a membrane see a frame twice. It costs one
 *     commit interval of delay for readers that want only what is certain
 * @param threads one per core at most; a partition is served by one thread
 * @param commitInterval how often work is committed, and with it how late a careful reader sees an event
 * @param sessionTimeout how long an instance may be silent before others take its partitions
 * @param properties any Kafka setting, for streams, producer, consumer and admin client alike (prefixes {@code
 *     consumer.}, {@code producer.}, {@code admin.} narrow one down); these go before everything that is set here
 */
public record ServiceConfig(
        String bootstrapServers,
        String applicationId,
        Path stateDir,
        Guarantee guarantee,
        int threads,
        Duration commitInterval,
        Duration sessionTimeout,
        Map<String, String> properties) {

    /** What a crash may do to the results. */
    public enum Guarantee {
        EXACTLY_ONCE(StreamsConfig.EXACTLY_ONCE_V2),
        AT_LEAST_ONCE(StreamsConfig.AT_LEAST_ONCE);

        private final String setting;

        Guarantee(String setting) {
            this.setting = setting;
        }
    }

    public static final String DEFAULT_APPLICATION_ID = "keyspike";

    /** The default of {@link #stateDir}. */
    public static final Path DEFAULT_STATE_DIR = Path.of(System.getProperty("user.home"), ".keyspike", "state");

    public ServiceConfig {
        properties = Map.copyOf(properties);
        if (threads < 1) {
            throw new IllegalArgumentException("expected at least 1 thread, found " + threads);
        }
    }

    /** The defaults, at a broker. */
    public static ServiceConfig at(String bootstrapServers) {
        return new ServiceConfig(
                bootstrapServers,
                DEFAULT_APPLICATION_ID,
                DEFAULT_STATE_DIR,
                Guarantee.EXACTLY_ONCE,
                Math.max(1, Runtime.getRuntime().availableProcessors()),
                Duration.ofMillis(100),
                Duration.ofSeconds(15),
                Map.of());
    }

    public ServiceConfig withApplicationId(String id) {
        return new ServiceConfig(
                bootstrapServers, id, stateDir, guarantee, threads, commitInterval, sessionTimeout, properties);
    }

    public ServiceConfig withStateDir(Path dir) {
        return new ServiceConfig(
                bootstrapServers, applicationId, dir, guarantee, threads, commitInterval, sessionTimeout, properties);
    }

    public ServiceConfig withGuarantee(Guarantee value) {
        return new ServiceConfig(
                bootstrapServers, applicationId, stateDir, value, threads, commitInterval, sessionTimeout, properties);
    }

    public ServiceConfig withThreads(int count) {
        return new ServiceConfig(
                bootstrapServers,
                applicationId,
                stateDir,
                guarantee,
                count,
                commitInterval,
                sessionTimeout,
                properties);
    }

    public ServiceConfig withSessionTimeout(Duration value) {
        return new ServiceConfig(
                bootstrapServers, applicationId, stateDir, guarantee, threads, commitInterval, value, properties);
    }

    public ServiceConfig withProperties(Map<String, String> values) {
        return new ServiceConfig(
                bootstrapServers, applicationId, stateDir, guarantee, threads, commitInterval, sessionTimeout, values);
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
     */
    Properties streamsSettings(Path clusterStateDir, String instanceId) {
        var s = new Properties();
        s.put(StreamsConfig.STATE_DIR_CONFIG, clusterStateDir.toString());
        s.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, guarantee.setting);
        s.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, threads);
        s.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, commitInterval.toMillis());

        // A known member that comes back takes its partitions again at once. Without a name, a restart after a crash
        // would wait until the session of its former self has timed out.
        s.put(StreamsConfig.mainConsumerPrefix(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG), instanceId);
        s.put(StreamsConfig.mainConsumerPrefix(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG), millis(sessionTimeout));
        s.put(
                StreamsConfig.mainConsumerPrefix(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG),
                millis(sessionTimeout) / 3);
        // A service that is started for the first time hears what is there already, instead of losing it silently.
        s.put(StreamsConfig.mainConsumerPrefix(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG), "earliest");

        // Streams lingers for 100 ms to make large batches; here an event should leave when it is heard.
        s.put(StreamsConfig.producerPrefix(ProducerConfig.LINGER_MS_CONFIG), 5);
        s.put(StreamsConfig.producerPrefix(ProducerConfig.COMPRESSION_TYPE_CONFIG), "lz4");
        // While a transaction is being completed the broker turns away the first batch of the next one; batches already
        // behind it are then refused as out of order, logged as errors, and sent again after a pause.
        s.put(StreamsConfig.producerPrefix(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION), 1);

        // Frames of another origin may carry no time; that must not stop the stream.
        s.put(StreamsConfig.DEFAULT_TIMESTAMP_EXTRACTOR_CLASS_CONFIG, LenientTimestamps.class);
        s.put(StreamsConfig.PROCESSING_EXCEPTION_HANDLER_CLASS_CONFIG, DeadLetterHandler.class);

        s.putAll(properties);
        s.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
        s.put(StreamsConfig.APPLICATION_ID_CONFIG, applicationId);
        return s;
    }

    private static int millis(Duration duration) {
        return Math.toIntExact(duration.toMillis());
    }
}

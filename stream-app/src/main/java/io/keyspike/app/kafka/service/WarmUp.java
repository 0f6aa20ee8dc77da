package io.keyspike.app.kafka.service;

import io.keyspike.app.files.TemporaryFolder;
import io.keyspike.app.hearing.StreamWatch;
import io.keyspike.app.kafka.broker.EmbeddedBroker;
import io.keyspike.app.kafka.device.ActiveStreams;
import io.keyspike.app.kafka.device.SpotterProvider;
import io.keyspike.app.kafka.wire.AcceptedTimes;
import io.keyspike.app.kafka.wire.BrokerException;
import io.keyspike.app.kafka.wire.EventConsumer;
import io.keyspike.app.kafka.wire.LenientTimestamps;
import io.keyspike.app.kafka.wire.Topics;
import io.keyspike.models.spotter.KeywordSpotter;
import io.keyspike.monitoring.KeyspikeMeters;
import io.micrometer.core.instrument.Clock;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.lang.management.CompilationMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.streams.KafkaStreams;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the whole service on made-up devices before it takes over real ones, so that the JIT has compiled what a frame passes
 * through: broker protocol, consumer, state store, features, network, events, commits. A service started cold on a thousand
 * live devices is late for most of a minute, since the compiler competes with the devices for the processor.
 *
 * <p>All of it happens on a broker of its own inside this process, in a temporary folder, with meters, states and topics that
 * are thrown away: nothing reaches the cluster, the metrics or the device states.
 */
public final class WarmUp {

    private static final Logger log = LoggerFactory.getLogger(WarmUp.class);

    private static final String APPLICATION = "keyspike-warm-up";

    /** Frames sent but not yet processed, at most: polls are then as short as with live devices. */
    private static final int BACKLOG = 2 * WarmUpLoad.DEVICES;

    /** Nothing is settled before this number of frames, at least: a compiler that is not yet busy is idle too. */
    private static final long FEWEST_FRAMES = 50_000;

    /** Time over which the compiler must have been idle. */
    private static final long WINDOW_NANOS = TimeUnit.SECONDS.toNanos(2);

    /** The compiler is idle once it takes less than this share of one thread. */
    private static final double IDLE_SHARE = 0.1;

    /** A threshold that noise exceeds now and then, so that events and their commits are exercised too. */
    private static final float LOW_THRESHOLD = 0.02f;

    /** One device of this number has low thresholds. */
    private static final int EAGER = 8;

    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(5);
    private static final long PAUSE_MILLIS = 1;

    /**
     * Little on the disk, whatever is sent: a container's temporary folder may be memory. 1 MiB is the shortest segment that
     * Kafka accepts.
     */
    private static final Map<String, String> BROKER = Map.of(
            "log.segment.bytes",
            String.valueOf(4 << 20),
            "log.retention.bytes",
            String.valueOf(4 << 20),
            "log.retention.check.interval.ms",
            "500",
            "log.segment.delete.delay.ms",
            "0",
            "log.initial.task.delay.ms",
            "500",
            "log.index.size.max.bytes",
            String.valueOf(64 << 10));

    /**
     * What a warm-up did.
     *
     * @param took from its start to its end
     * @param frames processed
     * @param settled whether the compiler had nothing left to do; otherwise the time ran out, or the service was stopped
     */
    public record Outcome(Duration took, long frames, boolean settled) {}

    /** Of a warm-up that did not take place. */
    public static final Outcome NONE = new Outcome(Duration.ZERO, 0, false);

    private final ServiceConfig config;
    private final Counted spotters;
    private final StreamWatch watch;

    private WarmUp(ServiceConfig config, SpotterProvider spotters, StreamWatch watch) {
        this.config = config;
        this.spotters = new Counted(spotters);
        this.watch = watch;
    }

    /**
     * Warms up for at most {@link ServiceConfig#warmUp}, less if the compiler is done earlier. Whatever goes wrong is logged:
     * the service then starts cold, as it does without a warm-up.
     *
     * @param spotters the models that will serve
     * @param watch an observer of the kind that the service will have, of its own
     * @param wanted false once the service is to stop; ends the warm-up early
     */
    public static Outcome run(ServiceConfig config, SpotterProvider spotters, StreamWatch watch, BooleanSupplier wanted)
            throws InterruptedException {
        return run(config, spotters, watch, wanted, Path.of(System.getProperty("java.io.tmpdir")));
    }

    /** @param temporary holds the folder of the warm-up while it lasts */
    static Outcome run(
            ServiceConfig config, SpotterProvider spotters, StreamWatch watch, BooleanSupplier wanted, Path temporary)
            throws InterruptedException {
        long start = System.nanoTime();
        var warmUp = new WarmUp(config, spotters, watch);
        boolean settled = false;
        if (!config.warmUp().isZero()) {
            try {
                settled = warmUp.run(start + config.warmUp().toNanos(), wanted, temporary);
            } catch (RuntimeException | IOException e) {
                log.warn("the service starts cold, as its warm-up failed: {}", BrokerException.rootMessage(e));
            }
        }
        return new Outcome(Duration.ofNanos(System.nanoTime() - start), warmUp.spotters.frames.sum(), settled);
    }

    private boolean run(long limit, BooleanSupplier wanted, Path temporary) throws IOException, InterruptedException {
        Path folder = Files.createTempDirectory(temporary, "keyspike-warm-up-");
        try (var broker = EmbeddedBroker.start(folder.resolve("broker"), 0, BROKER)) {
            Map<String, String> client = Map.of("bootstrap.servers", broker.bootstrapServers());
            Topics.create(client, Topics.DEFAULT_PARTITIONS);
            if (spotters.shadow() != null) {
                Topics.createLike(client, Topics.SHADOW_EVENTS, Topics.KEYWORD_EVENTS);
            }
            createChangelogs(client);
            var sound = new WarmUpSound(spotters.current().model().features().sampleRateHz());
            KafkaStreams streams = streams(broker, folder.resolve("state"));
            try (var load = new WarmUpLoad(broker.bootstrapServers(), sound);
                    var events = new EventConsumer(
                            broker.bootstrapServers(),
                            EventConsumer.Start.NOW,
                            IsolationLevel.READ_COMMITTED,
                            Map.of())) {
                streams.start();
                return run(load, events, limit, wanted);
            } finally {
                streams.close(CLOSE_LIMIT);
            }
        } finally {
            delete(folder);
        }
    }

    /** Kafka Streams takes the topics that it finds; those that it creates keep 32 MiB of each partition, and more. */
    private static void createChangelogs(Map<String, String> client) throws InterruptedException {
        var topics = new ArrayList<NewTopic>();
        for (String changelog : List.of(Topics.changelog(APPLICATION), Topics.shadowChangelog(APPLICATION))) {
            topics.add(new NewTopic(changelog, Optional.of(Topics.DEFAULT_PARTITIONS), Optional.empty())
                    .configs(Map.of(TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_DELETE)));
        }
        try (Admin admin = Topics.admin(client)) {
            admin.createTopics(topics).all().get(Topics.TIMEOUT_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw BrokerException.silent(client, e);
        }
    }

    private KafkaStreams streams(EmbeddedBroker broker, Path stateDir) {
        ServiceConfig alone = ServiceConfig.at(broker.bootstrapServers())
                .withApplicationId(APPLICATION)
                .withGuarantee(config.guarantee())
                .withRebalance(config.rebalance())
                .withThreads(config.threads())
                .withStandbyReplicas(0)
                .withHearing(config.hearing());
        var meters = new KeyspikeMeters(new PrometheusMeterRegistry(PrometheusConfig.DEFAULT), Clock.SYSTEM);
        Properties settings = alone.streamsSettings(stateDir, APPLICATION, 1);
        settings.put(DeadLetterHandlers.METERS, meters);
        settings.put(LenientTimestamps.ACCEPTED, new AcceptedTimes(InstantSource.system()));
        return new KafkaStreams(
                KeywordTopology.build(
                        spotters,
                        meters,
                        new ActiveStreams(),
                        alone.hearing(),
                        alone.promptCommits(),
                        InstantSource.system(),
                        watch),
                settings);
    }

    /** @return whether the compiler has become idle */
    private boolean run(WarmUpLoad load, EventConsumer events, long limit, BooleanSupplier wanted)
            throws InterruptedException {
        var compiler = new CompilerWatch();
        while (wanted.getAsBoolean() && System.nanoTime() < limit) {
            if (load.sent() - spotters.frames.sum() < BACKLOG) {
                load.round();
            } else {
                events.poll(Duration.ofMillis(PAUSE_MILLIS));
            }
            if (compiler.isIdle(System.nanoTime()) && spotters.frames.sum() >= FEWEST_FRAMES) {
                return true;
            }
        }
        return false;
    }

    /** How busy the JIT compiler is. A JVM that does not tell is never idle, so the time runs out. */
    private static final class CompilerWatch {

        private final @Nullable CompilationMXBean compiler = ManagementFactory.getCompilationMXBean();
        private long windowStart = System.nanoTime();
        private long before = totalMillis();

        private long totalMillis() {
            return compiler != null && compiler.isCompilationTimeMonitoringSupported()
                    ? compiler.getTotalCompilationTime()
                    : 0;
        }

        /** Whether it was idle over the last full window; false while the first lasts. */
        boolean isIdle(long now) {
            if (now - windowStart < WINDOW_NANOS) {
                return false;
            }
            long total = totalMillis();
            double share = TimeUnit.MILLISECONDS.toNanos(total - before) / (double) (now - windowStart);
            before = total;
            windowStart = now;
            return compiler != null && share < IDLE_SHARE;
        }
    }

    /** The models that will serve, some devices with low thresholds; counts the frames. */
    private static final class Counted implements SpotterProvider {

        private final SpotterProvider real;
        private final LongAdder frames = new LongAdder();
        private volatile @Nullable Eager eager;

        /** A spotter and the same one with low thresholds. */
        private record Eager(KeywordSpotter from, KeywordSpotter low) {}

        Counted(SpotterProvider real) {
            this.real = real;
        }

        @Override
        public KeywordSpotter current() {
            return real.current();
        }

        @Override
        public KeywordSpotter forDevice(String device) {
            frames.increment();
            KeywordSpotter current = real.forDevice(device);
            return device.hashCode() % EAGER == 0 ? eager(current) : current;
        }

        private KeywordSpotter eager(KeywordSpotter from) {
            Eager known = eager;
            if (known == null || known.from() != from) {
                var low = new HashMap<String, Float>();
                from.model().decision().thresholds().keySet().forEach(label -> low.put(label, LOW_THRESHOLD));
                known = new Eager(from, from.withThresholds(low));
                eager = known;
            }
            return known.low();
        }

        @Override
        public String group(String device) {
            return real.group(device);
        }

        @Override
        public @Nullable KeywordSpotter shadow() {
            return real.shadow();
        }

        @Override
        public @Nullable KeywordSpotter ofVersion(String version) {
            return real.ofVersion(version);
        }
    }

    private static void delete(Path folder) {
        try {
            new TemporaryFolder(folder).close();
        } catch (IOException e) {
            log.warn("the temporary folder {} of the warm-up could not be deleted: {}", folder, e.getMessage());
        }
    }
}

package io.keyspike.app.kafka;

import io.keyspike.monitoring.KeyspikeMeters;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Properties;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.streams.KafkaStreams;

/** The service: the {@link KeywordTopology} running on a cluster. */
public final class KeywordService implements AutoCloseable {

    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(30);
    private static final long ADMIN_TIMEOUT_SECONDS = 30;

    private final ServiceConfig config;
    private final KafkaStreams streams;
    private final ThreadReplacement threads = new ThreadReplacement(InstantSource.system());
    private final CountDownLatch running = new CountDownLatch(1);
    private final CountDownLatch ended = new CountDownLatch(1);

    private KeywordService(ServiceConfig config, KafkaStreams streams) {
        this.config = config;
        this.streams = streams;
    }

    /**
     * Starts the service; {@link #awaitRunning} tells when it hears.
     *
     * @throws BrokerException if the broker does not answer, a topic is missing, the state folder is in use, or a setting
     *     is not valid
     * @throws IllegalStateException if there is no model
     */
    public static KeywordService start(ServiceConfig config, Spotters spotters, KeyspikeMeters meters) {
        spotters.current();
        Topics.require(config.clientSettings());
        Path stateDir = config.stateDir().resolve(clusterId(config));
        Properties settings = config.streamsSettings(stateDir, instanceId(stateDir));
        settings.put(DeadLetterHandler.METERS, meters);
        var active = new ActiveStreams();
        KafkaStreams streams;
        try {
            streams =
                    new KafkaStreams(KeywordTopology.build(spotters, meters, active, InstantSource.system()), settings);
        } catch (KafkaException e) {
            throw new BrokerException(
                    "the service cannot run with these settings: " + BrokerException.rootMessage(e), e);
        }
        var service = new KeywordService(config, streams);
        streams.setUncaughtExceptionHandler(service.threads);
        streams.setStateListener((now, before) -> service.changed(now));
        meters.activeStreams(active::total);
        meters.silentStreams(active::silent);
        meters.lag(service::lag);
        streams.start();
        return service;
    }

    private void changed(KafkaStreams.State now) {
        if (now == KafkaStreams.State.RUNNING) {
            running.countDown();
        } else if (now == KafkaStreams.State.ERROR || now == KafkaStreams.State.NOT_RUNNING) {
            running.countDown();
            ended.countDown();
        }
    }

    /**
     * Waits until all partitions are taken and their state is restored.
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

    /** Waits until the service has stopped. @throws BrokerException if it stopped by itself */
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

    /** Records of {@link Topics#AUDIO_FRAMES} that are there and not yet read, over this instance's partitions. */
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

    /** For meters of Kafka itself. */
    public KafkaStreams streams() {
        return streams;
    }

    /** Finishes the frames in progress, commits and stops. */
    @Override
    public void close() {
        streams.close(CLOSE_TIMEOUT);
        ended.countDown();
    }

    private void throwIfFailed() {
        Throwable cause = threads.fatal();
        if (cause != null) {
            throw new BrokerException("the service stopped: " + BrokerException.rootMessage(cause), cause);
        }
    }

    private static String clusterId(ServiceConfig config) {
        try (Admin admin = Topics.admin(config.clientSettings())) {
            return admin.describeCluster().clusterId().get(ADMIN_TIMEOUT_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new BrokerException(
                    "no Kafka broker answered at " + config.bootstrapServers() + ": " + BrokerException.rootMessage(e),
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BrokerException("interrupted while asking for the cluster's id", e);
        }
    }

    /** A name for whoever runs in this state folder, drawn once and kept in it. */
    private static String instanceId(Path stateDir) {
        Path file = stateDir.resolve("instance-id");
        try {
            Files.createDirectories(stateDir);
            if (Files.exists(file)) {
                return Files.readString(file).strip();
            }
            String id = UUID.randomUUID().toString();
            Files.writeString(file, id);
            return id;
        } catch (IOException e) {
            throw new BrokerException("cannot use the state folder " + stateDir + ": " + e.getMessage(), e);
        }
    }
}

package io.keyspike.app.kafka.service;

import io.keyspike.app.kafka.device.SpotterProvider;
import io.keyspike.app.kafka.wire.BrokerException;
import io.keyspike.app.kafka.wire.TopicCheck;
import io.keyspike.app.kafka.wire.Topics;
import io.keyspike.models.spotter.KeywordSpotter;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at the topics while the service runs, for what would make it deaf without a word.
 *
 * <ul>
 *   <li>The topic of shadow events must exist while a shadow model is set. A transaction with an event for a deleted topic can
 *       neither be committed nor aborted while the producer lives, so the partition would be stuck; a restarted service
 *       refuses the shadow model and continues without it.
 *   <li>The topic of frames must keep its number of partitions. Kafka Streams notices others only after {@code
 *       metadata.max.age.ms} (5 minutes by default), and until then devices that were moved to a new partition are not heard.
 * </ul>
 */
final class TopicWatch implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(TopicWatch.class);

    private static final Duration PERIOD = Duration.ofSeconds(2);

    /** Consecutive failed checks: the removal of the shadow model may not be known here yet. */
    private static final int ABSENCES = 2;

    private final Map<String, String> settings;
    private final SpotterProvider spotters;
    private final Consumer<BrokerException> hopeless;
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("keyspike-topic-watch").factory());

    private final String changelog;

    private @Nullable Admin admin;
    private int absences;
    /** Of the topic of frames when it was first looked at; 0 before. */
    private int partitions;

    /**
     * Starts checking.
     *
     * @param settings of a Kafka client
     * @param changelog of device states, to be named
     * @param hopeless called once, when the service cannot go on
     */
    TopicWatch(
            Map<String, String> settings,
            SpotterProvider spotters,
            String changelog,
            Consumer<BrokerException> hopeless) {
        this.settings = settings;
        this.spotters = spotters;
        this.changelog = changelog;
        this.hopeless = hopeless;
        var unused =
                thread.scheduleWithFixedDelay(this::look, PERIOD.toMillis(), PERIOD.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void look() {
        lookAtShadow();
        lookAtPartitions();
    }

    private void lookAtPartitions() {
        try {
            int found = partitions();
            int before = partitions == 0 ? found : partitions;
            partitions = before;
            if (found != before) {
                stop(new BrokerException(TopicCheck.otherPartitions(changelog, found, before)));
            }
        } catch (ExecutionException | TimeoutException | BrokerException e) {
            log.debug("cannot determine the number of partitions of {}", Topics.AUDIO_FRAMES, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void stop(BrokerException reason) {
        thread.shutdown();
        hopeless.accept(reason);
    }

    private void lookAtShadow() {
        KeywordSpotter shadow = spotters.shadow();
        try {
            absences = shadow == null || isThere() ? 0 : absences + 1;
        } catch (ExecutionException | TimeoutException | BrokerException e) {
            log.debug("cannot determine whether {} exists", Topics.SHADOW_EVENTS, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return;
        }
        if (shadow != null && absences == ABSENCES) {
            stop(new BrokerException("expected the topic " + Topics.SHADOW_EVENTS + " while the shadow model "
                    + shadow.model().version() + " is active, found it deleted; after a restart the service runs"
                    + " without a shadow model"));
        }
    }

    private Admin admin() {
        Admin client = admin;
        if (client == null) {
            client = Topics.admin(settings);
            admin = client;
        }
        return client;
    }

    private int partitions() throws ExecutionException, InterruptedException, TimeoutException {
        var described = admin().describeTopics(List.of(Topics.AUDIO_FRAMES)).topicNameValues();
        return Objects.requireNonNull(described.get(Topics.AUDIO_FRAMES), "a topic that was asked for is described")
                .get(Topics.TIMEOUT_SECONDS, TimeUnit.SECONDS)
                .partitions()
                .size();
    }

    private boolean isThere() throws ExecutionException, InterruptedException, TimeoutException {
        return admin().listTopics()
                .names()
                .get(Topics.TIMEOUT_SECONDS, TimeUnit.SECONDS)
                .contains(Topics.SHADOW_EVENTS);
    }

    @Override
    public void close() {
        thread.shutdownNow();
        try {
            if (!thread.awaitTermination(Topics.TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
                log.warn("the check of the topics is still waiting for an answer");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Admin client = admin;
        if (client != null) {
            client.close(Duration.ZERO);
        }
    }
}

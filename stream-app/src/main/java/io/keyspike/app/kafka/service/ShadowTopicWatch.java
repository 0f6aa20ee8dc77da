package io.keyspike.app.kafka.service;

import io.keyspike.app.kafka.device.SpotterProvider;
import io.keyspike.app.kafka.wire.BrokerException;
import io.keyspike.app.kafka.wire.Topics;
import io.keyspike.models.spotter.KeywordSpotter;
import java.time.Duration;
import java.util.Map;
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
 * Checks that the topic of shadow events exists while a shadow model is set. A transaction with an event for a deleted topic
 * can neither be committed nor aborted while the producer lives, so the partition would be stuck; a restarted service
 * refuses the shadow model and continues without it.
 */
final class ShadowTopicWatch implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(ShadowTopicWatch.class);

    private static final Duration PERIOD = Duration.ofSeconds(2);

    /** Consecutive failed checks: the removal of the shadow model may not be known here yet. */
    private static final int ABSENCES = 2;

    private final Map<String, String> settings;
    private final SpotterProvider spotters;
    private final Consumer<BrokerException> gone;
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("keyspike-shadow-topic").factory());

    private @Nullable Admin admin;
    private int absences;

    /**
     * Starts checking.
     *
     * @param settings of a Kafka client
     * @param gone called once, when the topic is gone
     */
    ShadowTopicWatch(Map<String, String> settings, SpotterProvider spotters, Consumer<BrokerException> gone) {
        this.settings = settings;
        this.spotters = spotters;
        this.gone = gone;
        var unused =
                thread.scheduleWithFixedDelay(this::look, PERIOD.toMillis(), PERIOD.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void look() {
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
            thread.shutdown();
            gone.accept(new BrokerException("expected the topic " + Topics.SHADOW_EVENTS + " while the shadow model "
                    + shadow.model().version() + " is active, found it deleted; after a restart the service runs"
                    + " without a shadow model"));
        }
    }

    private boolean isThere() throws ExecutionException, InterruptedException, TimeoutException {
        Admin client = admin;
        if (client == null) {
            client = Topics.admin(settings);
            admin = client;
        }
        return client.listTopics()
                .names()
                .get(Topics.TIMEOUT_SECONDS, TimeUnit.SECONDS)
                .contains(Topics.SHADOW_EVENTS);
    }

    @Override
    public void close() {
        thread.shutdownNow();
        try {
            if (!thread.awaitTermination(Topics.TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
                log.warn("still cannot determine whether {} exists", Topics.SHADOW_EVENTS);
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

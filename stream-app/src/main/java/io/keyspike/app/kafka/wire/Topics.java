package io.keyspike.app.kafka.wire;

import io.keyspike.app.hearing.KeywordEvent;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.TopicExistsException;

/** The topics: their names, contents, creation and existence check. */
public final class Topics {

    /** Audio: key = device id in UTF-8, value = a frame in the layout of {@link io.keyspike.audio.FrameCodec}. */
    public static final String AUDIO_FRAMES = "audio-frames";

    /** Detections: key = device id in UTF-8, value = a {@link KeywordEvent} in JSON, with CloudEvents headers. */
    public static final String KEYWORD_EVENTS = "keyword-events";

    /** Records of {@link #AUDIO_FRAMES} that are not frames, unchanged, with the headers of {@link DeadLetters}. */
    public static final String DEAD_LETTERS = "audio-frames-dead-letter";

    /** As {@link #KEYWORD_EVENTS}, for the shadow model's detections. Exists only while a shadow model is set. */
    public static final String SHADOW_EVENTS = "keyword-events-shadow";

    public static final List<String> ALL = List.of(AUDIO_FRAMES, KEYWORD_EVENTS, DEAD_LETTERS);

    /** Default number of partitions: the limit of how far the service can scale out, over threads or machines. */
    public static final int DEFAULT_PARTITIONS = 4;

    /** Name of the state store with one record for each device. */
    public static final String STATE_STORE = "device-state";

    /** Name of the state store of the shadow model. */
    public static final String SHADOW_STORE = "shadow-state";

    /** Suffix of the names of changelogs. */
    public static final String CHANGELOG_SUFFIX = "-changelog";

    /** Longest wait for a broker's answer. */
    public static final long TIMEOUT_SECONDS = 15;

    private Topics() {}

    /**
     * Creates the missing topics, with the broker's default number of replicas, and waits until the broker knows them.
     *
     * @param admin settings of a client, {@code bootstrap.servers} at least
     * @throws BrokerException if the broker does not answer or refuses
     */
    public static void create(Map<String, ?> admin, int partitions) {
        var wanted = new ArrayList<NewTopic>();
        for (String name : ALL) {
            wanted.add(new NewTopic(name, Optional.of(partitions), Optional.empty()));
        }
        try (Admin client = admin(admin)) {
            for (var created : client.createTopics(wanted).values().entrySet()) {
                try {
                    created.getValue().get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
                } catch (ExecutionException e) {
                    if (BrokerException.isSilence(e)) {
                        throw BrokerException.silent(admin, e);
                    }
                    if (!(e.getCause() instanceof TopicExistsException)) {
                        throw new BrokerException(
                                "the broker did not create the topic " + created.getKey() + ": "
                                        + BrokerException.rootMessage(e),
                                e);
                    }
                }
            }
            awaitKnown(client);
        } catch (ExecutionException | TimeoutException e) {
            throw BrokerException.silent(admin, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BrokerException("interrupted while creating topics", e);
        }
    }

    /** A topic is created by the controller; the brokers learn of it a little later. */
    private static void awaitKnown(Admin client) throws ExecutionException, InterruptedException, TimeoutException {
        long limit = System.nanoTime() + TimeUnit.SECONDS.toNanos(TIMEOUT_SECONDS);
        while (!missing(client).isEmpty()) {
            if (System.nanoTime() > limit) {
                throw new BrokerException("the topics " + missing(client) + " were created but are not visible after "
                        + TIMEOUT_SECONDS + " s; is this user authorised to describe them?");
            }
            Thread.sleep(20);
        }
    }

    private static Set<String> missing(Admin client) throws ExecutionException, InterruptedException, TimeoutException {
        var missing = new TreeSet<>(ALL);
        missing.removeAll(client.listTopics().names().get(TIMEOUT_SECONDS, TimeUnit.SECONDS));
        return missing;
    }

    /** The changelog of device states, by the name that Kafka Streams gives it. */
    public static String changelog(String applicationId) {
        return applicationId + "-" + STATE_STORE + CHANGELOG_SUFFIX;
    }

    /** The changelog of shadow states. */
    public static String shadowChangelog(String applicationId) {
        return applicationId + "-" + SHADOW_STORE + CHANGELOG_SUFFIX;
    }

    /**
     * Checks that all three exist.
     *
     * @throws BrokerException listing the missing ones, and what to do
     */
    public static void require(Map<String, ?> admin) {
        Set<String> missing;
        try (Admin client = admin(admin)) {
            missing = missing(client);
        } catch (ExecutionException | TimeoutException e) {
            throw BrokerException.silent(admin, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BrokerException("interrupted while checking for topics", e);
        }
        if (!missing.isEmpty()) {
            throw new BrokerException("expected the topics " + ALL + " at " + admin.get("bootstrap.servers")
                    + ", found no " + missing + "; create them or use --create-topics");
        }
    }

    /** @throws BrokerException if a setting is not valid or no address can be resolved */
    public static Admin admin(Map<String, ?> settings) {
        var all = new HashMap<String, Object>(settings);
        // Kafka's default of a minute is long for an interactive user; closing a client waits for requests in flight.
        all.putIfAbsent(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, Math.toIntExact(TIMEOUT_SECONDS) * 1_000);
        all.putIfAbsent(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, Math.toIntExact(TIMEOUT_SECONDS) * 1_000);
        try {
            return Admin.create(all);
        } catch (KafkaException e) {
            throw unusable(settings, e);
        }
    }

    /** A client that could not even be made: an address that means nothing, or a setting that is not valid. */
    static BrokerException unusable(Map<String, ?> settings, KafkaException e) {
        return new BrokerException(
                "cannot talk to Kafka at " + settings.get("bootstrap.servers") + ": " + BrokerException.rootMessage(e),
                e);
    }

    /**
     * Creates a topic with the same number of partitions and the same retention as another one, if it does not exist.
     *
     * @throws BrokerException if the other one does not exist, or the broker does not answer or refuses
     */
    public static void createLike(Map<String, ?> admin, String topic, String other) {
        try (Admin client = admin(admin)) {
            Map<String, TopicDescription> found =
                    client.describeTopics(List.of(other)).allTopicNames().get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
            int partitions = Objects.requireNonNull(found.get(other), "a topic that was asked for is described")
                    .partitions()
                    .size();
            var resource = new ConfigResource(ConfigResource.Type.TOPIC, other);
            Config config = client.describeConfigs(List.of(resource))
                    .all()
                    .get(TIMEOUT_SECONDS, TimeUnit.SECONDS)
                    .get(resource);
            String retention = Objects.requireNonNull(config, "a topic that was asked for is described")
                    .get(TopicConfig.RETENTION_MS_CONFIG)
                    .value();
            client.createTopics(List.of(new NewTopic(topic, Optional.of(partitions), Optional.empty())
                            .configs(Map.of(TopicConfig.RETENTION_MS_CONFIG, retention))))
                    .all()
                    .get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            if (BrokerException.isSilence(e)) {
                throw BrokerException.silent(admin, e);
            }
            if (!(e.getCause() instanceof TopicExistsException)) {
                throw new BrokerException(
                        "the broker did not create the topic " + topic + " like " + other + ": "
                                + BrokerException.rootMessage(e),
                        e);
            }
        } catch (TimeoutException e) {
            throw BrokerException.silent(admin, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BrokerException("interrupted while creating " + topic, e);
        }
    }
}

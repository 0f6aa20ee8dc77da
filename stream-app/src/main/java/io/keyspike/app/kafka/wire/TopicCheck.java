package io.keyspike.app.kafka.wire;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.AuthorizationException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Checks before the start whether the existing topics meet the service's requirements: each violation would otherwise show
 * up later, as data loss or as a thread that dies repeatedly.
 */
public final class TopicCheck {

    private static final Logger log = LoggerFactory.getLogger(TopicCheck.class);

    /** Size of an event with the longest possible device id and word, in JSON and in headers. */
    private static final int LARGEST_EVENT_BYTES = 16 * 1024;

    private TopicCheck() {}

    /** @throws BrokerException with one sentence for each mismatch */
    public static void run(Admin admin, String applicationId) throws InterruptedException, TimeoutException {
        String changelog = Topics.changelog(applicationId);
        var problems = new ArrayList<String>();
        try {
            Map<String, TopicDescription> topics = described(admin, changelog);
            partitions(topics, changelog, problems);
            settings(configs(admin, topics.keySet()), changelog, problems);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof AuthorizationException) {
                log.info("cannot describe topic configs ({}); skipping the check", e.getMessage());
                return;
            }
            throw new BrokerException("cannot describe the topics: " + BrokerException.rootMessage(e), e);
        }
        if (!problems.isEmpty()) {
            throw new BrokerException(String.join("; ", problems));
        }
    }

    private static Map<String, TopicDescription> described(Admin admin, String changelog)
            throws ExecutionException, InterruptedException, TimeoutException {
        Set<String> there = admin.listTopics().names().get(Topics.TIMEOUT_SECONDS, TimeUnit.SECONDS);
        var names = new ArrayList<>(Topics.ALL);
        names.add(changelog);
        names.retainAll(there);
        return admin.describeTopics(names).allTopicNames().get(Topics.TIMEOUT_SECONDS, TimeUnit.SECONDS);
    }

    private static void partitions(Map<String, TopicDescription> topics, String changelog, List<String> problems) {
        TopicDescription states = topics.get(changelog);
        TopicDescription frames = topics.get(Topics.AUDIO_FRAMES);
        if (states == null || frames == null) {
            return;
        }
        int expected = frames.partitions().size();
        int found = states.partitions().size();
        if (expected != found) {
            problems.add("expected " + expected + " partitions in " + changelog + ", as " + Topics.AUDIO_FRAMES
                    + " has, found " + found
                    + ": devices' states would not be co-partitioned with their audio; use another"
                    + " --application-id to start over");
        }
    }

    private static Map<String, Config> configs(Admin admin, Set<String> topics)
            throws ExecutionException, InterruptedException, TimeoutException {
        var resources = topics.stream()
                .map(name -> new ConfigResource(ConfigResource.Type.TOPIC, name))
                .toList();
        var configs = new HashMap<String, Config>();
        admin.describeConfigs(resources)
                .all()
                .get(Topics.TIMEOUT_SECONDS, TimeUnit.SECONDS)
                .forEach((resource, config) -> configs.put(resource.name(), config));
        return configs;
    }

    private static void settings(Map<String, Config> configs, String changelog, List<String> problems) {
        for (String topic : List.of(Topics.AUDIO_FRAMES, Topics.KEYWORD_EVENTS, Topics.DEAD_LETTERS)) {
            if (value(configs, topic, TopicConfig.CLEANUP_POLICY_CONFIG).contains("compact")) {
                problems.add("expected " + topic + " with cleanup.policy=delete, found "
                        + value(configs, topic, TopicConfig.CLEANUP_POLICY_CONFIG)
                        + ": compaction would remove all but each device's last record");
            }
        }
        String kept = value(configs, changelog, TopicConfig.CLEANUP_POLICY_CONFIG);
        if (!kept.isEmpty() && !kept.equals("compact")) {
            problems.add("expected " + changelog + " with cleanup.policy=compact, found " + kept
                    + ": the states of devices that are silent for long would be deleted");
        }
        room(configs, Topics.KEYWORD_EVENTS, LARGEST_EVENT_BYTES, problems);
        room(configs, Topics.DEAD_LETTERS, DeadLetters.LARGEST_BYTES, problems);
    }

    private static void room(Map<String, Config> configs, String topic, int bytes, List<String> problems) {
        String room = value(configs, topic, TopicConfig.MAX_MESSAGE_BYTES_CONFIG);
        if (!room.isEmpty() && Long.parseLong(room) < bytes) {
            problems.add("expected " + topic + " with max.message.bytes of at least " + bytes + ", found " + room
                    + ": a single rejected record would block its partition");
        }
    }

    /** Empty if unknown. */
    private static String value(Map<String, Config> configs, String topic, String name) {
        Config config = configs.get(topic);
        ConfigEntry entry = config == null ? null : config.get(name);
        String value = entry == null ? null : entry.value();
        return value == null ? "" : value;
    }
}

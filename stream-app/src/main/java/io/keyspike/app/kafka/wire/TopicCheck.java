package io.keyspike.app.kafka.wire;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
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

    /** The setting of brokers before 3.6, for past and future together. */
    private static final String OLD_DIFFERENCE = "message.timestamp.difference.max.ms";

    private TopicCheck() {}

    /**
     * What was found.
     *
     * @param problems a sentence for each mismatch
     * @param times which the topics accept
     */
    public record Findings(List<String> problems, TimeLimits times) {}

    /**
     * Checks, and refuses what does not fit.
     *
     * @return which times the topics accept
     * @throws BrokerException with one sentence for each mismatch
     */
    public static TimeLimits run(Admin admin, String applicationId) throws InterruptedException, TimeoutException {
        Findings found = look(admin, applicationId);
        if (!found.problems().isEmpty()) {
            throw new BrokerException(String.join("; ", found.problems()));
        }
        return found.times();
    }

    /** @throws BrokerException if the topics cannot be described */
    public static Findings look(Admin admin, String applicationId) throws InterruptedException, TimeoutException {
        String changelog = Topics.changelog(applicationId);
        List<String> sinks = List.of(
                Topics.KEYWORD_EVENTS,
                Topics.SHADOW_EVENTS,
                Topics.DEAD_LETTERS,
                changelog,
                Topics.shadowChangelog(applicationId));
        var problems = new ArrayList<String>();
        try {
            Map<String, TopicDescription> topics = described(admin, sinks);
            partitions(topics, changelog, problems);
            Map<String, Config> configs = configs(admin, topics.keySet());
            settings(configs, changelog, problems);
            return new Findings(problems, times(configs, sinks, problems));
        } catch (ExecutionException e) {
            if (e.getCause() instanceof AuthorizationException) {
                log.info("cannot describe topic configs ({}); skipping the check", e.getMessage());
                return new Findings(problems, TimeLimits.DEFAULT);
            }
            throw new BrokerException("cannot describe the topics: " + BrokerException.rootMessage(e), e);
        }
    }

    private static Map<String, TopicDescription> described(Admin admin, List<String> sinks)
            throws ExecutionException, InterruptedException, TimeoutException {
        Set<String> there = admin.listTopics().names().get(Topics.TIMEOUT_SECONDS, TimeUnit.SECONDS);
        var names = new TreeSet<>(Topics.ALL);
        names.addAll(sinks);
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
            problems.add(otherPartitions(changelog, expected, found));
        }
    }

    /** The sentence for a changelog that does not have as many partitions as the audio. */
    public static String otherPartitions(String changelog, int expected, int found) {
        return "expected " + expected + " partitions in " + changelog + ", as " + Topics.AUDIO_FRAMES + " has, found "
                + found + ": devices' states would not be co-partitioned with their audio; use another"
                + " --application-id to start over";
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

    /** The times that all of them accept; a topic that the service could never keep to is a problem. */
    private static TimeLimits times(Map<String, Config> configs, List<String> sinks, List<String> problems) {
        TimeLimits all = TimeLimits.DEFAULT;
        for (String topic : sinks) {
            if (configs.containsKey(topic)) {
                all = all.and(times(configs, topic));
                leastTime(configs, topic, TopicConfig.MESSAGE_TIMESTAMP_BEFORE_MAX_MS_CONFIG, problems);
                leastTime(configs, topic, TopicConfig.MESSAGE_TIMESTAMP_AFTER_MAX_MS_CONFIG, problems);
                leastTime(configs, topic, OLD_DIFFERENCE, problems);
            }
        }
        return all;
    }

    private static TimeLimits times(Map<String, Config> configs, String topic) {
        if (stampedByBroker(configs, topic)) {
            return TimeLimits.NONE;
        }
        long either = limit(configs, topic, OLD_DIFFERENCE);
        return new TimeLimits(
                Math.min(either, limit(configs, topic, TopicConfig.MESSAGE_TIMESTAMP_BEFORE_MAX_MS_CONFIG)),
                Math.min(either, limit(configs, topic, TopicConfig.MESSAGE_TIMESTAMP_AFTER_MAX_MS_CONFIG)));
    }

    private static void leastTime(Map<String, Config> configs, String topic, String name, List<String> problems) {
        if (!stampedByBroker(configs, topic) && limit(configs, topic, name) < TimeLimits.LEAST_MILLIS) {
            problems.add("expected " + topic + " with " + name + " of at least " + TimeLimits.LEAST_MILLIS + ", found "
                    + value(configs, topic, name)
                    + ": a record could be refused by the time it is sent, and would block"
                    + " its partition");
        }
    }

    /** The broker then puts in its own time, and refuses none. */
    private static boolean stampedByBroker(Map<String, Config> configs, String topic) {
        return value(configs, topic, TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG).equals("LogAppendTime");
    }

    private static long limit(Map<String, Config> configs, String topic, String name) {
        String value = value(configs, topic, name);
        return value.isEmpty() ? Long.MAX_VALUE : Long.parseLong(value);
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

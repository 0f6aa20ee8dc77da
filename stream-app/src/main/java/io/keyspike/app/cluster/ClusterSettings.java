package io.keyspike.app.cluster;

import io.keyspike.app.kafka.device.SpotterProvider;
import io.keyspike.app.kafka.device.TunedSpotters;
import io.keyspike.kernels.StepKernels;
import io.keyspike.models.registry.ModelRegistry;
import io.keyspike.monitoring.KeyspikeMeters;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * One service's view of what the cluster agrees on: follows {@link ModelsTopic} and {@link DeviceConfigs#TOPIC} if they
 * exist, and gives each device its spotter.
 */
public final class ClusterSettings implements AutoCloseable {

    private static final Duration START_LIMIT = Duration.ofMinutes(2);

    private final SpotterProvider spotters;
    private final boolean modelsFromTopic;
    private final @Nullable TopicFollower follower;

    private ClusterSettings(SpotterProvider spotters, boolean modelsFromTopic, @Nullable TopicFollower follower) {
        this.spotters = spotters;
        this.modelsFromTopic = modelsFromTopic;
        this.follower = follower;
    }

    /** Creates the two topics if they do not exist. */
    public static void createTopics(Map<String, String> settings) {
        PublishedModels.createTopic(settings);
        DeviceConfigs.createTopic(settings);
    }

    /**
     * Reads both topics to their ends, then follows them.
     *
     * @param settings of a Kafka client
     * @param models used where the topics say nothing
     * @param tuned sensitivity of devices without settings of their own
     * @param fromTopic whether to follow the models topic, if it exists
     * @param listener notified of activated and refused models
     * @throws io.keyspike.app.kafka.wire.BrokerException if the broker does not answer in time
     */
    public static ClusterSettings follow(
            Map<String, String> settings,
            SpotterProvider models,
            TunedSpotters tuned,
            StepKernels kernels,
            boolean fromTopic,
            KeyspikeMeters meters,
            Consumer<ModelRegistry.Event> listener)
            throws InterruptedException {
        boolean haveModels = fromTopic && CompactedTopic.exists(settings, ModelsTopic.NAME);
        var topics = new ArrayList<String>();
        TopicModels published = haveModels ? new TopicModels(settings, kernels, models, listener) : null;
        if (haveModels) {
            topics.add(ModelsTopic.NAME);
        }
        if (CompactedTopic.exists(settings, DeviceConfigs.TOPIC)) {
            topics.add(DeviceConfigs.TOPIC);
        }
        if (topics.isEmpty()) {
            return new ClusterSettings(tuned.over(models), false, null);
        }
        var devices = new DeviceSpotters(tuned.over(published != null ? published : models), meters);
        var follower = new TopicFollower(settings, List.copyOf(topics), reader(published, devices));
        try {
            follower.awaitCaughtUp(START_LIMIT);
        } catch (RuntimeException | InterruptedException e) {
            follower.close();
            throw e;
        }
        return new ClusterSettings(devices, haveModels, follower);
    }

    private static TopicFollower.Reader reader(@Nullable TopicModels models, DeviceSpotters devices) {
        return new TopicFollower.Reader() {
            @Override
            public void read(ConsumerRecord<byte[], byte[]> record) {
                if (record.topic().equals(DeviceConfigs.TOPIC)) {
                    devices.read(record);
                } else if (models != null) {
                    models.read(record);
                }
            }

            @Override
            public void settle() {
                if (models != null) {
                    models.settle();
                }
                devices.settle();
            }
        };
    }

    /** Which model currently serves which device. */
    public SpotterProvider spotters() {
        return spotters;
    }

    /** Whether models come from the cluster's topic. */
    public boolean modelsFromTopic() {
        return modelsFromTopic;
    }

    @Override
    public void close() {
        if (follower != null) {
            follower.close();
        }
    }
}

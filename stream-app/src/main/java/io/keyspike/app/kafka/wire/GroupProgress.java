package io.keyspike.app.kafka.wire;

import java.util.HashMap;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;

/**
 * How far a group of services has come with the audio, according to the broker.
 *
 * @param arrived frames that devices have ever sent
 * @param processed those of them that the group has committed
 */
public record GroupProgress(long arrived, long processed) {

    /**
     * Asks the broker.
     *
     * @param group may be unknown to the broker: nothing is processed then
     * @throws BrokerException if the broker does not answer or refuses, as it does where there is no topic of audio
     */
    public static GroupProgress of(Admin admin, String group) throws InterruptedException {
        try {
            var latest = new HashMap<TopicPartition, OffsetSpec>();
            for (var topic : admin.describeTopics(List.of(Topics.AUDIO_FRAMES))
                    .allTopicNames()
                    .get(Topics.TIMEOUT_SECONDS, TimeUnit.SECONDS)
                    .values()) {
                topic.partitions()
                        .forEach(p -> latest.put(new TopicPartition(topic.name(), p.partition()), OffsetSpec.latest()));
            }
            var committed = admin.listConsumerGroupOffsets(group)
                    .partitionsToOffsetAndMetadata()
                    .get(Topics.TIMEOUT_SECONDS, TimeUnit.SECONDS);
            long arrived = 0;
            long processed = 0;
            for (var end : admin.listOffsets(latest)
                    .all()
                    .get(Topics.TIMEOUT_SECONDS, TimeUnit.SECONDS)
                    .entrySet()) {
                var done = committed.get(end.getKey());
                arrived += end.getValue().offset();
                processed += done == null ? 0 : done.offset();
            }
            return new GroupProgress(arrived, processed);
        } catch (ExecutionException | TimeoutException e) {
            throw new BrokerException("cannot query the group's progress: " + e.getMessage(), e);
        }
    }

    /** {@return frames that the group has not committed yet} */
    public long lag() {
        return arrived - processed;
    }

    /** Whether frames have come in since an earlier look, and the group has committed none. */
    public boolean isWaitingSince(GroupProgress earlier) {
        return arrived > earlier.arrived && processed <= earlier.processed;
    }
}

package io.keyspike.app.bench;

import io.keyspike.app.kafka.wire.BrokerException;
import io.keyspike.app.kafka.wire.Topics;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;

/** Frames not yet committed by a service, according to the broker. */
final class GroupLag implements AutoCloseable {

    private final Admin admin;
    private final String group;

    GroupLag(Map<String, Object> settings, String group) {
        this.admin = Admin.create(settings);
        this.group = group;
    }

    long frames() throws InterruptedException {
        try {
            var latest = new HashMap<TopicPartition, OffsetSpec>();
            for (var topic : admin.describeTopics(List.of(Topics.AUDIO_FRAMES))
                    .allTopicNames()
                    .get()
                    .values()) {
                topic.partitions()
                        .forEach(p -> latest.put(new TopicPartition(topic.name(), p.partition()), OffsetSpec.latest()));
            }
            var committed = admin.listConsumerGroupOffsets(group)
                    .partitionsToOffsetAndMetadata()
                    .get();
            long lag = 0;
            for (var end : admin.listOffsets(latest).all().get().entrySet()) {
                var done = committed.get(end.getKey());
                lag += end.getValue().offset() - (done == null ? 0 : done.offset());
            }
            return lag;
        } catch (ExecutionException e) {
            throw new BrokerException("cannot query the group's lag: " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        admin.close();
    }
}

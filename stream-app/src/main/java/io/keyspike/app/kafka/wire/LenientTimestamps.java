package io.keyspike.app.kafka.wire;

import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.Configurable;
import org.apache.kafka.streams.processor.TimestampExtractor;
import org.jspecify.annotations.Nullable;

/**
 * A record's timestamp or, if it has none, that of the previous record; Kafka's default would stop the stream. Output and
 * state carry the time of their record, so one that a topic of the service would refuse is replaced by the time of
 * processing ({@link AcceptedTimes}): under exactly-once a refused record fails its transaction, and the partition with it,
 * for ever. The record's own time is then kept in a header, for its dead letter.
 */
public final class LenientTimestamps implements TimestampExtractor, Configurable {

    /** Setting that passes the {@link AcceptedTimes} in; without it every time is taken as it is. */
    public static final String ACCEPTED = "keyspike.accepted.times";

    private @Nullable AcceptedTimes accepted;

    @Override
    public void configure(Map<String, ?> configs) {
        if (configs.get(ACCEPTED) instanceof AcceptedTimes configured) {
            accepted = configured;
        }
    }

    @Override
    public long extract(ConsumerRecord<Object, Object> record, long partitionTime) {
        long time = Math.max(0, record.timestamp() >= 0 ? record.timestamp() : partitionTime);
        AcceptedTimes times = accepted;
        if (times == null) {
            return time;
        }
        long fit = times.fit(time);
        if (fit != time) {
            record.headers()
                    .remove(DeadLetters.TIMESTAMP)
                    .add(DeadLetters.TIMESTAMP, DeadLetters.utf8(String.valueOf(record.timestamp())));
        }
        return fit;
    }
}

package io.keyspike.app.cluster;

import io.keyspike.app.kafka.wire.BrokerException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A thread that reads topics from the beginning and then follows them, without a consumer group: every instance sees every
 * record. While the broker is unavailable or a topic is deleted, the reader keeps what it knows.
 */
final class TopicFollower implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(TopicFollower.class);

    private static final Duration POLL = Duration.ofMillis(500);

    /** Delay before a retry where Kafka itself does not retry, such as after a right was revoked. */
    private static final long BACK_OFF_SECONDS = 5;

    private static final int RECORDS_AT_ONCE = 500;

    /** Handles the records; called by one thread. */
    interface Reader {
        void read(ConsumerRecord<byte[], byte[]> record);

        /** Lets all that has been read take effect; called first at the end of the topics, then periodically. */
        void settle();
    }

    private final Reader reader;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final CountDownLatch caughtUp = new CountDownLatch(1);
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread thread;

    /** @throws BrokerException if a topic does not exist or the broker does not answer */
    TopicFollower(Map<String, String> settings, List<String> topics, Reader reader) {
        this.reader = reader;
        this.consumer = CompactedTopic.consumer(settings, RECORDS_AT_ONCE);
        try {
            var partitions = new ArrayList<TopicPartition>();
            for (String topic : topics) {
                partitions.addAll(CompactedTopic.partitions(consumer, topic));
            }
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
        } catch (RuntimeException e) {
            consumer.close();
            throw e;
        }
        thread = Thread.ofPlatform().daemon().name("keyspike-settings").start(this::follow);
    }

    /**
     * Waits until everything that existed at the start has been read.
     *
     * @throws BrokerException if that takes longer
     */
    void awaitCaughtUp(Duration limit) throws InterruptedException {
        if (!caughtUp.await(limit.toNanos(), TimeUnit.NANOSECONDS)) {
            throw new BrokerException("expected to read the cluster's models and settings within " + limit.toSeconds()
                    + " s, found " + consumer.assignment() + " still unread");
        }
    }

    private void follow() {
        try (consumer) {
            while (closed.getCount() > 0) {
                try {
                    readToTheEnd();
                    while (closed.getCount() > 0) {
                        ConsumerRecords<byte[], byte[]> records = consumer.poll(POLL);
                        records.forEach(this::read);
                        settle();
                    }
                } catch (WakeupException e) {
                    log.debug("woken up", e);
                } catch (KafkaException e) {
                    log.warn(
                            "cannot read the cluster's models and settings; keeping the current ones: {}",
                            BrokerException.rootMessage(e));
                    backOff();
                }
            }
        }
    }

    /** Nothing takes effect before the end: a model that was activated and later replaced is not even loaded. */
    private void readToTheEnd() {
        var ends = consumer.endOffsets(consumer.assignment());
        while (ends.entrySet().stream().anyMatch(e -> consumer.position(e.getKey()) < e.getValue())) {
            consumer.poll(POLL).forEach(this::read);
        }
        settle();
        caughtUp.countDown();
    }

    private void read(ConsumerRecord<byte[], byte[]> record) {
        try {
            reader.read(record);
        } catch (RuntimeException e) {
            log.error("reading {}-{} offset {} failed", record.topic(), record.partition(), record.offset(), e);
        }
    }

    private void settle() {
        try {
            reader.settle();
        } catch (RuntimeException e) {
            log.error("keeping the current models and settings", e);
        }
    }

    private void backOff() {
        try {
            boolean over = closed.await(BACK_OFF_SECONDS, TimeUnit.SECONDS);
            log.debug("trying again: {}", !over);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            closed.countDown();
        }
    }

    @Override
    public void close() {
        closed.countDown();
        consumer.wakeup();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

package io.keyspike.app.cluster;

import io.keyspike.app.kafka.wire.BrokerException;
import io.keyspike.app.kafka.wire.Clients;
import io.keyspike.app.kafka.wire.Topics;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.InvalidTxnStateException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.TopicExistsException;

/**
 * A compacted topic that readers read completely and that one writer changes at a time: a change is a transaction under a
 * transactional id that all commands share, so Kafka fences all but the latest of those that run concurrently, and readers
 * never see half a change.
 */
final class CompactedTopic {

    private static final long TIMEOUT_SECONDS = 15;
    private static final int TIMEOUT_MILLIS = 15_000;

    /** The broker creates its own topic for transactions with the first one. */
    private static final int FIRST_TRANSACTION_MILLIS = 60_000;

    private static final Duration POLL = Duration.ofMillis(50);
    private static final Duration OPEN_TRANSACTION = Duration.ofSeconds(2);
    private static final int FETCH_WAIT_MILLIS = 100;

    /** Attempts to make one change if the broker loses its transaction. */
    private static final int ATTEMPTS = 3;

    /** One partition, so that all records have one order. Small segments, since only closed ones are compacted. */
    private static final int PARTITIONS = 1;

    private static final Map<String, String> CONFIG = Map.of(
            TopicConfig.CLEANUP_POLICY_CONFIG,
            TopicConfig.CLEANUP_POLICY_COMPACT,
            TopicConfig.SEGMENT_BYTES_CONFIG,
            String.valueOf(32 << 20),
            TopicConfig.MIN_CLEANABLE_DIRTY_RATIO_CONFIG,
            "0.2");

    /** Computes the records to write from the topic's contents, while no other writer can write. */
    @FunctionalInterface
    interface Change {
        List<ProducerRecord<byte[], byte[]>> records();
    }

    private CompactedTopic() {}

    /**
     * Creates the topic if it does not exist, with the broker's default number of replicas.
     *
     * @throws BrokerException if the broker does not answer or refuses
     */
    static void create(Map<String, String> settings, String topic) {
        try (Admin admin = Topics.admin(settings)) {
            admin.createTopics(List.of(new NewTopic(topic, Optional.of(PARTITIONS), Optional.empty()).configs(CONFIG)))
                    .all()
                    .get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            if (BrokerException.isSilence(e)) {
                throw BrokerException.silent(settings, e);
            }
            if (!(e.getCause() instanceof TopicExistsException)) {
                throw new BrokerException(
                        "the broker did not create the topic " + topic + ": " + BrokerException.rootMessage(e), e);
            }
        } catch (TimeoutException e) {
            throw BrokerException.silent(settings, e);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    /** @throws BrokerException if the broker does not answer */
    static boolean exists(Map<String, String> settings, String topic) {
        try (Admin admin = Topics.admin(settings)) {
            return admin.listTopics()
                    .names()
                    .get(TIMEOUT_SECONDS, TimeUnit.SECONDS)
                    .contains(topic);
        } catch (ExecutionException | TimeoutException e) {
            throw BrokerException.silent(settings, e);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    /**
     * Reads everything committed so far, in order.
     *
     * @throws BrokerException if the topic does not exist or the broker does not answer
     */
    static void read(Map<String, String> settings, String topic, Consumer<ConsumerRecord<byte[], byte[]>> reader) {
        try (var consumer = consumer(settings, Integer.MAX_VALUE)) {
            List<TopicPartition> partitions = partitions(consumer, topic);
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = certainEnds(settings, consumer, partitions);
            while (partitions.stream().anyMatch(p -> consumer.position(p) < ends.getOrDefault(p, 0L))) {
                consumer.poll(POLL).forEach(reader);
            }
        } catch (KafkaException e) {
            throw new BrokerException("cannot read the topic " + topic + ": " + BrokerException.rootMessage(e), e);
        } catch (BrokerException e) {
            throw BrokerException.isSilence(e) ? BrokerException.silent(settings, e) : e;
        }
    }

    /**
     * Where the topic ends. A transaction that has just been committed becomes visible a moment later; one that is still
     * open is waited for too, but not for long.
     */
    private static Map<TopicPartition, Long> certainEnds(
            Map<String, String> settings, KafkaConsumer<byte[], byte[]> consumer, List<TopicPartition> partitions) {
        long limit = System.nanoTime() + OPEN_TRANSACTION.toNanos();
        try (Admin admin = Topics.admin(settings)) {
            var latest = new HashMap<TopicPartition, OffsetSpec>();
            partitions.forEach(partition -> latest.put(partition, OffsetSpec.latest()));
            var written = new HashMap<TopicPartition, Long>();
            admin.listOffsets(latest)
                    .all()
                    .get(TIMEOUT_SECONDS, TimeUnit.SECONDS)
                    .forEach((partition, end) -> written.put(partition, end.offset()));
            while (true) {
                Map<TopicPartition, Long> certain = consumer.endOffsets(partitions);
                if (System.nanoTime() > limit
                        || partitions.stream()
                                .allMatch(p -> certain.getOrDefault(p, 0L) >= written.getOrDefault(p, 0L))) {
                    return certain;
                }
                Thread.sleep(OPEN_TRANSACTION.toMillis() / 100);
            }
        } catch (ExecutionException | TimeoutException e) {
            throw BrokerException.silent(settings, e);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    /** A consumer without a group that reads committed records only. @throws BrokerException if a setting is not valid */
    static KafkaConsumer<byte[], byte[]> consumer(Map<String, String> settings, int maximumRecords) {
        var own = new HashMap<String, Object>();
        own.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        own.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, maximumRecords);
        own.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, TIMEOUT_MILLIS);
        // Closing waits for the fetch in flight, and there always is one.
        own.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, FETCH_WAIT_MILLIS);
        return Clients.certainReader(settings, own);
    }

    /** @throws BrokerException if the topic is not there or the broker does not answer */
    static List<TopicPartition> partitions(KafkaConsumer<byte[], byte[]> consumer, String topic) {
        List<PartitionInfo> found;
        try {
            found = consumer.partitionsFor(topic);
        } catch (KafkaException e) {
            throw new BrokerException("cannot read the topic " + topic + ": " + BrokerException.rootMessage(e), e);
        }
        if (found.isEmpty()) {
            throw new BrokerException("expected a topic " + topic + ", found none");
        }
        return found.stream()
                .map(p -> new TopicPartition(p.topic(), p.partition()))
                .toList();
    }

    /**
     * Changes the topic: fences any writer that has an unfinished change, reads the contents, lets the change compute what
     * to write, and makes all of it visible at once.
     *
     * <p>A busy broker may reject records as outside their transaction, which the client treats as fatal although the broker
     * means it to retry (Kafka 4.3, KIP-890). Nothing is written then, so the change is retried.
     *
     * @param change called once for each attempt
     * @throws BrokerException if another change started in the meantime, or the broker refuses; nothing has changed then
     */
    static void change(Map<String, String> settings, String topic, Change change) {
        int attempts = 1;
        while (!tryToChange(settings, topic, change, attempts < ATTEMPTS)) {
            attempts++;
        }
    }

    /** @return false if the broker lost the transaction, so the change can be retried */
    private static boolean tryToChange(Map<String, String> settings, String topic, Change change, boolean again) {
        try (var producer = producer(settings, topic)) {
            producer.initTransactions();
            List<ProducerRecord<byte[], byte[]>> records = change.records();
            producer.beginTransaction();
            for (ProducerRecord<byte[], byte[]> record : records) {
                var unused = producer.send(record); // a failure shows at the commit
            }
            producer.commitTransaction();
            return true;
        } catch (ProducerFencedException | InvalidProducerEpochException e) {
            throw new BrokerException(
                    "another command changed " + topic
                            + " at the same time; nothing was changed by this one, try again",
                    e);
        } catch (KafkaException e) {
            if (again && BrokerException.root(e) instanceof InvalidTxnStateException) {
                return false;
            }
            throw new BrokerException(
                    "the broker rejected the change to " + topic + ": " + BrokerException.rootMessage(e), e);
        }
    }

    private static KafkaProducer<byte[], byte[]> producer(Map<String, String> settings, String topic) {
        var own = new HashMap<String, Object>(settings);
        own.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, transactionalId(topic));
        own.putAll(Clients.IN_ORDER);
        own.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, FIRST_TRANSACTION_MILLIS);
        return Clients.producer(own);
    }

    /** The transactional id; changing the topic requires the right to write under it. */
    static String transactionalId(String topic) {
        return topic + "-change";
    }

    private static BrokerException interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new BrokerException("interrupted while waiting for Kafka", e);
    }
}

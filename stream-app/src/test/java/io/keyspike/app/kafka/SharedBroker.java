package io.keyspike.app.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** One real broker for all tests of the JVM; the topics are empty for each test. */
public final class SharedBroker {

    public static final int PARTITIONS = 4;

    private static final EmbeddedBroker BROKER = EmbeddedBroker.start();

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(BROKER::close));
    }

    private SharedBroker() {}

    public static String address() {
        return BROKER.bootstrapServers();
    }

    /** Deletes whatever an earlier test left and makes the three topics. */
    public static void reset() throws Exception {
        clear();
        Topics.create(settings(), PARTITIONS);
        Topics.require(settings());
    }

    public static void clear() throws Exception {
        try (Admin admin = Admin.create(settings())) {
            Set<String> old = admin.listTopics().names().get();
            admin.deleteTopics(old).all().get();
            await("topics to go", () -> names(admin).isEmpty());
        }
    }

    private static Set<String> names(Admin admin) {
        try {
            return admin.listTopics().names().get();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    public static Map<String, Object> settings() {
        return Map.of("bootstrap.servers", address());
    }

    /** Everything committed in a topic so far. */
    public static List<ConsumerRecord<byte[], byte[]>> readAll(String topic) {
        var records = new ArrayList<ConsumerRecord<byte[], byte[]>>();
        var settings = Map.<String, Object>of("bootstrap.servers", address(), "isolation.level", "read_committed");
        try (var consumer = new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                    .map(p -> new TopicPartition(p.topic(), p.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            var ends = consumer.endOffsets(partitions);
            while (partitions.stream().anyMatch(p -> consumer.position(p) < ends.getOrDefault(p, 0L))) {
                consumer.poll(Duration.ofMillis(200)).forEach(records::add);
            }
        }
        return records;
    }

    /** Reads committed events until there are as many as expected, then a little longer to see that no more come. */
    public static List<KeywordEvent> awaitEvents(int count) {
        var events = new ArrayList<KeywordEvent>();
        try (var consumer =
                new EventConsumer(address(), EventConsumer.Start.BEGINNING, IsolationLevel.READ_COMMITTED, Map.of())) {
            await(count + " events", () -> {
                events.addAll(consumer.poll(Duration.ofMillis(100)));
                return events.size() >= count;
            });
            for (int i = 0; i < 10; i++) {
                events.addAll(consumer.poll(Duration.ofMillis(100)));
            }
        }
        return events;
    }

    /** Waits for something that must happen; the limit only ends a test that would never end. */
    public static void await(String what, BooleanSupplier happened) {
        long limit = System.nanoTime() + Duration.ofMinutes(2).toNanos();
        while (!happened.getAsBoolean()) {
            assertThat(System.nanoTime()).as("waiting for " + what).isLessThan(limit);
            try {
                Thread.sleep(20);
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }
}

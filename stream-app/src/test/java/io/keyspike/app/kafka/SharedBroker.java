package io.keyspike.app.kafka;

import io.keyspike.app.hearing.KeywordEvent;
import io.keyspike.app.kafka.broker.EmbeddedBroker;
import io.keyspike.app.kafka.wire.EventConsumer;
import io.keyspike.app.kafka.wire.TopicReader;
import io.keyspike.app.kafka.wire.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.IsolationLevel;

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
        return TopicReader.readAll(Map.of("bootstrap.servers", address(), "isolation.level", "read_committed"), topic);
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

    public static void await(String what, BooleanSupplier happened) {
        Patience.await(what, happened);
    }
}

package io.keyspike.app.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyspike.app.cli.Main;
import io.keyspike.app.hearing.KeywordEvent;
import io.keyspike.app.kafka.service.ServiceConfig.Guarantee;
import io.keyspike.app.kafka.wire.EventConsumer;
import io.keyspike.app.kafka.wire.KeywordEventCodec;
import io.keyspike.app.kafka.wire.TopicReader;
import io.keyspike.app.kafka.wire.Topics;
import io.keyspike.models.file.ModelFiles;
import io.keyspike.models.spotter.KeywordSpotter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListTransactionsOptions;
import org.apache.kafka.clients.admin.TransactionListing;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.common.IsolationLevel;
import org.jspecify.annotations.Nullable;

/**
 * One fault: a service of real processes at a real broker, devices that send steadily, and in the end the comparison of
 * what was heard with what an undisturbed run hears in the same sound. Broker, sound and undisturbed run are the same for
 * all cases of a JVM; topics, application id and state are each case's own.
 */
final class FaultCase implements AutoCloseable {

    static final int DEVICES = 16;
    private static final int PARTITIONS = 4;
    private static final int LONGEST_FRAMES = 16_000;
    private static final Duration QUIET = Duration.ofSeconds(2);

    private static final Path FOLDER = temporaryFolder();
    private static final Path MODEL = FOLDER.resolve("first.safetensors");
    private static final BrokerProcess BROKER = BrokerProcess.start(FOLDER);
    private static final List<DeviceSound> SOUNDS = new ArrayList<>();
    private static final List<KeywordEvent.Identity> UNDISTURBED = undisturbed();
    private static int cases;

    private final String name;
    private final Guarantee guarantee;
    private final Path folder;
    private final Map<String, JavaProcess> instances = new HashMap<>();
    private final List<JavaProcess> started = new ArrayList<>();
    private final EventConsumer events;
    private final List<KeywordEvent> heard = new ArrayList<>();
    private @Nullable SteadySound sound;
    private int kills;

    /** Begins with empty topics. */
    FaultCase(String name, Guarantee guarantee) throws Exception {
        this.name = name;
        this.guarantee = guarantee;
        folder = FOLDER.resolve("case-" + cases++);
        Files.createDirectories(folder);
        // As the service has it where other brokers hold copies. With one broker it is a minute, for which readers
        // would have
        // to wait whenever an instance is killed and does not come back.
        Files.writeString(properties(), """
            main.consumer.session.timeout.ms=3000
            main.consumer.heartbeat.interval.ms=1000
            producer.transaction.timeout.ms=10000
            """);
        resetTopics();
        events = new EventConsumer(address(), EventConsumer.Start.BEGINNING, IsolationLevel.READ_COMMITTED, Map.of());
    }

    private static List<KeywordEvent.Identity> undisturbed() {
        try {
            ModelFiles.write(MODEL, TestModels.model("first", 1));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        KeywordSpotter spotter = TestModels.spotter("first", 1);
        var all = new ArrayList<KeywordEvent.Identity>();
        for (int d = 0; d < DEVICES; d++) {
            SOUNDS.add(DeviceSound.of(d, LONGEST_FRAMES));
            all.addAll(SOUNDS.get(d).expected(spotter));
        }
        return List.copyOf(all);
    }

    static String address() {
        return BROKER.address();
    }

    static BrokerProcess broker() {
        return BROKER;
    }

    static Path model() {
        return MODEL;
    }

    Path folder() {
        return folder;
    }

    /** A folder that goes with this JVM. */
    static Path newFolder(String name) {
        return FOLDER.resolve(name);
    }

    private Path properties() {
        return folder.resolve("client.properties");
    }

    private static void resetTopics() throws Exception {
        Map<String, Object> settings = Map.of("bootstrap.servers", address());
        try (Admin admin = Admin.create(settings)) {
            Set<String> old = admin.listTopics().names().get();
            admin.deleteTopics(old).all().get();
            await("topics to go", () -> {
                try {
                    return admin.listTopics().names().get().isEmpty();
                } catch (Exception e) {
                    throw new AssertionError(e);
                }
            });
        }
        Topics.create(settings, PARTITIONS);
    }

    // ---- the service ------------------------------------------------------------------------------------------------

    /** Starts an instance, or starts it again with the state it left, and waits until it listens. */
    JavaProcess start(String instance) {
        JavaProcess process = launch(instance, MODEL, List.of());
        process.awaitSaid("listening");
        return process;
    }

    /** Starts an instance without waiting. */
    JavaProcess launch(String instance, Path model, List<String> more) {
        return launch(instance, folder.resolve(instance), List.of("--model", model.toString()), more);
    }

    JavaProcess launch(String instance, Path stateDir, List<String> model, List<String> more) {
        var arguments = new ArrayList<>(List.of(
                "stream",
                "--bootstrap-servers",
                address(),
                "--application-id",
                folder.getFileName().toString(),
                "--state-dir",
                stateDir.toString(),
                "--guarantee",
                guarantee.name(),
                "--threads",
                "1",
                "--warm-up",
                "0",
                "--properties",
                properties().toString()));
        arguments.addAll(model);
        arguments.addAll(more);
        JavaProcess process = JavaProcess.start(folder.resolve(instance + ".log"), Main.class, arguments);
        instances.put(instance, process);
        started.add(process);
        return process;
    }

    /** A Kafka setting of the instances that are started from now on. */
    void set(String setting, String value) throws IOException {
        Files.writeString(properties(), setting + "=" + value + "\n", StandardOpenOption.APPEND);
    }

    /** Transactions stay open for as long as the service lets them on a broker that stands alone, as this one does. */
    void keepTransactionsAsOnOneBroker() throws IOException {
        String settings = Files.readString(properties());
        Files.writeString(properties(), settings.replaceAll("(?m)^producer\\.transaction\\.timeout\\.ms=.*\\R", ""));
    }

    JavaProcess instance(String instance) {
        return Objects.requireNonNull(instances.get(instance), instance);
    }

    void kill(String... names) {
        for (String instance : names) {
            assertThat(instance(instance).isAlive())
                    .as(
                            "%s alive before it is killed; it said %s",
                            instance, instance(instance).said())
                    .isTrue();
        }
        for (String instance : names) {
            instance(instance).kill();
            kills++;
        }
    }

    /** Kills and starts again without waiting until they listen. */
    void killAndLaunch(String... names) {
        kill(names);
        for (String instance : names) {
            launch(instance, MODEL, List.of());
        }
    }

    int kills() {
        return kills;
    }

    /** Records set aside so far. */
    int deadLetters() {
        var settings = Map.<String, Object>of("bootstrap.servers", address(), "isolation.level", "read_committed");
        return TopicReader.readAll(settings, Topics.DEAD_LETTERS).size();
    }

    void killBroker() {
        BROKER.kill();
        kills++;
    }

    /**
     * Kills the broker while the named instances, all that run, have transactions open and none is being completed: they are
     * suspended until the broker has finished what they had asked for, and resumed when it is gone.
     */
    void killBrokerBetweenCommits(String... names) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", (Object) address()))) {
            // An instance that has just committed has no transaction open; then another moment is tried.
            await("a moment with open transactions", () -> {
                for (String instance : names) {
                    instance(instance).pause();
                }
                awaitCompleted(admin);
                if (!transactions(admin, TransactionState.ONGOING).isEmpty()) {
                    return true;
                }
                for (String instance : names) {
                    instance(instance).resume();
                }
                return false;
            });
            killBroker();
        } finally {
            for (String instance : names) {
                instance(instance).resume();
            }
        }
    }

    /** Waits until no transaction is being completed, several times in a row: a request may still be on its way. */
    private static void awaitCompleted(Admin admin) {
        int[] calm = {0};
        await("transactions to be completed", () -> {
            boolean none = transactions(admin, TransactionState.PREPARE_COMMIT, TransactionState.PREPARE_ABORT)
                    .isEmpty();
            calm[0] = none ? calm[0] + 1 : 0;
            return calm[0] >= 5;
        });
    }

    private static Collection<TransactionListing> transactions(Admin admin, TransactionState... states) {
        try {
            return admin.listTransactions(new ListTransactionsOptions().filterStates(List.of(states)))
                    .all()
                    .get();
        } catch (ExecutionException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    // ---- sound and events -------------------------------------------------------------------------------------------

    void devicesSpeak() {
        devicesSpeak(SteadySound.none());
    }

    void devicesSpeak(SteadySound.Disturbance disturbance) {
        sound = new SteadySound(address(), SOUNDS, disturbance);
    }

    private SteadySound sound() {
        return Objects.requireNonNull(sound, "devices have not begun to speak");
    }

    /** Events so far. */
    int events() {
        heard.addAll(events.poll(Duration.ofMillis(20)));
        return heard.size();
    }

    /** Waits until more events have come, of sound that was sent after now; so all the service works. */
    void awaitHearing() {
        long from = (long) sound().frames() * TestModels.FRAME;
        var devices = new HashSet<String>();
        int[] seen = {heard.size()};
        await("events of every device", () -> {
            events();
            for (; seen[0] < heard.size(); seen[0]++) {
                if (heard.get(seen[0]).samplePosition() > from) {
                    devices.add(heard.get(seen[0]).device());
                }
            }
            return devices.size() >= DEVICES / 2;
        });
    }

    /** Waits for a few events more. */
    void awaitEvents(int more) {
        int wanted = events() + more;
        await(more + " more events", () -> events() >= wanted);
    }

    /** Ends the sound, waits for what must come, and compares. Says how many there were of everything. */
    Counts settle() throws Exception {
        int frames = sound().stop();
        long end = (long) frames * TestModels.FRAME;
        Set<KeywordEvent.Identity> expected = new HashSet<>();
        for (KeywordEvent.Identity identity : UNDISTURBED) {
            if (samplePosition(identity) <= end) {
                expected.add(identity);
            }
        }
        Set<KeywordEvent.Identity> found = new HashSet<>();
        var counter = new int[1];
        long[] lastNews = {System.nanoTime()};
        long limit = System.nanoTime() + Duration.ofMinutes(2).toNanos();
        while (System.nanoTime() < limit
                && !(found.containsAll(expected) && System.nanoTime() - lastNews[0] > QUIET.toNanos())) {
            events();
            for (; counter[0] < heard.size(); counter[0]++) {
                lastNews[0] = System.nanoTime();
                found.add(heard.get(counter[0]).identity());
            }
        }
        Set<KeywordEvent.Identity> missing = new HashSet<>(expected);
        missing.removeAll(found);
        Set<KeywordEvent.Identity> foreign = new HashSet<>(found);
        foreign.removeAll(expected);
        var counts = new Counts(
                kills,
                frames * DEVICES,
                expected.size(),
                heard.size(),
                missing.size(),
                heard.size() - found.size(),
                foreign.size());
        System.out.println(
                "fault: " + name + ", " + guarantee.name().toLowerCase(java.util.Locale.ROOT) + ": " + counts);
        if (counts.doubled() > 0) {
            sayWhereDoubled();
        }
        assertThat(expected).as("events of the undisturbed run").isNotEmpty();
        assertThat(missing).as("events that were lost").isEmpty();
        assertThat(foreign).as("events that the undisturbed run has not").isEmpty();
        if (guarantee == Guarantee.EXACTLY_ONCE) {
            assertThat(counts.doubled()).as("events that came twice").isZero();
        }
        return counts;
    }

    /** Whether the topic holds an event twice, or it was read twice. */
    private static void sayWhereDoubled() throws IOException {
        for (String isolation : List.of("read_committed", "read_uncommitted")) {
            var places = new HashMap<KeywordEvent.Identity, List<String>>();
            var settings = Map.<String, Object>of("bootstrap.servers", address(), "isolation.level", isolation);
            for (var record : TopicReader.readAll(settings, Topics.KEYWORD_EVENTS)) {
                KeywordEvent event = KeywordEventCodec.decode(record.value());
                places.computeIfAbsent(event.identity(), unused -> new ArrayList<>())
                        .add(record.partition() + "@" + record.offset() + " emitted " + event.emittedAt());
            }
            places.values().removeIf(each -> each.size() < 2);
            System.out.println("fault: " + isolation + ", in the topic more than once: " + places);
        }
    }

    /** The third part of an event's id. */
    private static long samplePosition(KeywordEvent.Identity identity) {
        String id = identity.id();
        int last = id.lastIndexOf('/');
        return Long.parseLong(id.substring(id.lastIndexOf('/', last - 1) + 1, last));
    }

    record Counts(int kills, int frames, int expected, int found, int lost, int doubled, int foreign) {
        @Override
        public String toString() {
            return kills + " kills, " + frames + " frames, " + expected + " events undisturbed, " + found + " found, "
                    + lost + " lost, " + doubled + " doubled, " + foreign + " foreign";
        }
    }

    @Override
    public void close() {
        SteadySound begun = sound;
        if (begun != null) {
            begun.close();
        }
        events.close();
        started.forEach(JavaProcess::kill);
    }

    static void await(String what, BooleanSupplier happened) {
        Patience.await(what, happened);
    }

    private static Path temporaryFolder() {
        try {
            Path folder = Files.createTempDirectory("keyspike-faults-");
            Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(folder)));
            return folder;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static void delete(Path folder) {
        BROKER.close();
        try (var paths = Files.walk(folder)) {
            for (Path path : paths.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            System.err.println("not all of " + folder + " could be deleted: " + e);
        }
    }
}

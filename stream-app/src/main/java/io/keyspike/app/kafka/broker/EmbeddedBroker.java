package io.keyspike.app.kafka.broker;

import io.keyspike.app.files.TemporaryFolder;
import io.keyspike.app.kafka.wire.BrokerException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.MetadataVersion;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A real Kafka broker inside this JVM: Kafka's own server class in KRaft mode, broker and controller combined, reachable
 * from this machine only. Meant for trying things out, demonstrations and tests: without replicas it is no place for data
 * that must last.
 */
public final class EmbeddedBroker implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(EmbeddedBroker.class);
    private static final String HOST = "127.0.0.1";
    private static final int NODE_ID = 1;
    /** Attempts, since a port found free can be taken by another process before the broker binds it. */
    private static final int PORT_ATTEMPTS = 3;

    private final KafkaRaftServer server;
    private final String bootstrapServers;
    private final Path directory;
    private final boolean temporary;
    private final AtomicBoolean closed = new AtomicBoolean();

    private EmbeddedBroker(KafkaRaftServer server, int port, Path directory, boolean temporary) {
        this.server = server;
        this.bootstrapServers = HOST + ":" + port;
        this.directory = directory;
        this.temporary = temporary;
    }

    /**
     * Starts a broker on free ports, with its data in a temporary folder that {@link #close} deletes.
     *
     * @throws BrokerException if it does not come up
     */
    public static EmbeddedBroker start() {
        Path directory;
        try {
            directory = Files.createTempDirectory("keyspike-broker-");
        } catch (IOException e) {
            throw new BrokerException("cannot create a temporary folder for the broker: " + e.getMessage(), e);
        }
        try {
            return start(directory, true, 0, Map.of(), false);
        } catch (RuntimeException e) {
            delete(directory);
            throw e;
        }
    }

    /**
     * Starts a broker with its data in a folder that is kept; topics of an earlier run still exist. If that run was killed,
     * the start takes a second longer; see {@link StaleBrokerRegistration}.
     *
     * @param directory created if it does not exist
     * @param port for clients; 0 for any free one
     * @param overrides broker settings that take precedence over this class's own
     * @throws BrokerException if it does not come up
     */
    public static EmbeddedBroker start(Path directory, int port, Map<String, String> overrides) {
        return start(directory, port, overrides, true);
    }

    /**
     * As {@link #start(Path, int, Map)}.
     *
     * @param noticeKill false to start after a kill as Kafka itself does
     */
    public static EmbeddedBroker start(Path directory, int port, Map<String, String> overrides, boolean noticeKill) {
        try {
            Files.createDirectories(directory);
        } catch (IOException e) {
            throw new BrokerException("cannot create the broker's folder " + directory + ": " + e.getMessage(), e);
        }
        requireFree(port);
        return start(directory, false, port, overrides, noticeKill);
    }

    private static EmbeddedBroker start(
            Path directory, boolean temporary, int wantedPort, Map<String, String> overrides, boolean noticeKill) {
        for (int attempt = 1; ; attempt++) {
            int port = wantedPort == 0 ? freePort() : wantedPort;
            try {
                int controllerPort = freePort();
                Map<String, String> settings = settings(directory, port, controllerPort);
                settings.putAll(overrides);
                format(directory);
                if (noticeKill && StaleBrokerRegistration.wasKilled(directory)) {
                    StaleBrokerRegistration.fence(settings, controllerListener(controllerPort), NODE_ID);
                }
                var server = new KafkaRaftServer(new KafkaConfig(settings, false), Time.SYSTEM);
                start(server);
                return new EmbeddedBroker(server, port, directory, temporary);
            } catch (Exception e) {
                if (attempt == PORT_ATTEMPTS || wantedPort != 0 || !causedBy(e, BindException.class)) {
                    throw new BrokerException(
                            "the embedded Kafka broker did not start on port " + port + " with data in " + directory
                                    + ": " + BrokerException.rootMessage(e),
                            e);
                }
                log.debug("port {} was taken, trying another", port, e);
            }
        }
    }

    private static void start(KafkaRaftServer server) {
        try {
            server.startup();
        } catch (RuntimeException e) {
            try {
                server.shutdown();
            } catch (RuntimeException shutdown) {
                e.addSuppressed(shutdown);
            }
            throw e;
        }
    }

    /** Where a single broker on one machine must differ from Kafka's defaults, and why. */
    private static Map<String, String> settings(Path directory, int port, int controllerPort) {
        var s = new TreeMap<String, String>();
        s.put("process.roles", "broker,controller");
        s.put("node.id", String.valueOf(NODE_ID));
        s.put("listeners", "PLAINTEXT://" + HOST + ":" + port + "," + controllerListener(controllerPort));
        s.put("advertised.listeners", "PLAINTEXT://" + HOST + ":" + port);
        s.put("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT");
        s.put("inter.broker.listener.name", "PLAINTEXT");
        s.put("controller.listener.names", "CONTROLLER");
        s.put("controller.quorum.voters", NODE_ID + "@" + HOST + ":" + controllerPort);
        s.put("log.dirs", directory.toString());

        // There is no other broker for a second replica.
        for (String topic : List.of("offsets.topic", "transaction.state.log", "share.coordinator.state.topic")) {
            s.put(topic + ".replication.factor", "1");
        }
        s.put("transaction.state.log.min.isr", "1");
        s.put("share.coordinator.state.topic.min.isr", "1");
        s.put("default.replication.factor", "1");
        s.put("min.insync.replicas", "1");

        // Fifty partitions each for offsets and transactions would take seconds to create, for a handful of clients.
        s.put("offsets.topic.num.partitions", "2");
        s.put("transaction.state.log.num.partitions", "2");
        s.put("share.coordinator.state.topic.num.partitions", "1");

        // One command starts all clients together: there are no other members to wait for.
        s.put("group.initial.rebalance.delay.ms", "0");
        s.put("group.streams.initial.rebalance.delay.ms", "0");
        // Members learn of their assignment by a heartbeat, which by default comes every five seconds.
        s.put("group.streams.min.heartbeat.interval.ms", "1000");
        s.put("group.streams.heartbeat.interval.ms", "1000");
        // The transaction of a client that has died blocks readers until the broker checks for timeouts.
        s.put("transaction.abort.timed.out.transaction.cleanup.interval.ms", "1000");

        // Start-up: the cleaner's 128 MB buffer and dozens of threads serve thousands of partitions.
        s.put("log.cleaner.dedupe.buffer.size", "4194304");
        // It wakes every 15 s and would occupy a core until it is done, on a machine that also processes audio.
        s.put("log.cleaner.io.max.bytes.per.second", String.valueOf(48 << 20));
        s.put("num.network.threads", "2");
        s.put("num.io.threads", "4");
        s.put("background.threads", "2");
        s.put("num.recovery.threads.per.data.dir", "1");
        // A topic created by mistake (a typo in a name) is worse than a clear error.
        s.put("auto.create.topics.enable", "false");
        return s;
    }

    private static String controllerListener(int port) {
        return "CONTROLLER://" + HOST + ":" + port;
    }

    private static void format(Path directory) throws Exception {
        if (Files.exists(directory.resolve("meta.properties"))) {
            return;
        }
        var printed = new ByteArrayOutputStream();
        new Formatter()
                .setClusterId(Uuid.randomUuid().toString())
                .setNodeId(NODE_ID)
                .setControllerListenerName("CONTROLLER")
                .setDirectories(List.of(directory.toString()))
                .setMetadataLogDirectory(directory.toString())
                .setReleaseVersion(MetadataVersion.latestProduction())
                .setHasDynamicQuorum(false)
                .setPrintStream(new PrintStream(printed, true, StandardCharsets.UTF_8))
                .run();
        log.debug("{}", printed);
    }

    /** Address for clients, {@code host:port}. */
    public String bootstrapServers() {
        return bootstrapServers;
    }

    /** The folder of the broker's data. */
    public Path directory() {
        return directory;
    }

    /** Stops the broker; deletes its folder if it is a temporary one. Closing twice has no further effect. */
    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        try {
            server.shutdown();
            server.awaitShutdown();
        } finally {
            if (temporary) {
                delete(directory);
            }
        }
    }

    /** Kafka would log errors with their stack traces before it fails. */
    private static void requireFree(int port) {
        if (port == 0) {
            return;
        }
        try (var socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        } catch (IOException e) {
            throw new BrokerException(
                    "the embedded Kafka broker cannot listen on port " + port + " (" + e.getMessage()
                            + "); choose another port, or 0 for any free one",
                    e);
        }
    }

    private static int freePort() {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new BrokerException("no free port for the broker on " + HOST + ": " + e.getMessage(), e);
        }
    }

    private static void delete(Path directory) {
        try {
            new TemporaryFolder(directory).close();
        } catch (IOException e) {
            log.warn("the broker's temporary folder {} could not be deleted: {}", directory, e.getMessage());
        }
    }

    private static boolean causedBy(Throwable e, Class<? extends Throwable> kind) {
        for (Throwable t = e; t != null; t = t.getCause()) {
            if (kind.isInstance(t)) {
                return true;
            }
        }
        return false;
    }
}

package io.keyspike.app.kafka.broker;

import io.keyspike.app.kafka.wire.BrokerException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import kafka.server.ControllerServer;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import kafka.server.SharedServer;
import kafka.server.StandardFaultHandlerFactory;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.image.MetadataDelta;
import org.apache.kafka.image.MetadataImage;
import org.apache.kafka.image.loader.LoaderManifest;
import org.apache.kafka.image.publisher.MetadataPublisher;
import org.apache.kafka.metadata.BrokerRegistration;
import org.apache.kafka.raft.QuorumConfig;
import org.apache.kafka.server.ServerSocketFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A killed broker that its controller still considers alive. If the controller was killed with it, the restarted controller
 * waits for the old broker's session to expire (9 s) before it lets the new one register. Until then the new one considers
 * itself the leader of everything, aborts expired transactions, cannot send the abort markers to its own listener, which is
 * not open yet, and drops them once the controller has revoked its leadership (KAFKA-20734): aborted records are then
 * committed with the next transaction, or block read-committed consumers for ever.
 *
 * <p>A separate controller would have fenced the broker during the outage. So the controller is first started alone, with a
 * short session timeout, and stopped once it has fenced the broker; the broker then starts immediately, like any other.
 */
final class StaleBrokerRegistration {

    private static final Logger log = LoggerFactory.getLogger(StaleBrokerRegistration.class);

    /** Written by Kafka when a broker has closed its logs, and removed when it opens them. */
    private static final String CLEAN_SHUTDOWN = ".kafka_cleanshutdown";

    private static final String SESSION_MILLIS = "500";
    private static final String HEARTBEAT_MILLIS = "100";
    private static final long LIMIT_SECONDS = 30;

    private StaleBrokerRegistration() {}

    /** Whether a broker with this data folder ended without closing it. */
    static boolean wasKilled(Path directory) {
        return Files.exists(directory.resolve("meta.properties")) && !Files.exists(directory.resolve(CLEAN_SHUTDOWN));
    }

    /**
     * Lets the controller notice that the broker is gone.
     *
     * @param settings of the combined broker and controller
     * @param controllerListener the controller's part of {@code listeners}
     */
    static void fence(Map<String, String> settings, String controllerListener, int nodeId) throws InterruptedException {
        var alone = new HashMap<>(settings);
        alone.put("process.roles", "controller");
        alone.put("listeners", controllerListener);
        alone.remove("advertised.listeners");
        alone.remove("inter.broker.listener.name");
        alone.put("broker.session.timeout.ms", SESSION_MILLIS);
        alone.put("broker.heartbeat.interval.ms", HEARTBEAT_MILLIS);
        var config = new KafkaConfig(alone, false);
        var folders = KafkaRaftServer.initializeLogDirs(config, log, "");
        var shared = new SharedServer(
                config,
                folders._1(),
                Time.SYSTEM,
                new Metrics(),
                CompletableFuture.completedFuture(
                        QuorumConfig.parseVoterConnections(config.quorumConfig().voters())),
                List.of(),
                new StandardFaultHandlerFactory(),
                ServerSocketFactory.INSTANCE);
        var controller = new ControllerServer(shared, KafkaRaftServer.configSchema(), folders._2());
        var gone = new Gone(nodeId);
        try {
            controller.startup();
            shared.loader().installPublishers(List.of(gone)).get();
            gone.known.get(LIMIT_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new BrokerException("the controller did not notice that its broker had been killed", e);
        } finally {
            controller.shutdown();
            controller.awaitShutdown();
        }
    }

    /** Notices when the controller fences a broker. */
    private static final class Gone implements MetadataPublisher {

        private final CompletableFuture<Boolean> known = new CompletableFuture<>();
        private final int nodeId;

        Gone(int nodeId) {
            this.nodeId = nodeId;
        }

        @Override
        public String name() {
            return "FormerBroker";
        }

        @Override
        public void onMetadataUpdate(MetadataDelta delta, MetadataImage image, LoaderManifest manifest) {
            BrokerRegistration broker = image.cluster().broker(nodeId);
            if (broker == null || broker.fenced()) {
                known.complete(true);
            }
        }

        @Override
        public void close() {}
    }
}

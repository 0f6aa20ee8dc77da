package io.keyspike.app.kafka.query;

import io.keyspike.app.kafka.wire.BrokerException;
import io.keyspike.app.kafka.wire.Topics;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Facts about a cluster that are needed before the service starts.
 *
 * @param id generated when the cluster was created
 * @param brokers current number of brokers
 */
public record ClusterFacts(String id, int brokers) {

    private static final Logger log = LoggerFactory.getLogger(ClusterFacts.class);

    /** Replicas of what must survive the loss of a broker, if there are enough brokers. */
    private static final int WANTED_COPIES = 3;

    private static final Duration PAUSE = Duration.ofSeconds(1);

    /** Replication factor of internal topics: Kafka's default is the broker's, which is 1 unless configured. */
    public int replicationFactor() {
        return Math.min(WANTED_COPIES, Math.max(1, brokers));
    }

    /**
     * Queries the cluster, and retries while no broker answers.
     *
     * @param clientSettings settings of a Kafka client, {@code bootstrap.servers} among them
     * @param brokerWait how long to wait for an unresponsive broker
     * @throws BrokerException if none answered in time, access was denied, or a setting is not valid
     */
    public static ClusterFacts ask(Map<String, String> clientSettings, Duration brokerWait) {
        long deadline = System.nanoTime() + brokerWait.toNanos();
        boolean told = false;
        while (true) {
            try (Admin admin = Topics.admin(clientSettings)) {
                var cluster = admin.describeCluster();
                return new ClusterFacts(
                        cluster.clusterId().get(Topics.TIMEOUT_SECONDS, TimeUnit.SECONDS),
                        cluster.nodes()
                                .get(Topics.TIMEOUT_SECONDS, TimeUnit.SECONDS)
                                .size());
            } catch (ExecutionException | TimeoutException e) {
                if (System.nanoTime() >= deadline || isLasting(e)) {
                    throw new BrokerException(
                            "no Kafka broker answered at " + clientSettings.get("bootstrap.servers")
                                    + (BrokerException.isSilence(e) ? "" : ": " + BrokerException.rootMessage(e))
                                    + "; check the address and, for TLS or SASL, --properties",
                            e);
                }
                if (!told) {
                    told = true;
                    log.warn(
                            "no Kafka broker answers at {} yet; waiting for up to {} s",
                            clientSettings.get("bootstrap.servers"),
                            brokerWait.toSeconds());
                }
                pause();
            } catch (InterruptedException e) {
                throw interrupted(e);
            }
        }
    }

    private static boolean isLasting(Exception e) {
        Throwable cause = e.getCause();
        return cause instanceof AuthenticationException
                || cause instanceof AuthorizationException
                || cause instanceof UnsupportedVersionException;
    }

    private static void pause() {
        try {
            Thread.sleep(PAUSE);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private static BrokerException interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new BrokerException("interrupted while querying the cluster", e);
    }
}

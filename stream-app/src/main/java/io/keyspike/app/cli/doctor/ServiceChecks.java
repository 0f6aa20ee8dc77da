package io.keyspike.app.cli.doctor;

import io.keyspike.app.cli.shared.CommandException;
import io.keyspike.app.cli.shared.ExitCode;
import io.keyspike.app.cli.shared.ModelCheck;
import io.keyspike.app.cli.shared.ModelLocator;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.KafkaException;

/** The checks of {@code doctor} on brokers and models. */
final class ServiceChecks {

    private static final String BROKER_CLASS = "kafka.server.KafkaRaftServer";
    private static final int CONNECT_MILLIS = 5_000;

    private ServiceChecks() {}

    /** Whether the Kafka broker at this address responds within five seconds. */
    static Diagnosis broker(String bootstrapServers) {
        Map<String, Object> settings = Map.of(
                AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG,
                bootstrapServers,
                AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG,
                CONNECT_MILLIS,
                AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
                CONNECT_MILLIS);
        try (Admin admin = Admin.create(settings)) {
            var cluster = admin.describeCluster();
            int nodes =
                    cluster.nodes().get(CONNECT_MILLIS, TimeUnit.MILLISECONDS).size();
            String id = cluster.clusterId().get(CONNECT_MILLIS, TimeUnit.MILLISECONDS);
            return Diagnosis.ok("broker", bootstrapServers + " responds: cluster " + id + ", brokers: " + nodes);
        } catch (ExecutionException | TimeoutException | KafkaException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            return Diagnosis.missing(
                    "broker",
                    bootstrapServers + " does not respond: " + cause.getMessage(),
                    "check the address, the firewall and that the broker is running; without --bootstrap-servers, a broker"
                            + " is started in the process");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandException(ExitCode.INTERRUPTED, "interrupted while waiting for the broker", e);
        }
    }

    /** Whether a broker could be started in this process. */
    static Diagnosis embeddedBroker() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Class.forName(BROKER_CLASS, false, ServiceChecks.class.getClassLoader());
            return Diagnosis.ok(
                    "broker", "can be started in this process (port " + socket.getLocalPort() + " is free)");
        } catch (ClassNotFoundException e) {
            return Diagnosis.missing(
                    "broker",
                    "Kafka's broker classes are not on the class path",
                    "rebuild with mvn package, or pass --bootstrap-servers");
        } catch (IOException e) {
            return Diagnosis.missing(
                    "broker", "no free port on this machine: " + e.getMessage(), "pass --bootstrap-servers");
        }
    }

    /** Whether all models shipped with Keyspike are present and valid. */
    static Diagnosis shippedModels(ModelLocator locator) throws IOException {
        var good = new ArrayList<String>();
        var bad = new ArrayList<String>();
        for (ModelLocator.Located model : locator.shipped()) {
            String error = ModelCheck.errorOf(model.file());
            if (error == null) {
                good.add(model.name());
            } else {
                bad.add(error);
            }
        }
        if (!bad.isEmpty()) {
            return Diagnosis.missing("models", String.join("; ", bad), "re-download model-zoo/");
        }
        return good.isEmpty()
                ? Diagnosis.missing(
                        "models",
                        "none in " + locator.shippedFolder(),
                        "download Keyspike's model-zoo folder, or train a model")
                : Diagnosis.ok("models", String.join(", ", good) + ", checksums verified");
    }
}

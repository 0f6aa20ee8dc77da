package io.keyspike.app.kafka.wire;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.kafka.clients.ClientUtils;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.SaslConfigs;
import org.apache.kafka.common.config.SslConfigs;
import org.apache.kafka.common.utils.LogContext;
import org.apache.kafka.common.utils.Time;
import org.jspecify.annotations.Nullable;

/**
 * Checks Kafka settings before anything is connected: every client takes them, so what is wrong for the admin client is wrong
 * for all. Kafka's own clients report a truststore that is not there, or a JAAS text that cannot be read, as "failed to
 * construct" with the reason three causes deep.
 */
public final class ConnectionSettings {

    /** Settings that name a file, and what kind. */
    private static final List<String> STORES =
            List.of(SslConfigs.SSL_TRUSTSTORE_LOCATION_CONFIG, SslConfigs.SSL_KEYSTORE_LOCATION_CONFIG);

    /** Mechanisms whose login needs no server but the broker. */
    private static final List<String> OFFLINE = List.of("PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512");

    private static final String LOGIN_FILE = "java.security.auth.login.config";

    private ConnectionSettings() {}

    /**
     * What is wrong with settings.
     *
     * @param sentence names the setting
     * @param isMissing whether it names a file that is not there or may not be read
     */
    public record Fault(String sentence, boolean isMissing) {}

    /**
     * Checks the settings of a connection, all but the brokers' addresses.
     *
     * @return what is wrong; null if nothing that can be told without a broker is
     */
    public static @Nullable Fault fault(Map<String, String> settings) {
        var all = new HashMap<String, Object>(settings);
        all.put(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, "unused:1");
        AdminClientConfig config;
        try {
            config = new AdminClientConfig(all);
        } catch (ConfigException e) {
            return new Fault(String.valueOf(e.getMessage()), false);
        }
        String protocol = settings.getOrDefault(AdminClientConfig.SECURITY_PROTOCOL_CONFIG, "PLAINTEXT")
                .toUpperCase(Locale.ROOT);
        if (protocol.endsWith("SSL")) {
            for (String store : STORES) {
                String obstacle = obstacle(settings.get(store));
                if (obstacle != null) {
                    return new Fault(store + ": expected a file, found " + obstacle, true);
                }
            }
        }
        String mechanism = settings.getOrDefault(SaslConfigs.SASL_MECHANISM, SaslConfigs.DEFAULT_SASL_MECHANISM);
        if (protocol.startsWith("SASL")) {
            if (!OFFLINE.contains(mechanism)) {
                return null;
            }
            if (settings.getOrDefault(SaslConfigs.SASL_JAAS_CONFIG, "").isBlank()
                    && System.getProperty(LOGIN_FILE) == null) {
                return new Fault(
                        SaslConfigs.SASL_JAAS_CONFIG + ": expected a login module with user and password for "
                                + mechanism + ", found none",
                        false);
            }
        }
        try {
            ClientUtils.createChannelBuilder(config, Time.SYSTEM, new LogContext())
                    .close();
            return null;
        } catch (KafkaException | IllegalArgumentException e) {
            return new Fault(blamed(e, settings) + BrokerException.rootMessage(e), false);
        }
    }

    /** Why a file cannot be read; null if it can, or none is named. */
    private static @Nullable String obstacle(@Nullable String named) {
        if (named == null) {
            return null;
        }
        Path path;
        try {
            path = Path.of(named);
        } catch (InvalidPathException e) {
            return "'" + named + "'";
        }
        if (!Files.exists(path)) {
            return "none at " + path;
        }
        return Files.isDirectory(path)
                ? "a folder at " + path
                : Files.isReadable(path) ? null : "one that may not be read at " + path;
    }

    /** The setting that a failure is about, with a colon; empty if it does not say. */
    private static String blamed(Throwable failure, Map<String, String> settings) {
        for (Throwable t = failure; t != null; t = t.getCause()) {
            String message = String.valueOf(t.getMessage());
            for (String store : STORES) {
                String named = settings.get(store);
                if (named != null && message.contains(named)) {
                    return store + " " + named + ": ";
                }
            }
            if (message.contains("JAAS")
                    || message.contains("LoginException")
                    || message.contains("Login module")
                    || message.contains("LoginModule")) {
                return SaslConfigs.SASL_JAAS_CONFIG + ": ";
            }
        }
        return "";
    }
}

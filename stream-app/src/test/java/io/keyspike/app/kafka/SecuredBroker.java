package io.keyspike.app.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyspike.app.kafka.broker.EmbeddedBroker;
import io.keyspike.app.kafka.wire.BrokerException;
import io.keyspike.app.kafka.wire.Clients;
import io.keyspike.app.kafka.wire.TopicReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclBindingFilter;

/**
 * A broker as one that is open to a network: TLS with a certificate made for the occasion, users with passwords
 * (SCRAM-SHA-512), and nobody may do anything without an ACL, save the broker's own user.
 */
public final class SecuredBroker implements AutoCloseable {

    public static final String PASSWORD = "pass-of-";
    private static final String STORE_PASSWORD = "store-password";
    private static final String BROKER_USER = "broker";

    private final Path folder;
    private final EmbeddedBroker broker;

    private SecuredBroker(Path folder, EmbeddedBroker broker) {
        this.folder = folder;
        this.broker = broker;
    }

    /** @param users that can log in; the password is {@link #PASSWORD} and the name */
    public static SecuredBroker start(Path folder, List<String> users) throws Exception {
        Path keys = folder.resolve("broker.p12");
        keytool(
                "-genkeypair",
                "-alias",
                "broker",
                "-keyalg",
                "EC",
                "-dname",
                "CN=localhost",
                "-ext",
                "san=ip:127.0.0.1",
                "-validity",
                "2",
                "-storetype",
                "PKCS12",
                "-keystore",
                keys.toString(),
                "-storepass",
                STORE_PASSWORD);
        keytool(
                "-exportcert",
                "-rfc",
                "-alias",
                "broker",
                "-keystore",
                keys.toString(),
                "-storepass",
                STORE_PASSWORD,
                "-file",
                folder.resolve("broker.pem").toString());
        var settings = new TreeMap<String, String>();
        // The broker's only listener has the name PLAINTEXT; what it speaks is another matter.
        settings.put("listener.security.protocol.map", "PLAINTEXT:SASL_SSL,CONTROLLER:PLAINTEXT");
        settings.put("ssl.keystore.type", "PKCS12");
        settings.put("ssl.keystore.location", keys.toString());
        settings.put("ssl.keystore.password", STORE_PASSWORD);
        settings.put("ssl.truststore.type", "PEM");
        settings.put("ssl.truststore.location", folder.resolve("broker.pem").toString());
        settings.put("sasl.enabled.mechanisms", "PLAIN,SCRAM-SHA-512");
        settings.put("sasl.mechanism.inter.broker.protocol", "PLAIN");
        settings.put(
                "listener.name.plaintext.plain.sasl.jaas.config",
                "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"broker\" password=\""
                        + PASSWORD + BROKER_USER + "\" user_broker=\"" + PASSWORD + BROKER_USER + "\";");
        settings.put(
                "listener.name.plaintext.scram-sha-512.sasl.jaas.config",
                "org.apache.kafka.common.security.scram.ScramLoginModule required;");
        settings.put("authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer");
        // The controller's listener is the broker's own affair here, and knows no users.
        settings.put("super.users", "User:" + BROKER_USER + ";User:ANONYMOUS");
        settings.put("group.min.session.timeout.ms", "1000");
        var secured = new SecuredBroker(folder, EmbeddedBroker.start(folder.resolve("data"), 0, settings));
        try (Admin admin = secured.admin()) {
            var credentials = new ArrayList<org.apache.kafka.clients.admin.UserScramCredentialAlteration>();
            for (String user : users) {
                credentials.add(new UserScramCredentialUpsertion(
                        user, new ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, 4096), PASSWORD + user));
            }
            admin.alterUserScramCredentials(credentials).all().get();
        }
        return secured;
    }

    private static void keytool(String... arguments) throws Exception {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
    }

    public String address() {
        return broker.bootstrapServers();
    }

    /** What a client needs to talk to this broker as a user. */
    public Map<String, String> settings(String user, String password) {
        var settings = new TreeMap<String, String>();
        settings.put("security.protocol", "SASL_SSL");
        settings.put("ssl.truststore.type", "PEM");
        settings.put("ssl.truststore.location", folder.resolve("broker.pem").toString());
        settings.put("sasl.mechanism", "SCRAM-SHA-512");
        settings.put(
                "sasl.jaas.config",
                "org.apache.kafka.common.security.scram.ScramLoginModule required username=\"" + user + "\" password=\""
                        + password + "\";");
        return settings;
    }

    public Map<String, String> settings(String user) {
        return settings(user, PASSWORD + user);
    }

    /** The same with the broker's address. */
    public Map<String, String> client(String user) {
        var settings = new TreeMap<>(settings(user));
        settings.put("bootstrap.servers", address());
        return settings;
    }

    /** Sends records as a user, one after the other. @throws BrokerException if the broker does not take one */
    public void send(String user, List<ProducerRecord<byte[], byte[]>> records) {
        try (var producer = Clients.producer(Map.copyOf(client(user)))) {
            for (ProducerRecord<byte[], byte[]> record : records) {
                producer.send(record).get();
            }
        } catch (ExecutionException e) {
            throw new BrokerException("the " + user + " may not send: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** What is certain in a topic, read by the user who may do everything. */
    public List<ConsumerRecord<byte[], byte[]>> committed(String topic) {
        var settings = new TreeMap<>(superUserSettings());
        settings.put("isolation.level", "read_committed");
        return TopicReader.readAll(settings, topic);
    }

    /** The same as the file that {@code --properties} takes. */
    public Path properties(String user, String password) throws IOException {
        Path file = Files.createTempFile(folder, user, ".properties");
        var lines = new ArrayList<String>();
        settings(user, password).forEach((name, value) -> lines.add(name + "=" + value.replace("\\", "\\\\")));
        return Files.write(file, lines);
    }

    /** Of the user who may do everything. */
    Map<String, Object> superUserSettings() {
        var settings = new TreeMap<String, Object>(settings(BROKER_USER));
        settings.put("bootstrap.servers", address());
        settings.put("sasl.mechanism", "PLAIN");
        settings.put(
                "sasl.jaas.config",
                "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"broker\" password=\""
                        + PASSWORD + BROKER_USER + "\";");
        return settings;
    }

    Admin admin() {
        return Admin.create(superUserSettings());
    }

    /** Empties the broker and lets exactly these things be done. */
    public void begin(Collection<AclBinding> acls) throws Exception {
        try (Admin admin = admin()) {
            admin.deleteTopics(admin.listTopics().names().get()).all().get();
            admin.deleteAcls(List.of(AclBindingFilter.ANY)).all().get();
            admin.createAcls(acls).all().get();
            Patience.await("the topics to go and the ACLs to come", () -> {
                try {
                    return admin.listTopics().names().get().isEmpty()
                            && Set.copyOf(admin.describeAcls(AclBindingFilter.ANY)
                                            .values()
                                            .get())
                                    .equals(Set.copyOf(acls));
                } catch (Exception e) {
                    throw new AssertionError(e);
                }
            });
        }
    }

    @Override
    public void close() {
        broker.close();
    }
}

package io.keyspike.app.cli.shared;

import io.keyspike.app.cli.arguments.Input;
import io.keyspike.app.kafka.query.BrokerProbe;
import io.keyspike.app.kafka.wire.ConnectionSettings;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options {@code --bootstrap-servers} and {@code --properties}: which Kafka cluster to use, and how to connect. */
public final class KafkaOptions {

    private static final Pattern ADDRESS = Pattern.compile("(\\w+://)?([^\\s:\\[\\]]+|\\[[0-9a-fA-F:.%]+]):\\d{1,5}");

    @Option(names = "--bootstrap-servers", paramLabel = "HOST:PORT", description = "Kafka brokers, comma-separated.")
    private @Nullable String bootstrapServers;

    @Option(
            names = "--properties",
            paramLabel = "FILE",
            description = "File with additional Kafka client settings (TLS, SASL, ...), one name=value per line.")
    @Input(Input.Kind.FILE)
    private @Nullable Path properties;

    /**
     * The brokers given, or null if none were.
     *
     * @throws CommandException with {@link ExitCode#USAGE} if they are not addresses
     */
    @Nullable
    public String bootstrapServers() {
        if (bootstrapServers != null) {
            for (String address : bootstrapServers.split(",", -1)) {
                if (!ADDRESS.matcher(address.strip()).matches()) {
                    throw new CommandException(
                            ExitCode.USAGE,
                            "--bootstrap-servers: expected HOST:PORT[,HOST:PORT...], found '" + bootstrapServers + "'");
                }
            }
        }
        return bootstrapServers;
    }

    /** @throws CommandException if no brokers were named; {@code purpose} says what needs them */
    public String requiredBootstrapServers(String purpose) {
        String servers = bootstrapServers();
        if (servers == null) {
            throw new CommandException(
                    ExitCode.USAGE,
                    purpose
                            + " requires --bootstrap-servers HOST:PORT ('keyspike stream' prints the address of its own broker)");
        }
        return servers;
    }

    /**
     * Settings of any Kafka client.
     *
     * @throws CommandException if no brokers were named; {@code purpose} says what needs them
     */
    public Map<String, String> clientSettings(String purpose) {
        String servers = requiredBootstrapServers(purpose);
        Map<String, String> settings = properties();
        settings.put("bootstrap.servers", servers);
        BrokerProbe.sayIfSilent(servers);
        return settings;
    }

    private static String reason(Exception e) {
        return e instanceof CharacterCodingException
                ? "bytes that are not text"
                : e instanceof AccessDeniedException ? "one that may not be read" : String.valueOf(e.getMessage());
    }

    /** @throws CommandException if the file cannot be read */
    public Map<String, String> properties() {
        var settings = new TreeMap<String, String>();
        if (properties != null) {
            var read = new Properties();
            try (Reader in = Files.newBufferedReader(properties)) {
                read.load(in);
            } catch (IOException | IllegalArgumentException e) {
                throw new CommandException(
                        ExitCode.FAILED,
                        "--properties: expected a file of name=value lines at " + properties + ", found " + reason(e),
                        e);
            }
            read.stringPropertyNames().forEach(name -> settings.put(name, read.getProperty(name)));
            ConnectionSettings.Fault fault = ConnectionSettings.fault(settings);
            if (fault != null) {
                throw new CommandException(
                        fault.isMissing() ? ExitCode.USAGE : ExitCode.FAILED,
                        "--properties " + properties + ": " + fault.sentence());
            }
        }
        return settings;
    }
}

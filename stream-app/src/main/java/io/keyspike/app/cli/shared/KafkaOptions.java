package io.keyspike.app.cli.shared;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options {@code --bootstrap-servers} and {@code --properties}: which Kafka cluster to use, and how to connect. */
public final class KafkaOptions {

    @Option(names = "--bootstrap-servers", paramLabel = "HOST:PORT", description = "Kafka brokers, comma-separated.")
    private @Nullable String bootstrapServers;

    @Option(
            names = "--properties",
            paramLabel = "FILE",
            description = "File with additional Kafka client settings (TLS, SASL, ...), one name=value per line.")
    private @Nullable Path properties;

    /** @return the brokers given, or null if none were */
    @Nullable
    public String bootstrapServers() {
        return bootstrapServers;
    }

    /** @throws CommandException if no brokers were named; {@code purpose} says what needs them */
    public String requiredBootstrapServers(String purpose) {
        if (bootstrapServers == null) {
            throw new CommandException(
                    ExitCode.USAGE,
                    purpose
                            + " requires --bootstrap-servers HOST:PORT ('keyspike stream' prints the address of its own broker)");
        }
        return bootstrapServers;
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
        return settings;
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
                        ExitCode.USAGE,
                        "--properties: expected a file of name=value lines at " + properties + ", found " + e,
                        e);
            }
            read.stringPropertyNames().forEach(name -> settings.put(name, read.getProperty(name)));
        }
        return settings;
    }
}

package io.keyspike.app.kafka.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConnectionSettingsTest {

    private static final String SCRAM =
            "org.apache.kafka.common.security.scram.ScramLoginModule required username=\"u\" password=\"p\";";

    @TempDir
    @SuppressWarnings("NullAway.Init") // injected by JUnit
    private Path folder;

    private static String sentence(Map<String, String> settings) {
        ConnectionSettings.Fault fault = ConnectionSettings.fault(settings);
        return fault == null ? "" : fault.sentence();
    }

    private static Map<String, String> sasl(String... more) {
        var settings = new HashMap<>(Map.of("security.protocol", "SASL_PLAINTEXT", "sasl.mechanism", "SCRAM-SHA-512"));
        for (int i = 0; i < more.length; i += 2) {
            settings.put(more[i], more[i + 1]);
        }
        return settings;
    }

    @Test
    void shouldAcceptWhatCanBeRead() {
        assertThat(sentence(Map.of())).isEmpty();
        assertThat(sentence(Map.of("security.protocol", "SSL"))).isEmpty();
        assertThat(sentence(sasl("sasl.jaas.config", SCRAM))).isEmpty();
    }

    @Test
    void shouldNameTheSettingOfAStoreThatIsNotThere() {
        for (String store : new String[] {"ssl.truststore.location", "ssl.keystore.location"}) {
            Path missing = folder.resolve("missing.pem");
            var fault = ConnectionSettings.fault(Map.of("security.protocol", "SSL", store, missing.toString()));

            assertThat(fault)
                    .isEqualTo(
                            new ConnectionSettings.Fault(store + ": expected a file, found none at " + missing, true));
            assertThat(sentence(Map.of("security.protocol", "SSL", store, folder.toString())))
                    .isEqualTo(store + ": expected a file, found a folder at " + folder);
        }
    }

    @Test
    void shouldNameTheSettingOfAStoreThatIsNone() throws IOException {
        Path none = Files.writeString(folder.resolve("ca.pem"), "no certificate");
        for (String type : new String[] {"PEM", "JKS", "PKCS12"}) {
            assertThat(sentence(Map.of(
                            "security.protocol",
                            "SSL",
                            "ssl.truststore.type",
                            type,
                            "ssl.truststore.location",
                            none.toString())))
                    .as(type)
                    .startsWith("ssl.truststore.location " + none + ": ");
        }
    }

    @Test
    void shouldNameTheSettingOfALoginThatIsMissingOrGarbled() {
        assertThat(sentence(sasl())).startsWith("sasl.jaas.config: expected a login module with user and password");
        assertThat(sentence(sasl("sasl.jaas.config", "nonsense"))).startsWith("sasl.jaas.config: ");
        assertThat(sentence(sasl("sasl.jaas.config", SCRAM.replace("required", "maybe"))))
                .startsWith("sasl.jaas.config: ");
        assertThat(sentence(sasl("sasl.jaas.config", SCRAM.replace(";", "")))).startsWith("sasl.jaas.config: ");
        assertThat(sentence(sasl("sasl.jaas.config", "no.such.Module required;")))
                .startsWith("sasl.jaas.config: ");
    }

    @Test
    void shouldNameAValueThatASettingCannotHave() {
        assertThat(sentence(Map.of("security.protocol", "TLS"))).contains("TLS", "security.protocol");
        assertThat(sentence(Map.of("request.timeout.ms", "soon"))).contains("soon", "request.timeout.ms");
    }
}

package io.keyspike.app.kafka.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keyspike.app.kafka.wire.BrokerException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedBrokerTest {

    @Test
    void shouldDeleteItsTemporaryFolderWhenClosed() {
        Path directory;
        try (var broker = EmbeddedBroker.start()) {
            directory = broker.directory();
            assertThat(directory).isDirectory();
            assertThat(topics(broker)).isEmpty();
        }
        assertThat(directory).doesNotExist();
    }

    @Test
    void shouldHaveItsTopicsAgainAfterARestart(@TempDir Path folder) throws Exception {
        Path directory = folder.resolve("broker");
        try (var broker = EmbeddedBroker.start(directory, 0, Map.of());
                var admin = Admin.create(Map.of("bootstrap.servers", (Object) broker.bootstrapServers()))) {
            admin.createTopics(List.of(new NewTopic("lasting", 1, (short) 1)))
                    .all()
                    .get();
        }
        try (var broker = EmbeddedBroker.start(directory, 0, Map.of())) {
            assertThat(topics(broker)).containsExactly("lasting");
        }
        assertThat(directory).isDirectory();
    }

    @Test
    void shouldSayInASentenceThatItsPortIsTaken(@TempDir Path folder) throws IOException {
        try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThatThrownBy(() -> EmbeddedBroker.start(folder, taken.getLocalPort(), Map.of()))
                    .isInstanceOf(BrokerException.class)
                    .hasMessageContaining("cannot listen on port " + taken.getLocalPort())
                    .hasMessageContaining("choose another port, or 0 for any free one");
        }
        assertThat(folder).as("nothing was begun").isEmptyDirectory();
    }

    /** The folder as a kill leaves it is the folder of a broker that runs. */
    @Test
    void shouldHaveItsTopicsAgainAfterAKill(@TempDir Path folder) throws Exception {
        Path killed = folder.resolve("killed");
        try (var broker = EmbeddedBroker.start(folder.resolve("broker"), 0, Map.of());
                var admin = Admin.create(Map.of("bootstrap.servers", (Object) broker.bootstrapServers()))) {
            admin.createTopics(List.of(new NewTopic("lasting", 1, (short) 1)))
                    .all()
                    .get();
            copy(broker.directory(), killed);
        }
        assertThat(StaleBrokerRegistration.wasKilled(folder.resolve("broker"))).isFalse();
        assertThat(StaleBrokerRegistration.wasKilled(killed)).isTrue();
        assertThat(StaleBrokerRegistration.wasKilled(folder.resolve("none"))).isFalse();

        try (var broker = EmbeddedBroker.start(killed, 0, Map.of())) {
            assertThat(topics(broker)).containsExactly("lasting");
        }
        assertThat(StaleBrokerRegistration.wasKilled(killed)).isFalse();
    }

    private static void copy(Path from, Path to) throws Exception {
        try (var paths = Files.walk(from)) {
            for (Path path : paths.toList()) {
                try {
                    Files.copy(path, to.resolve(from.relativize(path).toString()));
                } catch (NoSuchFileException e) {
                    assertThat(path.toString())
                            .as("what a broker at work replaces")
                            .endsWith(".tmp");
                }
            }
        }
    }

    @Test
    void shouldSayInOneSentenceWhyItDoesNotStart(@TempDir Path folder) throws Exception {
        Path file = Files.createFile(folder.resolve("taken"));

        assertThatThrownBy(() -> EmbeddedBroker.start(file, 0, Map.of()))
                .isInstanceOf(BrokerException.class)
                .hasMessageContaining(file.toString());
        assertThatThrownBy(() -> EmbeddedBroker.start(folder.resolve("b"), 0, Map.of("num.io.threads", "none")))
                .isInstanceOf(BrokerException.class)
                .hasMessageContaining("num.io.threads");
    }

    private static Set<String> topics(EmbeddedBroker broker) {
        try (var admin = Admin.create(Map.of("bootstrap.servers", (Object) broker.bootstrapServers()))) {
            return admin.listTopics().names().get();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }
}

package io.keyspike.app.cli.stream;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.keyspike.app.cli.CommandRun;
import io.keyspike.app.cli.HardwareModel;
import io.keyspike.app.cli.shared.ExitCode;
import io.keyspike.app.cli.shared.ModelLocator;
import io.keyspike.app.hearing.Sensitivity;
import io.keyspike.app.kafka.SharedBroker;
import io.keyspike.models.registry.ModelRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code models} and {@code devices} with a cluster. */
class ClusterCommandsTest {

    @TempDir
    Path folder;

    @BeforeEach
    void emptyTopics() throws Exception {
        SharedBroker.reset();
    }

    @Test
    void shouldPublishChooseAndRollBackInACluster() throws IOException {
        Path first = HardwareModel.write(folder, "first", 1);
        Path second = HardwareModel.write(folder, "second", 2);

        CommandRun published = run("models", "publish", first.toString(), "--use");
        assertThat(published.err()).isEmpty();
        assertThat(published.out())
                .containsPattern(
                        "first@[0-9a-f]{12} has been published\\.\\Rfirst@[0-9a-f]{12} is now active in the cluster\\.");
        assertThat(run("models", "publish", second.toString()).exitCode()).isEqualTo(ExitCode.OK);
        assertThat(run("models", "use", "second").out()).startsWith("second@");
        assertThat(run("models", "shadow", "first").out()).endsWith(" is now the shadow model.\n");

        JsonNode listed =
                new ObjectMapper().readTree(run("models", "list", "--json").out());
        assertThat(listed.findValuesAsText("inUse")).containsExactly("false", "true");
        assertThat(listed.findValuesAsText("shadow")).containsExactly("true", "false");
        assertThat(run("models", "list").out()).containsPattern("(?m)^\\* second@.* bytes .*Z$");

        CommandRun needed = run("models", "remove", "first");
        assertThat(needed.exitCode()).isEqualTo(ExitCode.FAILED);
        assertThat(needed.err()).contains("in use as the active or the shadow model");
        assertThat(run("models", "shadow", "off").exitCode()).isEqualTo(ExitCode.OK);
        assertThat(run("models", "rollback").out()).startsWith("first@").contains("active in the cluster again");
        assertThat(run("models", "remove", "second").out()).startsWith("second@");
        assertThat(run("models", "rollback").exitCode()).isEqualTo(ExitCode.FAILED);
        CommandRun unknown = run("models", "use", "third");
        assertThat(unknown.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(unknown.err())
                .startsWith("keyspike: expected one of the models")
                .contains("found 'third'");
    }

    /** A model trained on the page, or copied by hand, has another name inside than its file. */
    @Test
    void shouldPublishAModelUnderTheNameItHasOnThisMachine() throws IOException {
        Path own = Files.createDirectories(folder.resolve("own"));
        Files.copy(HardwareModel.write(folder, "first", 1), own.resolve("hey-penguin.safetensors"));
        run("models", "publish", HardwareModel.write(folder, "second", 2).toString(), "--use");

        CommandRun published = run("models", "--models", own.toString(), "publish", "hey-penguin");

        assertThat(published.out()).as(published.err()).startsWith("hey-penguin@");
        assertThat(run("models", "use", "hey-penguin").out()).startsWith("hey-penguin@");
        assertThat(run("models", "use", "first").exitCode())
                .as("there is no such model")
                .isEqualTo(ExitCode.USAGE);
    }

    /** A model published after the service began, while another one is active in this machine's folder. */
    @Test
    void shouldSayThatTheClusterDecidesAsSoonAsItDoes() throws Exception {
        Path own = Files.createDirectories(folder.resolve("own"));
        ModelLocator locator = ModelLocator.of(own);
        try (ModelRegistry registry = locator.open()) {
            registry.add(HardwareModel.write(folder, "local", 1), "local");
            registry.use("local");
        }
        run("models", "publish", HardwareModel.write(folder, "first", 2).toString());
        var settings = Map.of("bootstrap.servers", SharedBroker.address());
        try (var monitor = new ServiceMonitor();
                var models = ServiceModels.open(
                        locator,
                        null,
                        ServiceModels.From.TOPIC,
                        Sensitivity.OF_MODEL,
                        settings,
                        monitor,
                        event -> {})) {
            assertThat(models.refusal()).isNull();
            assertThat(models.spotters().current().model().name()).isEqualTo("local");

            run("models", "use", "first");
            SharedBroker.await(
                    "the cluster's model",
                    () -> models.spotters().current().model().name().equals("first"));
            assertThat(models.refusal()).contains("The cluster's topic determines the model");
        }
    }

    @Test
    void shouldSetAndUnsetWhatHoldsForDevicesAndGroups() throws IOException {
        String published = run(
                        "models",
                        "publish",
                        HardwareModel.write(folder, "first", 1).toString())
                .out();
        String version = published.substring(0, published.indexOf(' '));

        assertThat(run(
                                "devices",
                                "set",
                                "kitchen",
                                "--group",
                                "down",
                                "--threshold",
                                "yes=0.9",
                                "--threshold",
                                "no=never")
                        .out())
                .isEqualTo("kitchen {\"group\":\"down\",\"thresholds\":{\"no\":null,\"yes\":0.9}}\n");
        assertThat(run("devices", "set", "group:down", "--model", "first").out())
                .isEqualTo("group:down {\"model\":\"" + version + "\"}\n");
        assertThat(run("devices", "set", "kitchen", "--threshold", "yes=0.8").out())
                .isEqualTo("kitchen {\"group\":\"down\",\"thresholds\":{\"no\":null,\"yes\":0.8}}\n");
        assertThat(run("devices", "list").out().lines()).hasSize(2);
        assertThat(run("devices", "unset", "kitchen", "--threshold", "no", "--group")
                        .out())
                .isEqualTo("kitchen {\"thresholds\":{\"yes\":0.8}}\n");
        assertThat(run("devices", "unset", "kitchen").out()).isEqualTo("kitchen {}\n");
        CommandRun gone = run("devices", "show", "kitchen");
        assertThat(gone.exitCode()).isEqualTo(ExitCode.FAILED);
        assertThat(gone.err()).contains("kitchen has no settings");

        assertThat(run("devices", "set", "kitchen").exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(run("devices", "set", "kitchen", "--threshold", "yes=2").err())
                .contains("expected a threshold above 0 and up to 1 for yes, found 2.0");
        assertThat(run("devices", "set", "kitchen", "--model", "nothing").exitCode())
                .isEqualTo(ExitCode.USAGE);
        assertThat(run("devices", "set", "group:down", "--group", "up").err()).contains("found the group group:down");
    }

    @Test
    void shouldSayWhatIsMissing() throws Exception {
        assertThat(CommandRun.of("models", "publish", "yes-no").err()).contains("requires --bootstrap-servers");
        assertThat(CommandRun.of("devices", "list").exitCode()).isEqualTo(ExitCode.USAGE);
        CommandRun noTopic = run("models", "list");
        assertThat(noTopic.exitCode()).isEqualTo(ExitCode.ENVIRONMENT);
        assertThat(noTopic.err()).contains("keyspike-models");
    }

    private static CommandRun run(String... arguments) {
        return CommandRun.of(
                Stream.concat(Stream.of(arguments), Stream.of("--bootstrap-servers", SharedBroker.address()))
                        .toArray(String[]::new));
    }
}

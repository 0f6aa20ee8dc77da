package io.keyspike.app.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keyspike.app.cli.Main;
import io.keyspike.app.cli.shared.ExitCode;
import io.keyspike.app.cluster.ClusterSettings;
import io.keyspike.app.cluster.ModelsTopic;
import io.keyspike.app.cluster.PublishedModels;
import io.keyspike.app.kafka.service.ServiceConfig.Guarantee;
import io.keyspike.app.kafka.wire.TopicReader;
import io.keyspike.app.kafka.wire.Topics;
import io.keyspike.kernels.backends.Backends;
import io.keyspike.models.file.ModelFiles;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.quota.ClientQuotaAlteration;
import org.apache.kafka.common.quota.ClientQuotaEntity;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What goes wrong around the models of a cluster while a service hears with them. */
@Tag("slow")
class ClusterFaultTest {

    private static final Map<String, String> SETTINGS = Map.of("bootstrap.servers", FaultCase.address());

    /** Neurons that make a file of three pieces. */
    private static final int LARGE = 20_000;

    private static final String PUBLISHER = "publisher";

    private final PublishedModels models =
            new PublishedModels(SETTINGS, Backends.stepsNamed("scalar"), InstantSource.system());

    @Test
    void shouldNeverUseAModelWhosePublisherWasKilledBetweenItsPieces() throws Exception {
        try (var fault = new FaultCase("publisher killed between pieces", Guarantee.EXACTLY_ONCE)) {
            JavaProcess service = serviceThatFollows(fault);
            Path large = fault.folder().resolve("large.safetensors");
            ModelFiles.write(large, TestModels.model("large", 7, LARGE));
            assertThat(Files.size(large)).isGreaterThan(2 * 512 * 1024);
            fault.devicesSpeak();
            fault.awaitHearing();
            int before = pieces();

            JavaProcess publisher;
            // So that there is a time between two pieces.
            limitPublisher(20_000.0);
            try {
                publisher = publish(fault, large);
                FaultCase.await("a piece of the model", () -> pieces() > before);
                publisher.kill();
            } finally {
                limitPublisher(null);
            }
            assertThat(publisher.said()).doesNotContain("has been published");
            assertThat(models.list())
                    .singleElement()
                    .satisfies(m -> assertThat(m.version()).startsWith("first@"));
            assertThatThrownBy(() -> models.use("large"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("found 'large'");
            fault.awaitHearing();
            fault.settle();
            assertThat(service.said()).doesNotContain("large@", "model refused");

            JavaProcess again = publish(fault, large);
            assertThat(again.awaitExit()).as(again.said()).isZero();
            service.awaitSaid("switched to large@");
        }
    }

    /** The producer would wait for the topic for ever, and the partition with it. */
    @Test
    void shouldStopAndNameTheShadowsTopicThatWasDeletedAndGoOnWithoutTheShadow() throws Exception {
        try (var fault = new FaultCase("shadow's topic deleted", Guarantee.EXACTLY_ONCE)) {
            Path second = fault.folder().resolve("second.safetensors");
            ModelFiles.write(second, TestModels.model("second", 2));
            JavaProcess service = serviceThatFollows(fault);
            models.publish(Files.readAllBytes(second), "second");
            PublishedModels.createShadowTopic(SETTINGS);
            models.shadow("second");
            fault.devicesSpeak();
            FaultCase.await("events of the shadow", () -> count(Topics.SHADOW_EVENTS) > 0);
            fault.awaitHearing();

            try (Admin admin = Admin.create(Map.copyOf(SETTINGS))) {
                admin.deleteTopics(List.of(Topics.SHADOW_EVENTS)).all().get();
            }
            assertThat(service.awaitExit()).as(service.said()).isEqualTo(ExitCode.ENVIRONMENT);
            assertThat(service.said())
                    .contains("the service stopped: expected the topic " + Topics.SHADOW_EVENTS)
                    .contains("second@");

            JavaProcess again = follow(fault);
            again.awaitSaid("model refused");
            fault.awaitHearing();
            fault.settle();
            assertThat(again.isAlive()).isTrue();
        }
    }

    /** A service that hears with the model in use in the topic. */
    private JavaProcess serviceThatFollows(FaultCase fault) throws Exception {
        ClusterSettings.createTopics(SETTINGS);
        models.publish(Files.readAllBytes(FaultCase.model()), "first");
        models.use("first");
        Path folder = Files.createDirectories(fault.folder().resolve("models"));
        Files.copy(FaultCase.model(), folder.resolve("first.safetensors"));
        assertThat(Main.commandLine().execute("models", "use", "first", "--models", folder.toString()))
                .isZero();
        return follow(fault);
    }

    private static JavaProcess follow(FaultCase fault) {
        JavaProcess service = fault.launch(
                "a",
                fault.folder().resolve("a"),
                List.of("--models", fault.folder().resolve("models").toString()),
                List.of());
        service.awaitSaid("listening");
        return service;
    }

    private static JavaProcess publish(FaultCase fault, Path model) throws Exception {
        Path properties = Files.writeString(fault.folder().resolve("publisher.properties"), "client.id=" + PUBLISHER);
        return JavaProcess.start(
                fault.folder().resolve("publisher.log"),
                Main.class,
                List.of(
                        "models",
                        "publish",
                        model.toString(),
                        "--use",
                        "--bootstrap-servers",
                        FaultCase.address(),
                        "--properties",
                        properties.toString()));
    }

    /** Bytes a second that the broker takes from the publisher; null for any number. */
    private static void limitPublisher(@Nullable Double bytesPerSecond) throws Exception {
        try (Admin admin = Admin.create(Map.copyOf(SETTINGS))) {
            admin.alterClientQuotas(List.of(new ClientQuotaAlteration(
                            new ClientQuotaEntity(Map.of(ClientQuotaEntity.CLIENT_ID, PUBLISHER)),
                            List.of(new ClientQuotaAlteration.Op("producer_byte_rate", bytesPerSecond)))))
                    .all()
                    .get();
        }
    }

    /** Pieces of models that were written, committed or not. */
    private static int pieces() {
        return (int) TopicReader.readAll(Map.copyOf(SETTINGS), ModelsTopic.NAME).stream()
                .filter(record -> new String(record.key(), StandardCharsets.UTF_8).startsWith("chunk/"))
                .count();
    }

    private static int count(String topic) {
        return TopicReader.readAll(Map.copyOf(SETTINGS), topic).size();
    }
}

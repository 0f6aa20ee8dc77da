package io.keyspike.app.kafka.service;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyspike.app.cluster.ClusterSettings;
import io.keyspike.app.cluster.DeviceConfig;
import io.keyspike.app.cluster.DeviceConfigs;
import io.keyspike.app.cluster.PublishedModels;
import io.keyspike.app.hearing.Sensitivity;
import io.keyspike.app.kafka.DeviceSound;
import io.keyspike.app.kafka.SecuredBroker;
import io.keyspike.app.kafka.TestModels;
import io.keyspike.app.kafka.device.SpotterProvider;
import io.keyspike.app.kafka.device.TunedSpotters;
import io.keyspike.app.kafka.wire.BrokerException;
import io.keyspike.app.kafka.wire.Topics;
import io.keyspike.kernels.StepKernels;
import io.keyspike.kernels.backends.Backends;
import io.keyspike.models.KeywordModel;
import io.keyspike.models.file.ModelFiles;
import io.keyspike.monitoring.KeyspikeMeters;
import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The second table of {@code docs/kafka-security.md}, as {@link KafkaSecurityTest} does it for the first: with these rights
 * models, settings of devices and a shadow go round a cluster, and each of them is needed.
 */
@Tag("slow")
class ClusterRightsTest {

    private static final StepKernels KERNELS = Backends.stepsNamed("scalar");
    private static final KeywordModel FIRST = TestModels.model("first", 1);
    private static final KeywordModel SECOND = TestModels.model("second", 2);
    private static final DeviceSound SOUND = DeviceSound.of(1, 200);
    private static final float THRESHOLD = 0.46f;
    /** The limit only ends a run that would never end. */
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    /** How long a run with a right missing may go without ending by itself. */
    private static final Duration SILENCE = Duration.ofSeconds(30);

    @TempDir
    static Path folder;

    private static SecuredBroker broker;

    @BeforeAll
    static void startBroker() throws Exception {
        broker = SecuredBroker.start(folder, List.of("service", "device", "operator", "administrator"));
    }

    @AfterAll
    static void stopBroker() {
        broker.close();
    }

    static List<DocumentedRight> rights() throws IOException {
        return DocumentedRight.under("## Rights for models and settings of a cluster");
    }

    @Test
    void shouldBringModelsSettingsAndAShadowRoundWithExactlyTheseRights() throws Exception {
        assertThat(run(rights(), PATIENCE)).as("what went wrong").isEmpty();
    }

    @ParameterizedTest(name = "without {0}")
    @MethodSource("rights")
    void shouldNotDoSoWithAnyRightMissing(DocumentedRight missing) throws Exception {
        var others = new ArrayList<>(rights());
        others.remove(missing);

        assertThat(run(others, SILENCE)).as("what went wrong").isNotEmpty();
    }

    /**
     * The administrator publishes and chooses, the service follows and hears.
     *
     * @param ofTheCluster beside the rights that everybody needs
     * @return what went wrong, or nothing
     */
    private static String run(List<DocumentedRight> ofTheCluster, Duration patience) throws Exception {
        var rights = new ArrayList<>(DocumentedRight.under("## Rights"));
        rights.addAll(ofTheCluster);
        broker.begin(rights.stream().map(DocumentedRight::acl).toList());
        var meters = new KeyspikeMeters(new SimpleMeterRegistry(), Clock.SYSTEM);
        try {
            Topics.create(broker.client("operator"), 2);
            administrate(broker.client("administrator"));
            try (var settings = ClusterSettings.follow(
                    broker.client("service"),
                    SpotterProvider.fixed(TestModels.spotter("stand-in", 9)),
                    new TunedSpotters(Sensitivity.OF_MODEL),
                    KERNELS,
                    true,
                    meters,
                    event -> {})) {
                String wrong = wrongWith(settings.spotters());
                return wrong.isEmpty() ? hear(settings.spotters(), meters, patience) : wrong;
            }
        } catch (BrokerException e) {
            return String.valueOf(e.getMessage());
        }
    }

    private static void administrate(Map<String, String> administrator) throws Exception {
        var models = new PublishedModels(administrator, KERNELS, InstantSource.system());
        ClusterSettings.createTopics(administrator);
        for (KeywordModel model : List.of(FIRST, SECOND)) {
            Path file = folder.resolve(model.name() + ".safetensors");
            ModelFiles.write(file, model);
            models.publish(Files.readAllBytes(file), model.name());
        }
        models.use("first");
        var configs = new DeviceConfigs(administrator);
        configs.change(device(), c -> new DeviceConfig("downstairs", null, Map.of()));
        // What is there already is read before it is changed.
        configs.change(device(), c -> new DeviceConfig(c.group(), null, Map.of("first-alpha", Optional.of(THRESHOLD))));
        PublishedModels.createShadowTopic(administrator);
        models.shadow("second");
    }

    private static String wrongWith(SpotterProvider spotters) {
        if (!spotters.current().model().version().equals(FIRST.version())) {
            return "no model from the topic";
        }
        if (!Float.valueOf(THRESHOLD)
                .equals(spotters.forDevice(device())
                        .model()
                        .decision()
                        .thresholds()
                        .get("first-alpha"))) {
            return "no settings of the device from the topic";
        }
        return spotters.shadow() == null ? "no shadow" : "";
    }

    private static String hear(SpotterProvider spotters, KeyspikeMeters meters, Duration patience) throws Exception {
        var config = ServiceConfig.at(broker.address())
                .withStateDir(Files.createTempDirectory(folder, "state"))
                .withThreads(1)
                .withLeaveOnClose(true)
                .withSessionTimeout(Duration.ofSeconds(6))
                .withProperties(broker.settings("service"));
        try (var service = KeywordService.start(config, spotters, meters)) {
            service.awaitRunning(patience);
            broker.send("device", SOUND.records());
            long limit = System.nanoTime() + patience.toNanos();
            while (broker.committed(Topics.SHADOW_EVENTS).isEmpty()) {
                if (service.hasEnded()) {
                    service.awaitEnd();
                    return "the service ended";
                }
                if (System.nanoTime() > limit) {
                    return "no events of the shadow";
                }
            }
            return "";
        }
    }

    private static String device() {
        return SOUND.device();
    }
}

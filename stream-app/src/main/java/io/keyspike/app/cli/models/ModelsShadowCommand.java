package io.keyspike.app.cli.models;

import io.keyspike.app.cli.shared.KafkaOptions;
import io.keyspike.app.cluster.PublishedModels;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code models shadow}: runs a shadow model in a cluster. */
@Command(
        name = "shadow",
        description = {
            "Runs a second (shadow) model on every device of a cluster alongside the active one.",
            "Its detections go to the topic keyword-events-shadow only; 'models compare' prints the differences."
        })
final class ModelsShadowCommand implements Callable<Integer> {

    private static final String OFF = "off";

    @Mixin
    private KafkaOptions kafka = new KafkaOptions();

    @Parameters(paramLabel = "MODEL|off", description = "Version or name of a published model, or off for none.")
    private String model = "";

    @Spec
    @SuppressWarnings("NullAway.Init") // injected by picocli
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        var settings = kafka.clientSettings("models shadow");
        ClusterModels cluster = ClusterModels.at(settings, spec.commandLine());
        if (model.equals(OFF)) {
            return cluster.endShadow();
        }
        PublishedModels.createShadowTopic(settings);
        return cluster.shadow(model);
    }
}

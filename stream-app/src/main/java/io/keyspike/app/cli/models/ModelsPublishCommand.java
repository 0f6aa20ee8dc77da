package io.keyspike.app.cli.models;

import io.keyspike.app.cli.shared.KafkaOptions;
import io.keyspike.app.cli.shared.ModelParameter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code models publish}: publishes a model to a cluster. */
@Command(
        name = "publish",
        description = "Publishes a valid model to the topic keyspike-models of a cluster; 'use' activates it.")
final class ModelsPublishCommand implements Callable<Integer> {

    @ParentCommand
    @SuppressWarnings("NullAway.Init") // injected by picocli
    private ModelsCommand models;

    @Mixin
    private KafkaOptions kafka = new KafkaOptions();

    @Mixin
    private ModelParameter model = new ModelParameter();

    @Option(names = "--use", description = "Also activate it.")
    private boolean use;

    @Spec
    @SuppressWarnings("NullAway.Init") // injected by picocli
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        ClusterModels cluster = ClusterModels.at(kafka.clientSettings("models publish"), spec.commandLine());
        Path file = model.file(models.locator());
        return cluster.publish(model.bytes(models.locator()), file.toString(), use);
    }
}

package io.keyspike.app.cli.models;

import io.keyspike.app.cli.shared.KafkaOptions;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code models remove}: removes a model from a cluster. */
@Command(
        name = "remove",
        description = "Removes a model from a cluster; it must not be active, the shadow, or pinned to a device.")
final class ModelsRemoveCommand implements Callable<Integer> {

    @Mixin
    private KafkaOptions kafka = new KafkaOptions();

    @Parameters(paramLabel = "MODEL", description = "Version or name of a published model.")
    private String model = "";

    @Spec
    @SuppressWarnings("NullAway.Init") // injected by picocli
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        return ClusterModels.at(kafka.clientSettings("models remove"), spec.commandLine())
                .remove(model);
    }
}

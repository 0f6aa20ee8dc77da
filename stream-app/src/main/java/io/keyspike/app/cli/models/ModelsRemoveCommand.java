package io.keyspike.app.cli.models;

import java.io.IOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code models remove}: removes a model from the models folder, or from a cluster. */
@Command(
        name = "remove",
        description = {
            "Removes a model from the models folder, or from a cluster.",
            "It must not be active; in a cluster, neither the shadow nor pinned to a device."
        })
final class ModelsRemoveCommand extends ModelsCommand.Either {

    @Parameters(paramLabel = "MODEL", description = "Name of a model of your own; in a cluster, also a version.")
    private String model = "";

    @Override
    public Integer call() throws IOException {
        ClusterModels cluster = cluster();
        return cluster == null ? models.remove(model) : cluster.remove(model);
    }
}

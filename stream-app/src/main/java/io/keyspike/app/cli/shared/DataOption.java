package io.keyspike.app.cli.shared;

import io.keyspike.app.cli.arguments.Input;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** The option {@code --data}: the folder of a data set. */
public final class DataOption {

    @Option(
            names = "--data",
            paramLabel = "DIR",
            required = true,
            description = "Folder of the data set, in the layout the model is configured for (docs/data.md).")
    @Input(Input.Kind.FOLDER)
    @SuppressWarnings("NullAway.Init") // injected by picocli
    private Path folder;

    public Path folder() {
        return folder;
    }
}

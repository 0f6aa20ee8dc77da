package io.keyspike.app.cli.shared;

import io.keyspike.app.cli.arguments.Input;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** The option {@code --models}: the folder of the user's own models. Subcommands inherit it. */
public final class ModelsOption {

    @Option(
            names = "--models",
            paramLabel = "DIR",
            scope = ScopeType.INHERIT,
            description = "Folder of your own models (default: models in --home).")
    @Input(Input.Kind.FOLDER_TO_WRITE)
    private @Nullable Path folder;

    /** Finds models in that folder, and among those shipped with Keyspike. */
    public ModelLocator locator() {
        return ModelLocator.of(folder);
    }
}

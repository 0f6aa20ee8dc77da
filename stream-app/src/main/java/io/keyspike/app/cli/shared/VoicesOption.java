package io.keyspike.app.cli.shared;

import io.keyspike.app.cli.arguments.Input;
import io.keyspike.voices.SpeechEngines;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** The option {@code --voices}: the folder of installed voices. Subcommands inherit it. */
public final class VoicesOption {

    @Option(
            names = "--voices",
            paramLabel = "DIR",
            scope = ScopeType.INHERIT,
            description = "Folder of the voices that 'voices install' installed (default: voices in --home).")
    @Input(Input.Kind.FOLDER_TO_WRITE)
    private @Nullable Path folder;

    /** The folder; may not exist yet. */
    public Path folder() {
        return folder != null ? folder : UserFolders.of(UserFolders.Kind.VOICES);
    }

    /**
     * Opens the engines that run on this machine.
     *
     * @param name the only engine to look for; null for all
     * @throws CommandException with {@link ExitCode#USAGE} if there is no engine of that name, with
     *     {@link ExitCode#ENVIRONMENT} if none runs
     */
    public SpeechEngines open(@Nullable String name) {
        SpeechEngines engines;
        try {
            engines = SpeechEngines.open(folder(), name == null ? SpeechEngines.NAMES : List.of(name));
        } catch (IllegalArgumentException e) {
            throw new CommandException(ExitCode.USAGE, String.valueOf(e.getMessage()), e);
        }
        if (engines.engines().isEmpty()) {
            throw new CommandException(
                    ExitCode.ENVIRONMENT, String.join("; ", engines.missing().values()));
        }
        return engines;
    }
}

package io.keyspike.app.cli.chip;

import io.keyspike.app.cli.shared.CommandException;
import io.keyspike.app.cli.shared.ExitCode;
import io.keyspike.app.cli.shared.ModelLocator;
import io.keyspike.models.KeywordModel;
import io.keyspike.models.chip.ChipProfile;
import io.keyspike.models.file.ModelFiles;
import io.keyspike.trainer.chip.ChipProfiles;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** A model and a chip. */
final class ChipOptions {

    @Parameters(index = "0", paramLabel = "MODEL", description = "A model file, or the name of a model.")
    @SuppressWarnings("NullAway.Init") // injected by picocli
    private String model;

    @Option(
            names = "--profile",
            paramLabel = "NAME|FILE",
            defaultValue = "h1",
            description = "h1, h1v2, xylo-like, or a YAML file (default: ${DEFAULT-VALUE}).")
    @SuppressWarnings("NullAway.Init") // injected by picocli
    private String profile;

    @Option(
            names = "--models",
            paramLabel = "DIR",
            description = "Folder of your models (default: ~/.keyspike/models).")
    private @Nullable Path models;

    KeywordModel model() throws IOException {
        return ModelFiles.read(ModelLocator.of(models).fileOf(model));
    }

    /** As given. */
    String profileName() {
        return profile;
    }

    /** @throws CommandException with {@link ExitCode#USAGE}, if there is no such profile or it is malformed */
    ChipProfile profile() throws IOException {
        try {
            return ChipProfiles.named(profile);
        } catch (IllegalArgumentException e) {
            throw new CommandException(ExitCode.USAGE, String.valueOf(e.getMessage()), e);
        }
    }
}

package io.keyspike.app.cli.chip;

import io.keyspike.app.cli.shared.CommandException;
import io.keyspike.app.cli.shared.ExitCode;
import io.keyspike.app.cli.shared.ModelParameter;
import io.keyspike.app.cli.shared.ModelsOption;
import io.keyspike.models.KeywordModel;
import io.keyspike.models.chip.ChipProfile;
import io.keyspike.trainer.chip.ChipProfiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The model and the chip profile of a command. */
final class ChipOptions {

    @Mixin
    private ModelParameter model = new ModelParameter();

    @Option(
            names = "--profile",
            paramLabel = "NAME|FILE",
            defaultValue = "h1",
            description = "Chip profile: h1, h1v2, xylo-like, or a YAML file (default: ${DEFAULT-VALUE}).")
    private String profile = "h1";

    @Mixin
    private ModelsOption models = new ModelsOption();

    /**
     * Reads the model.
     *
     * @throws CommandException with {@link ExitCode#USAGE}, if there is no such model
     * @throws IOException if it cannot be read or is not valid
     */
    KeywordModel model() throws IOException {
        return model.read(models.locator());
    }

    /** The profile's name or file, as given. */
    String profileName() {
        return profile;
    }

    /**
     * Reads the profile.
     *
     * @throws CommandException with {@link ExitCode#USAGE} if there is no such profile, with {@link ExitCode#FAILED} if it is
     *     malformed
     */
    ChipProfile profile() throws IOException {
        try {
            return ChipProfiles.named(profile);
        } catch (IllegalArgumentException e) {
            // A profile that does not exist is a mistake on the command line; one that does is a file that is not
            // valid.
            throw new CommandException(
                    Files.isRegularFile(Path.of(profile)) ? ExitCode.FAILED : ExitCode.USAGE,
                    "--profile: " + e.getMessage(),
                    e);
        }
    }
}

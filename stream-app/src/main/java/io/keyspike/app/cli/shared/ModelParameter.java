package io.keyspike.app.cli.shared;

import io.keyspike.models.KeywordModel;
import io.keyspike.models.file.ModelFiles;
import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Parameters;

/** The parameter {@code MODEL}: a model file, or the name of a model on this machine. */
public final class ModelParameter {

    @Parameters(index = "0", paramLabel = "MODEL", description = "Model file, or name of a model on this machine.")
    private String model = "";

    /**
     * The model's file.
     *
     * @throws CommandException with {@link ExitCode#USAGE} if there is no such model
     */
    public Path file(ModelLocator models) {
        return models.fileOf(model);
    }

    /**
     * The model's whole file, as a model of the name by which it was found: a file copied into the models folder by hand may
     * have another one inside. A model given as a file keeps its own.
     *
     * @throws CommandException with {@link ExitCode#USAGE} if there is no such model
     * @throws IOException if the file cannot be read or is not valid
     */
    public byte[] bytes(ModelLocator models) throws IOException {
        Path file = file(models);
        return models.isName(model) ? ModelFiles.bytesNamed(file, model) : ModelFiles.bytes(file);
    }

    /**
     * Reads the model.
     *
     * @throws CommandException with {@link ExitCode#USAGE} if there is no such model
     * @throws IOException if the file cannot be read or is not valid
     */
    public KeywordModel read(ModelLocator models) throws IOException {
        return ModelFiles.read(file(models));
    }
}

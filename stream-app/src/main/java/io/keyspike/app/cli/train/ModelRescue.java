package io.keyspike.app.cli.train;

import io.keyspike.app.cli.shared.CommandException;
import io.keyspike.app.cli.shared.ExitCode;
import io.keyspike.app.cli.shared.ModelLocator;
import io.keyspike.app.cli.shared.UserFolders;
import io.keyspike.models.KeywordModel;
import io.keyspike.models.file.ModelFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Sees to it that a trained model ends up in a file, wherever there is room for it. */
public final class ModelRescue {

    private ModelRescue() {}

    /**
     * Makes sure, before a training begins, that its model can be written.
     *
     * @param file to be written later
     * @throws CommandException with {@link ExitCode#USAGE} if a folder is in its place
     * @throws IOException if its folder cannot be written to
     */
    public static void requireWritable(Path file) throws IOException {
        if (Files.isDirectory(file)) {
            throw new CommandException(ExitCode.USAGE, "--out: expected a file to write, found the folder " + file);
        }
        Path folder = file.toAbsolutePath().getParent();
        if (folder != null) {
            Files.delete(Files.createTempFile(folder, ".keyspike-", ".part"));
        }
    }

    /**
     * Writes a model whose own place cannot be written to: into the folder of the user's models' home, or the system's
     * temporary folder.
     *
     * @param wanted its own place
     * @return where it is now; null if nowhere can be written to
     */
    public static @Nullable Path write(Path wanted, KeywordModel model) {
        Path home = UserFolders.of(UserFolders.Kind.KEYWORDS).resolveSibling("rescued");
        for (Path folder : List.of(home, Path.of(System.getProperty("java.io.tmpdir")))) {
            try {
                Files.createDirectories(folder);
                Path file = folder.resolve(String.valueOf(wanted.getFileName()));
                if (!Files.exists(file)) {
                    ModelFiles.write(file, model);
                    return file;
                }
                Path other = Files.createTempFile(folder, "keyspike-", ModelLocator.EXTENSION);
                ModelFiles.write(other, model);
                return other;
            } catch (IOException e) {
                System.getLogger(ModelRescue.class.getName())
                        .log(System.Logger.Level.DEBUG, "cannot write to " + folder, e);
            }
        }
        return null;
    }
}

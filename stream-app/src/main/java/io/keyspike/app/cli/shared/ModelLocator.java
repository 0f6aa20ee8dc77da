package io.keyspike.app.cli.shared;

import io.keyspike.kernels.backends.Backends;
import io.keyspike.models.KeywordModel;
import io.keyspike.models.description.Spelling;
import io.keyspike.models.registry.ModelRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Finds models by file or by name. Names are looked up in the user's own folder first, which a {@code ModelRegistry}
 * manages, then among the models shipped with Keyspike, which are never modified.
 */
public final class ModelLocator {

    /** File name extension of model files. */
    public static final String EXTENSION = ".safetensors";

    /** The network that own keywords begin with. */
    public static final String BODY = "keyword-body";

    private final Path registryFolder;
    private final Path shippedFolder;

    ModelLocator(Path registryFolder, Path shippedFolder) {
        this.registryFolder = registryFolder;
        this.shippedFolder = shippedFolder;
    }

    /**
     * @param registryFolder the user's folder; null for {@link UserFolders.Kind#MODELS}. Shipped models are in {@code model-zoo} of the folder that the launcher sets in {@code keyspike.home}, or of the working directory
     */
    public static ModelLocator of(@Nullable Path registryFolder) {
        return new ModelLocator(
                registryFolder != null ? registryFolder : UserFolders.of(UserFolders.Kind.MODELS),
                Path.of(System.getProperty("keyspike.home", "")).resolve("model-zoo"));
    }

    /** A model file found by name. */
    public record Located(String name, Path file, boolean shipped) {
        /** Whether it is made to listen with, and not only to train from. */
        public boolean isForListening() {
            return !name.equals(BODY);
        }
    }

    /** The user's models folder; may not exist yet. */
    public Path registryFolder() {
        return registryFolder;
    }

    /** The folder of the models shipped with Keyspike. */
    public Path shippedFolder() {
        return shippedFolder;
    }

    /**
     * The model's file.
     *
     * @param model a file, or the name of a model
     * @throws CommandException with {@link ExitCode#USAGE} naming the available models, if it is neither
     */
    public Path fileOf(String model) {
        Path file = Path.of(model);
        if (Files.isRegularFile(file)) {
            return file;
        }
        boolean looksLikeAFile = looksLikeAFile(model);
        Located named = looksLikeAFile ? null : all().get(model);
        if (named == null) {
            throw new CommandException(
                    ExitCode.USAGE,
                    looksLikeAFile
                            ? Files.isDirectory(file)
                                    ? "expected a model file, found the folder " + file
                                    : "no such model file: " + file
                            : "no model named '" + model + "', and no such file"
                                    + Spelling.hint(model, all().keySet()) + "; available: "
                                    + (all().isEmpty() ? "none" : String.join(", ", all().keySet())) + " (searched "
                                    + registryFolder + " and " + shippedFolder + ")");
        }
        return named.file();
    }

    private static boolean looksLikeAFile(String model) {
        Path file = Path.of(model);
        return file.getNameCount() != 1 || file.isAbsolute() || model.endsWith(EXTENSION);
    }

    /** Whether {@link #fileOf} finds a model by its name, not as a file. */
    boolean isName(String model) {
        return !Files.isRegularFile(Path.of(model)) && !looksLikeAFile(model);
    }

    /**
     * Opens the user's folder without watching it.
     *
     * @throws IOException if it cannot be created
     */
    public ModelRegistry open() throws IOException {
        return open(false, event -> {});
    }

    /** Opens the user's folder; the shipped default model is what runs while none of it is active. */
    ModelRegistry open(boolean watched, Consumer<ModelRegistry.Event> listener) throws IOException {
        Located usual = all().get(ChosenModel.DEFAULT_MODEL);
        ModelRegistry registry = ModelRegistry.open(registryFolder, Backends.preferredSteps(), watched, listener);
        if (usual != null) {
            registry.standIn(usual.name(), usual.file());
        }
        return registry;
    }

    /** All models by name; one of the user's own hides a shipped one of the same name. */
    public Map<String, Located> all() {
        var found = new LinkedHashMap<String, Located>();
        for (Path file : modelFiles(registryFolder)) {
            found.put(nameOf(file), new Located(nameOf(file), file, false));
        }
        for (Located model : shipped()) {
            found.putIfAbsent(model.name(), model);
        }
        return found;
    }

    /** The models shipped with Keyspike, including those hidden by the user's own. */
    public List<Located> shipped() {
        return modelFiles(shippedFolder).stream()
                .map(file -> new Located(nameOf(file), file, true))
                .toList();
    }

    /** The name under which a file would be registered. */
    static String nameOf(Path file) {
        String fileName = String.valueOf(file.getFileName());
        return fileName.endsWith(EXTENSION) ? fileName.substring(0, fileName.length() - EXTENSION.length()) : fileName;
    }

    private static List<Path> modelFiles(Path folder) {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(f -> String.valueOf(f.getFileName()).endsWith(EXTENSION))
                    .filter(f -> KeywordModel.isName(nameOf(f)))
                    .filter(Files::isRegularFile)
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new CommandException(ExitCode.ENVIRONMENT, "cannot list the models in " + folder + ": " + e, e);
        }
    }
}

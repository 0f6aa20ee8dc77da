package io.keyspike.app.cli.shared;

import io.keyspike.models.registry.ModelRegistry;
import java.io.IOException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * The options {@code --model} and {@code --models} of commands that run until stopped: a fixed model, or the active one. With
 * {@code --sensitivity} and {@code --threshold}, which change how readily it reports keywords.
 */
public final class ActiveModelOptions {

    @Option(
            names = "--model",
            paramLabel = "NAME|FILE",
            description = "Name or file of the model to run (default: the active model, followed when it changes; "
                    + ChosenModel.DEFAULT_MODEL + " if none is active).")
    private @Nullable String model;

    @Mixin
    private ModelsOption models = new ModelsOption();

    @Mixin
    private SensitivityOptions sensitivity = new SensitivityOptions();

    /** Name or file of the model; null for the active one. */
    @Nullable
    public String model() {
        return model;
    }

    public ModelLocator locator() {
        return models.locator();
    }

    /**
     * Opens the model.
     *
     * @param listener told of models activated and refused
     * @throws CommandException if there is no such model, or the sensitivity does not fit it
     * @throws IOException if it is not valid
     */
    public ChosenModel open(Consumer<ModelRegistry.Event> listener) throws IOException {
        ChosenModel chosen = ChosenModel.open(locator(), model, listener);
        try {
            return chosen.at(sensitivity.checked(chosen.get().model()));
        } catch (CommandException e) {
            chosen.close();
            throw e;
        }
    }

    /** How readily keywords are reported; {@link #open} applies it. */
    public SensitivityOptions sensitivity() {
        return sensitivity;
    }
}

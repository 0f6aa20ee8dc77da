package io.keyspike.app.cli.shared;

import io.keyspike.app.hearing.Sensitivity;
import io.keyspike.app.kafka.device.TunedSpotters;
import io.keyspike.kernels.StepKernels;
import io.keyspike.kernels.backends.Backends;
import io.keyspike.models.file.ModelFiles;
import io.keyspike.models.registry.ModelRegistry;
import io.keyspike.models.spotter.KeywordSpotter;
import java.io.IOException;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The model that a command runs: a fixed one, or the active model of the user's folder, followed through every change while
 * the command runs. If none is active, a model shipped with Keyspike is used.
 */
public final class ChosenModel implements Supplier<KeywordSpotter>, AutoCloseable {

    /** Used if no model is active: the shipped model with the most words. */
    public static final String DEFAULT_MODEL = "wake-words";

    private final Supplier<KeywordSpotter> current;
    private final @Nullable ModelRegistry registry;

    private ChosenModel(Supplier<KeywordSpotter> current, @Nullable ModelRegistry registry) {
        this.current = current;
        this.registry = registry;
    }

    /**
     * @param nameOrFile a model's name or a model file; null to follow the active model
     * @param listener notified when the active model changes
     * @throws CommandException if there is no such model
     * @throws IOException if it is not valid
     */
    public static ChosenModel open(
            ModelLocator models, @Nullable String nameOrFile, Consumer<ModelRegistry.Event> listener)
            throws IOException {
        StepKernels kernels = Backends.preferredSteps();
        if (nameOrFile != null) {
            KeywordSpotter fixed = read(models, nameOrFile, kernels);
            return new ChosenModel(() -> fixed, null);
        }
        // The event says only that a model was activated; the registry knows which one.
        var inUse = new AtomicReference<@Nullable KeywordSpotter>();
        var opened = new AtomicReference<@Nullable ModelRegistry>();
        ModelRegistry registry = models.open(true, event -> {
            ModelRegistry source = opened.get();
            if (source != null && event instanceof ModelRegistry.Event.Swapped) {
                inUse.set(source.current());
            }
            listener.accept(event);
        });
        opened.set(registry);
        try {
            KeywordSpotter first = currentOf(registry);
            inUse.compareAndSet(null, first != null ? first : read(models, standIn(models), kernels));
            return new ChosenModel(() -> Objects.requireNonNull(inUse.get()), registry);
        } catch (IOException | RuntimeException e) {
            registry.close();
            throw e;
        }
    }

    /**
     * The same model at another sensitivity, with every change; this one is still to be closed, and only one of both.
     *
     * @param sensitivity what is asked for; models activated later keep their own thresholds where it does not fit them
     */
    public ChosenModel at(Sensitivity sensitivity) {
        var tuned = new TunedSpotters(sensitivity);
        return new ChosenModel(() -> tuned.of(current.get()), registry);
    }

    private static KeywordSpotter read(ModelLocator models, String nameOrFile, StepKernels kernels) throws IOException {
        return new KeywordSpotter(ModelFiles.read(models.fileOf(nameOrFile)), kernels);
    }

    private static String standIn(ModelLocator models) {
        if (!models.all().containsKey(DEFAULT_MODEL)) {
            throw new CommandException(
                    ExitCode.ENVIRONMENT,
                    "no model is active in " + models.registryFolder() + ", and " + models.shippedFolder() + " has no "
                            + DEFAULT_MODEL + "; pass a model file with --model");
        }
        return DEFAULT_MODEL;
    }

    private static @Nullable KeywordSpotter currentOf(ModelRegistry registry) {
        try {
            return registry.current();
        } catch (IllegalStateException e) {
            return null;
        }
    }

    /** The model to run on the next samples. */
    @Override
    public KeywordSpotter get() {
        return current.get();
    }

    /** The user's models folder; null if the model is fixed. */
    @Nullable
    public ModelRegistry registry() {
        return registry;
    }

    @Override
    public void close() {
        if (registry != null) {
            registry.close();
        }
    }
}

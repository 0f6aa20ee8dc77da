package io.keyspike.app.cli.stream;

import io.keyspike.app.cli.shared.ChosenModel;
import io.keyspike.app.cli.shared.ModelLocator;
import io.keyspike.app.cluster.ClusterSettings;
import io.keyspike.app.hearing.Sensitivity;
import io.keyspike.app.kafka.device.RegisteredSpotters;
import io.keyspike.app.kafka.device.SpotterProvider;
import io.keyspike.app.kafka.device.TunedSpotters;
import io.keyspike.kernels.StepKernels;
import io.keyspike.kernels.backends.Backends;
import io.keyspike.models.registry.ModelRegistry;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Which models a service runs. A model given on the command line is used for every device, whatever the cluster says.
 * Otherwise the cluster's topics come first: its active model, and the settings of devices. The folder of this machine is
 * the fallback while no model is active in the topic, or the only source if configured so.
 */
final class ServiceModels implements AutoCloseable {

    /** Source of the active model. */
    enum From {
        TOPIC,
        FOLDER
    }

    private final ChosenModel folder;
    private final SpotterProvider local;
    private final TunedSpotters tuned;
    private final @Nullable ClusterSettings cluster;

    private ServiceModels(
            ChosenModel folder, SpotterProvider local, TunedSpotters tuned, @Nullable ClusterSettings cluster) {
        this.folder = folder;
        this.tuned = tuned;
        this.local = local;
        this.cluster = cluster;
    }

    /**
     * @param model the only model to run, by name or file; null to follow the active one
     * @param sensitivity for devices without settings of their own
     * @param settings Kafka client settings
     * @param listener notified of models activated and refused
     */
    static ServiceModels open(
            ModelLocator locator,
            @Nullable String model,
            From from,
            Sensitivity sensitivity,
            Map<String, String> settings,
            ServiceMonitor monitor,
            Consumer<ModelRegistry.Event> listener)
            throws IOException, InterruptedException {
        var opened = new AtomicReference<@Nullable ServiceModels>();
        var tuned = new TunedSpotters(sensitivity);
        StepKernels kernels = Backends.preferredSteps();
        ChosenModel folder = ChosenModel.open(locator, model, event -> {
            ServiceModels models = opened.get();
            if (models == null || models.isFolderInUse()) {
                listener.accept(event);
            }
        });
        try {
            var local = new RegisteredSpotters(
                    folder,
                    () -> locator.all().values().stream()
                            .map(ModelLocator.Located::file)
                            .toList(),
                    kernels);
            ClusterSettings cluster = model != null
                    ? null
                    : ClusterSettings.follow(
                            settings, local, tuned, kernels, from == From.TOPIC, monitor.meters(), listener);
            var models = new ServiceModels(folder, tuned.over(local), tuned, cluster);
            opened.set(models);
            return models;
        } catch (RuntimeException | InterruptedException e) {
            folder.close();
            throw e;
        }
    }

    private boolean isFolderInUse() {
        return spotters().current() == tuned.of(folder.get());
    }

    SpotterProvider spotters() {
        return cluster == null ? local : cluster.spotters();
    }

    /** The models folder of this machine; null if the command line named the only model. */
    @Nullable
    ModelRegistry registry() {
        return folder.registry();
    }

    /** Why the models folder does not decide at the moment which model runs, for display; null if it does. */
    @Nullable
    String refusal() {
        return cluster != null && cluster.modelsFromTopic() && !isFolderInUse()
                ? "The cluster's topic determines the model; 'keyspike models use' with --bootstrap-servers changes it."
                : null;
    }

    @Override
    public void close() {
        try (folder) {
            if (cluster != null) {
                cluster.close();
            }
        }
    }
}

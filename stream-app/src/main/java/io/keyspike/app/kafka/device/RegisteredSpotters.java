package io.keyspike.app.kafka.device;

import io.keyspike.app.hearing.FrameMetrics;
import io.keyspike.kernels.StepKernels;
import io.keyspike.models.KeywordModel;
import io.keyspike.models.file.ModelFiles;
import io.keyspike.models.registry.ModelRegistry;
import io.keyspike.models.spotter.KeywordSpotter;
import io.keyspike.monitoring.KeyspikeMeters;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Models from files: the active one and, for states created by another model, that model. */
public final class RegisteredSpotters implements SpotterProvider {

    private static final Logger log = LoggerFactory.getLogger(RegisteredSpotters.class);

    private final Supplier<KeywordSpotter> current;
    private final Callable<List<Path>> files;
    private final StepKernels kernels;
    private final ConcurrentHashMap<String, KeywordSpotter> earlier = new ConcurrentHashMap<>();

    /**
     * @param current the active model; called before every frame
     * @param files lists all model files
     * @param kernels the same as the active model's
     */
    public RegisteredSpotters(Supplier<KeywordSpotter> current, Callable<List<Path>> files, StepKernels kernels) {
        this.current = current;
        this.files = files;
        this.kernels = kernels;
    }

    /** The models of a registry. */
    public static RegisteredSpotters of(ModelRegistry registry, StepKernels kernels) {
        return new RegisteredSpotters(
                registry::current,
                () -> registry.list().stream().map(ModelRegistry.Entry::file).toList(),
                kernels);
    }

    @Override
    public KeywordSpotter current() {
        return current.get();
    }

    /** Searches the files, again on each call if none matches: one may have been added. */
    @Override
    public @Nullable KeywordSpotter ofVersion(String version) {
        KeywordSpotter known = earlier.get(version);
        if (known != null) {
            return known;
        }
        KeywordSpotter found = read(version);
        if (found != null) {
            earlier.put(version, found);
        }
        return found;
    }

    private @Nullable KeywordSpotter read(String version) {
        List<Path> all;
        try {
            all = files.call();
        } catch (Exception e) {
            log.warn("cannot list the models to find {}: {}", version, e.getMessage());
            return null;
        }
        for (Path file : all) {
            try {
                KeywordModel model = ModelFiles.read(file);
                if (model.version().equals(version)) {
                    return new KeywordSpotter(model, kernels);
                }
            } catch (IOException e) {
                log.debug("{} is not a model: {}", file, e.getMessage());
            }
        }
        return null;
    }

    /** Tells the meters which model is active. */
    public static void describe(KeyspikeMeters meters, KeywordSpotter spotter) {
        meters.model(FrameMetrics.facts(spotter));
        meters.expect(spotter.model().decision().thresholds().keySet());
    }
}

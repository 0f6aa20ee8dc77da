package io.keyspike.app.cli.shared;

import io.keyspike.kernels.backends.Backends;
import io.keyspike.models.KeywordModel;
import io.keyspike.models.file.ModelFileException;
import io.keyspike.models.file.ModelFiles;
import io.keyspike.models.spotter.KeywordSpotter;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Checks that a model file is valid and runs. */
public final class ModelCheck {

    private ModelCheck() {}

    /**
     * Reads a model and runs it on one second of silence, since a valid file may still fail to run.
     *
     * @throws ModelFileException with one sentence, if it is not valid
     * @throws IOException if it cannot be read
     */
    public static KeywordModel read(Path file) throws IOException {
        KeywordModel model = ModelFiles.read(file);
        try {
            var spotter = new KeywordSpotter(model, Backends.preferredSteps());
            short[] silence = new short[model.features().sampleRateHz()];
            spotter.process(spotter.newState(), silence, 0, silence.length, heard -> {});
        } catch (RuntimeException e) {
            throw new ModelFileException(file + ": expected a model that runs, found one that fails with " + e, e);
        }
        return model;
    }

    /** What is wrong with a model, in one sentence; null if nothing is. */
    public static @Nullable String errorOf(Path file) throws IOException {
        try {
            read(file);
            return null;
        } catch (ModelFileException e) {
            return e.getMessage();
        }
    }
}

package io.keyspike.app.cli.shared;

import io.keyspike.kernels.KernelBackend;
import io.keyspike.kernels.backends.Backends;
import io.keyspike.models.KeywordModel;
import io.keyspike.trainer.common.Progress;
import io.keyspike.trainer.data.Split;
import io.keyspike.trainer.evaluate.ModelClips;
import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Recordings to measure on, and with what. */
public final class ClipOptions {

    @Option(
            names = "--data",
            paramLabel = "DIR",
            required = true,
            description = "Laid out as the data that the model was trained on; docs/data.md shows the kinds.")
    @SuppressWarnings("NullAway.Init") // injected by picocli
    private Path data;

    @Option(
            names = "--split",
            defaultValue = "testing",
            description = "training, validation, testing or all (default: ${DEFAULT-VALUE}).")
    @SuppressWarnings("NullAway.Init") // injected by picocli
    private SplitChoice split;

    @Option(
            names = "--backend",
            defaultValue = "vector",
            description = "vector or scalar; the result is the same (default: ${DEFAULT-VALUE}).")
    @SuppressWarnings("NullAway.Init") // injected by picocli
    private String backend;

    @Option(names = "--threads", description = "Worker threads (default: all cores).")
    private int threads = Runtime.getRuntime().availableProcessors();

    public ModelClips clips(KeywordModel model, Progress progress) throws IOException {
        Split one = split.split();
        return ModelClips.read(model, data, one, threads, progress);
    }

    public Path data() {
        return data;
    }

    public String backend() {
        return backend;
    }

    public KernelBackend kernels() {
        return Backends.named(backend, threads);
    }

    public int threads() {
        return threads;
    }
}

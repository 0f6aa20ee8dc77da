package io.keyspike.app.cli.shared;

import io.keyspike.kernels.KernelBackend;
import io.keyspike.models.KeywordModel;
import io.keyspike.trainer.common.Progress;
import io.keyspike.trainer.data.Split;
import io.keyspike.trainer.evaluate.ModelClips;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options of commands that evaluate a model on recordings: the data set, its part, and the kernels. */
public final class ClipOptions {

    @Mixin
    private DataOption data = new DataOption();

    @Option(
            paramLabel = "PART",
            names = "--split",
            defaultValue = "testing",
            description = "Part of the data set: training, validation, testing or all (default: ${DEFAULT-VALUE}).")
    private SplitChoice split = SplitChoice.TESTING;

    @Mixin
    private KernelOptions kernels = new KernelOptions();

    /**
     * Reads the recordings.
     *
     * @param progress receives the progress of reading
     * @throws IOException if a file cannot be read
     */
    public ModelClips clips(KeywordModel model, Progress progress) throws IOException {
        return ModelClips.read(model, data(), split(), threads(), progress);
    }

    public Path data() {
        return data.folder();
    }

    /** The part of the data set; null for all of it. */
    @Nullable
    public Split split() {
        return split.split();
    }

    public String backend() {
        return kernels.backend();
    }

    public KernelBackend kernels() {
        return kernels.kernels();
    }

    /** The kernel options, for commands that choose a solver as well. */
    public KernelOptions kernelOptions() {
        return kernels;
    }

    public int threads() {
        return kernels.threads();
    }
}

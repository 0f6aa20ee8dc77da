package io.keyspike.trainer.evaluate;

import io.keyspike.kernels.KernelBackend;
import io.keyspike.models.KeywordModel;
import io.keyspike.trainer.common.Progress;
import io.keyspike.trainer.config.ConfigException;
import io.keyspike.trainer.config.ConfigReader;
import io.keyspike.trainer.config.DataConfig;
import io.keyspike.trainer.data.SkippedFile;
import io.keyspike.trainer.data.Split;
import io.keyspike.trainer.loss.ClipClassifier;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A model measured on a folder of recordings: each clip on its own, classified as in training.
 *
 * @param model the model's version
 * @param split lower case, {@code all} for all
 * @param skipped defective files, in whatever split
 * @param remarks what else is odd about the data, in sentences that name a file
 */
public record Evaluation(
        String model,
        String split,
        List<String> labels,
        ClipMetrics metrics,
        List<SkippedFile> skipped,
        List<String> remarks) {

    public Evaluation {
        labels = List.copyOf(labels);
        skipped = List.copyOf(skipped);
        remarks = List.copyOf(remarks);
    }

    /** The data set that the model was trained on, so that its split is the same; where the model does not tell, as it would be. */
    static DataConfig dataConfig(KeywordModel model) {
        try {
            return ConfigReader.parse(model.provenance().configuration()).data();
        } catch (ConfigException e) {
            return ConfigReader.dataOf(model.input(), model.labels());
        }
    }

    /**
     * Evaluates a model. Words that are no label of the model's count as {@code unknown} where the model has that label, and
     * are left out where it has not; so is {@code _silence_} without a label {@code silence}.
     *
     * @param data laid out as the data that the model was trained on
     * @param split null for all
     * @throws IOException if the folder cannot be read or has no clip for the model in that split
     */
    public static Evaluation run(
            KeywordModel model, Path data, @Nullable Split split, KernelBackend backend, int threads, Progress progress)
            throws IOException {
        return of(model, ModelClips.read(model, data, split, threads, progress), backend, progress);
    }

    /** As {@link #run}, on clips that have been read. */
    public static Evaluation of(KeywordModel model, ModelClips clips, KernelBackend backend, Progress progress) {
        ClipMetrics metrics = new ClipEvaluator(
                        backend,
                        clips.stacking(),
                        ClipClassifier.of(
                                model.decision(),
                                model.labels(),
                                model.network().graph().stepSeconds()),
                        progress)
                .measure(model.network(), clips.frames(), model.labels().size());
        return new Evaluation(
                model.version(),
                clips.splitName(),
                model.labels(),
                metrics,
                clips.data().skipped(),
                clips.data().remarks());
    }
}

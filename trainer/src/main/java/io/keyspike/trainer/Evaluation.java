package io.keyspike.trainer;

import io.keyspike.kernels.KernelBackend;
import io.keyspike.models.DecisionSettings.ClipDecision;
import io.keyspike.models.KeywordModel;
import io.keyspike.trainer.config.ConfigException;
import io.keyspike.trainer.config.ConfigReader;
import io.keyspike.trainer.config.DataConfig;
import io.keyspike.trainer.data.Clip;
import io.keyspike.trainer.data.DataSet;
import io.keyspike.trainer.data.DataSets;
import io.keyspike.trainer.data.LabelMap;
import io.keyspike.trainer.data.SkippedFile;
import io.keyspike.trainer.data.Split;
import io.keyspike.trainer.features.FeatureBuilder;
import io.keyspike.trainer.features.FrameCache;
import io.keyspike.trainer.features.FrameStacking;
import io.keyspike.trainer.features.LabelledFrames;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A model measured on a folder of recordings: each clip on its own, classified as in training.
 *
 * @param model the model's version
 * @param split lower case, {@code all} for all
 * @param skipped defective files, in whatever split
 */
public record Evaluation(
        String model, String split, List<String> labels, ClipMetrics metrics, List<SkippedFile> skipped) {

    public Evaluation {
        labels = List.copyOf(labels);
        skipped = List.copyOf(skipped);
    }

    /** The data set that the model was trained on, so that its split is the same; where the model does not tell, as it would be. */
    private static DataConfig dataConfig(KeywordModel model) {
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
        var labels = new LabelMap(model.labels());
        DataSet set = DataSets.read(dataConfig(model), model.input(), data, threads, progress);
        String splitName = split == null ? "all" : split.label();
        List<Clip> clips = Stream.of(Split.values())
                .filter(s -> split == null || s == split)
                .flatMap(s -> set.of(s, labels).stream())
                .toList();
        if (clips.isEmpty()) {
            throw new IOException(String.format(
                    Locale.ROOT,
                    "%s: expected clips of %s in split %s, found none%s",
                    data,
                    model.labels(),
                    splitName,
                    set.hasLists()
                            ? ""
                            : " (without validation_list.txt and testing_list.txt all clips are training)"));
        }
        ClipDecision clip = model.decision().clip();
        LabelledFrames frames = new FeatureBuilder(set, labels, clip.seconds(), new FrameCache(null), threads, progress)
                .frames(model.input(), clips);
        ClipMetrics metrics = new ClipEvaluator(backend, FrameStacking.of(model.input()), clip.rule(), progress)
                .measure(model.network(), frames, model.labels().size());
        return new Evaluation(model.version(), splitName, model.labels(), metrics, set.skipped());
    }
}

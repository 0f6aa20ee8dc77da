package io.keyspike.trainer.evaluate;

import io.keyspike.models.KeywordModel;
import io.keyspike.trainer.cache.CacheMode;
import io.keyspike.trainer.cache.FrameCache;
import io.keyspike.trainer.common.Progress;
import io.keyspike.trainer.config.LabelMap;
import io.keyspike.trainer.data.Clip;
import io.keyspike.trainer.data.DataSet;
import io.keyspike.trainer.data.DataSets;
import io.keyspike.trainer.data.Split;
import io.keyspike.trainer.features.FeatureBuilder;
import io.keyspike.trainer.features.FrameStacking;
import io.keyspike.trainer.features.LabelledFrames;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The recordings of a folder as a model hears them, each with its label.
 *
 * @param splitName lower case, {@code all} for all
 */
public record ModelClips(DataSet data, String splitName, LabelledFrames frames, FrameStacking stacking) {

    /**
     * Reads the clips of a split. Words that are no label of the model's count as {@code unknown} where the model has that
     * label, and are left out where it has not; so is {@code _silence_} without a label {@code silence}.
     *
     * @param folder laid out as the data that the model was trained on
     * @param split null for all
     * @throws IOException if the folder cannot be read or has no clip for the model in that split
     */
    public static ModelClips read(
            KeywordModel model, Path folder, @Nullable Split split, int threads, Progress progress) throws IOException {
        var labels = new LabelMap(model.labels());
        DataSet set = DataSets.read(Evaluation.dataConfig(model), model.input(), folder, threads, progress);
        String splitName = split == null ? "all" : split.label();
        List<Clip> clips = Stream.of(Split.values())
                .filter(s -> split == null || s == split)
                .flatMap(s -> set.of(s, labels).stream())
                .toList();
        if (clips.isEmpty()) {
            throw new IOException(String.format(
                    Locale.ROOT,
                    "%s: expected clips of %s in split %s, found none%s",
                    folder,
                    model.labels(),
                    splitName,
                    set.hasLists()
                            ? ""
                            : " (without validation_list.txt and testing_list.txt, all clips are in training)"));
        }
        LabelledFrames frames = new FeatureBuilder(
                        set,
                        labels,
                        model.decision().clip().seconds(),
                        new FrameCache(CacheMode.MEMORY, null, threads, progress),
                        threads,
                        progress)
                .frames(model.input(), clips);
        return new ModelClips(set, splitName, frames, FrameStacking.of(model.input()));
    }
}

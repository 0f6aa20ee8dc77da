package io.keyspike.trainer.data;

import io.keyspike.models.description.ModelInput;
import io.keyspike.trainer.common.Progress;
import io.keyspike.trainer.config.DataConfig;
import java.io.IOException;
import java.nio.file.Path;

/** All kinds of data sets behind one method. */
public final class DataSets {

    private DataSets() {}

    /**
     * What there is in a data set: every sample with its class and split, and what was left out.
     *
     * @param input what the samples are for, of a sort that this kind of data has
     * @param path as the kind of data needs it
     * @throws IOException if the data cannot be read; one sentence that names the file
     */
    public static DataSet read(DataConfig config, ModelInput input, Path path, int threads, Progress progress)
            throws IOException {
        return switch (input) {
            case ModelInput.Sound sound -> sound(config, sound.features().sampleRateHz(), path, threads, progress);
            case ModelInput.ClipSpectrogram clip ->
                sound(config, clip.spectrum().sampleRateHz(), path, threads, progress);
            case ModelInput.EventFrames events -> new EventFolder(path).scan(config.split());
            case ModelInput.Image image ->
                new IdxFolder(path, config.words())
                        .scan(
                                image.rows(),
                                image.columns(),
                                config.split().validation(),
                                config.split().seed());
        };
    }

    private static DataSet sound(DataConfig config, int sampleRateHz, Path path, int threads, Progress progress)
            throws IOException {
        return config.kind() == DataConfig.Kind.FOLDERS
                ? new ClassFolders(path).scan(config.split(), sampleRateHz, threads, progress)
                : new SpeechCommandsFolder(path).scan(sampleRateHz, threads, progress);
    }
}

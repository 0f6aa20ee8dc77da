package io.keyspike.trainer.data;

import io.keyspike.models.ModelInput;
import io.keyspike.trainer.Progress;
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
            case ModelInput.Sound sound ->
                new SpeechCommandsFolder(path).scan(sound.features().sampleRateHz(), threads, progress);
            case ModelInput.ClipSpectrogram clip ->
                new SpeechCommandsFolder(path).scan(clip.spectrum().sampleRateHz(), threads, progress);
            case ModelInput.Image image ->
                new IdxFolder(path, config.words())
                        .scan(
                                image.rows(),
                                image.columns(),
                                config.split().validation(),
                                config.split().seed());
        };
    }
}

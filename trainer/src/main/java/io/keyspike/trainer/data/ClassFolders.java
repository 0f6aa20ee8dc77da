package io.keyspike.trainer.data;

import io.keyspike.trainer.common.Progress;
import io.keyspike.trainer.config.DataConfig.SplitConfig;
import java.io.IOException;
import java.nio.file.Path;

/** Reads a folder with one folder a class and WAV or FLAC files in it, split at random; lists beside them are not read. */
public final class ClassFolders {
    private final SoundFolder folder;

    /** @throws IOException if there is no such folder */
    public ClassFolders(Path root) throws IOException {
        folder = new SoundFolder(root);
    }

    /**
     * Reads every file once, to hash it and to find the defective ones; these are not counted in the split's shares.
     *
     * @param sampleRateHz rate at which clips will be used
     * @throws IOException if the folder holds no clips
     */
    public DataSet scan(SplitConfig split, int sampleRateHz, int threads, Progress progress) throws IOException {
        DataSet found = folder.check(folder.clips(), true, sampleRateHz, threads, progress);
        return found.withClips(new RandomSplit(split).apply(found.clips(), split.testing(), RandomSplit::speaker));
    }
}

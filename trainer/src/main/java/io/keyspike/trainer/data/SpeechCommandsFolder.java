package io.keyspike.trainer.data;

import io.keyspike.trainer.common.Progress;
import io.keyspike.trainer.config.LabelMap;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads a folder laid out as Speech Commands (Warden 2018): one folder a word with WAV or FLAC files in it;
 * {@code validation_list.txt} and {@code testing_list.txt} name the clips of those splits, the rest is for training. Where
 * there is no {@code _silence_}, clips of it are cut out of {@code _background_noise_}.
 */
public final class SpeechCommandsFolder {
    private final Path root;
    private final SoundFolder folder;

    /** @throws IOException if there is no such folder */
    public SpeechCommandsFolder(Path root) throws IOException {
        this.root = root;
        folder = new SoundFolder(root);
    }

    /**
     * Reads every file once, to hash it and to find the defective ones.
     *
     * @param sampleRateHz rate at which clips will be used
     * @throws IOException if the folder holds no clips or a list names a split twice over
     */
    public DataSet scan(int sampleRateHz, int threads, Progress progress) throws IOException {
        SplitLists lists = SplitLists.in(root);
        List<Clip> found = new ArrayList<>();
        for (Clip clip : folder.clips()) {
            found.add(clip.withSplit(lists.of(clip.name())));
        }
        List<String> remarks = lists.remarks(found.stream().map(Clip::name).toList());
        List<SkippedFile> skipped = new ArrayList<>();
        List<Path> noises = folder.noises();
        if (!noises.isEmpty() && found.stream().noneMatch(c -> c.word().equals(LabelMap.SILENCE_FOLDER))) {
            found.addAll(NoisePieces.cut(noises, found, sampleRateHz, skipped));
        }
        return folder.check(found, lists.isThere(), sampleRateHz, threads, progress)
                .withRemarks(skipped, remarks);
    }
}

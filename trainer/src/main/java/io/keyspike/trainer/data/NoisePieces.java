package io.keyspike.trainer.data;

import io.keyspike.audio.AudioFiles;
import io.keyspike.trainer.common.SplitMix;
import io.keyspike.trainer.config.LabelMap;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Clips of silence cut out of long recordings of noise, as the full Speech Commands has them in {@code _background_noise_}
 * instead of {@code _silence_}. Each recording's first part is for training, the next for validation, the last for testing,
 * so that no noise is in two splits; within a part places are drawn by seed.
 */
final class NoisePieces {
    /** Apart from every other use of random numbers. */
    private static final long PURPOSE = 0x2_015E;

    /** Bounds between the parts, as shares of a recording. */
    private static final double[] BOUNDS = {0, 0.8, 0.9, 1};

    private NoisePieces() {}

    /**
     * As many pieces as a word has clips on average, spread evenly over the recordings.
     *
     * @param clips all clips of words
     * @param sampleRateHz rate at which clips will be used
     * @param skipped receives the recordings that are defective
     * @throws IOException if a recording is too short for three parts of a second, or all are defective
     */
    @SuppressWarnings("EnumOrdinal") // the parts of a recording lie in the order of the splits
    static List<Clip> cut(List<Path> recordings, List<Clip> clips, int sampleRateHz, List<SkippedFile> skipped)
            throws IOException {
        long words = clips.stream().map(Clip::word).distinct().count();
        List<Clip> pieces = new ArrayList<>();
        List<Path> noises = new ArrayList<>();
        int[] lengths = new int[recordings.size()];
        for (Path recording : recordings) {
            try {
                lengths[noises.size()] = (int) Math.min(Integer.MAX_VALUE, AudioFiles.length(recording, sampleRateHz));
                noises.add(recording);
            } catch (IOException e) {
                skipped.add(new SkippedFile(
                        SoundFolder.BACKGROUND_NOISE + "/" + recording.getFileName(), String.valueOf(e.getMessage())));
            }
        }
        if (noises.isEmpty()) {
            throw new IOException(skipped.getFirst().reason());
        }
        for (int i = 0; i < noises.size(); i++) {
            int shortest = (int) ((BOUNDS[2] - BOUNDS[1]) * lengths[i]);
            if (shortest < sampleRateHz) {
                throw new IOException(noises.get(i) + ": expected at least 10 s of noise to cut one-second clips of"
                        + " silence from, found " + (double) lengths[i] / sampleRateHz + " s");
            }
        }
        Split[] splits = Split.values();
        for (int part = 0; part < splits.length; part++) {
            Split split = splits[part];
            long wanted = clips.stream().filter(c -> c.split() == split).count() / Math.max(1, words);
            for (int k = 0; k < wanted; k++) {
                Path file = noises.get(k % noises.size());
                int length = lengths[k % noises.size()];
                int from = (int) (BOUNDS[part] * length);
                int room = (int) (BOUNDS[part + 1] * length) - sampleRateHz - from;
                int start = from + new SplitMix(PURPOSE, part, k).nextInt(room + 1);
                String name = SoundFolder.BACKGROUND_NOISE + "/" + file.getFileName() + "@" + start;
                pieces.add(new Clip(name, file, start, LabelMap.SILENCE_FOLDER, split, ""));
            }
        }
        return pieces;
    }
}

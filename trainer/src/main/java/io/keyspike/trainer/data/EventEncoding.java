package io.keyspike.trainer.data;

import io.keyspike.audio.AudioFiles;
import io.keyspike.trainer.common.Parallel;
import io.keyspike.trainer.common.Progress;
import io.keyspike.trainer.config.DataConfig.SplitConfig;
import io.keyspike.trainer.events.EventFileWriter;
import io.keyspike.trainer.events.Events;
import io.keyspike.trainer.events.SoundEncoder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A folder of recordings as event files, one for each split, in the layout of SHD and SSC. The files depend on the recordings, the
 * words and the settings alone, not on the number of threads; a few recordings for each thread are in memory at once.
 */
public final class EventEncoding {
    private static final int AT_ONCE_PER_THREAD = 16;

    /** Share of the speakers for validation, and for testing, where no lists say so. */
    private static final double SHARE = 0.1;

    private final SoundEncoder encoder;
    private final SoundEncoder.Settings settings;
    private final EventFileWriter.Times precision;
    private final int threads;
    private final Progress progress;

    /** What came of a split. */
    public record Written(Path file, Split split, int samples, long events) {}

    public EventEncoding(
            SoundEncoder.Settings settings, EventFileWriter.Times precision, int threads, Progress progress) {
        this.settings = settings;
        this.precision = precision;
        this.threads = threads;
        this.progress = progress;
        encoder = new SoundEncoder(settings);
    }

    /**
     * Encodes a folder.
     *
     * @param root one folder for each word; with lists of the validation and test clips as Speech Commands has them, or without
     * @param words which to take, which are the labels in this order; empty for all but those that begin with an underscore
     * @param out folder for the files, made if it is not there
     * @return the files written, for each split that has clips
     * @throws IOException if a recording cannot be read or a file not be written, or a word has no recordings
     */
    public List<Written> encode(Path root, List<String> words, Path out) throws IOException {
        boolean lists =
                Files.exists(root.resolve("validation_list.txt")) || Files.exists(root.resolve("testing_list.txt"));
        int rate = settings.sampleRateHz();
        DataSet data = lists
                ? new SpeechCommandsFolder(root).scan(rate, threads, progress)
                : new ClassFolders(root)
                        .scan(new SplitConfig(SHARE, SHARE, true, settings.seed()), rate, threads, progress);
        var found = new TreeSet<String>();
        data.clips().stream().map(Clip::word).filter(w -> !w.startsWith("_")).forEach(found::add);
        List<String> keys = words.isEmpty() ? List.copyOf(found) : words;
        for (String word : keys) {
            if (!found.contains(word)) {
                throw new IOException(root + ": expected recordings of '" + word + "', found none");
            }
        }
        if (keys.isEmpty()) {
            throw new IOException(root + ": expected folders of recordings, found none");
        }
        Map<String, Integer> speakers = new TreeMap<>();
        data.clips().forEach(c -> speakers.put(speaker(c), 0));
        int number = 0;
        for (Map.Entry<String, Integer> e : speakers.entrySet()) {
            e.setValue(number++ & 0xffff);
        }
        Files.createDirectories(out);
        Path name = root.toAbsolutePath().normalize().getFileName();
        var written = new ArrayList<Written>();
        for (Split split : Split.values()) {
            List<Clip> clips = data.clips().stream()
                    .filter(c -> c.split() == split && keys.contains(c.word()))
                    .toList();
            if (!clips.isEmpty()) {
                Path file = out.resolve(name + "_" + suffix(split) + ".h5");
                written.add(new Written(file, split, clips.size(), write(file, clips, keys, speakers)));
            }
        }
        return written;
    }

    private static String suffix(Split split) {
        return switch (split) {
            case TRAINING -> "train";
            case VALIDATION -> "valid";
            case TESTING -> "test";
        };
    }

    private static String speaker(Clip clip) {
        String file = String.valueOf(clip.file().getFileName());
        int end = file.indexOf("_nohash_");
        return end < 0 ? file : file.substring(0, end);
    }

    private long write(Path file, List<Clip> clips, List<String> keys, Map<String, Integer> speakers)
            throws IOException {
        var writer = new EventFileWriter(file, keys, precision);
        long events = 0;
        boolean complete = false;
        try {
            int atOnce = threads * AT_ONCE_PER_THREAD;
            @Nullable Events[] encoded = new Events[atOnce];
            for (int from = 0; from < clips.size(); from += atOnce) {
                int first = from;
                int count = Math.min(atOnce, clips.size() - from);
                Parallel.forEach(
                        count, threads, "encoding", Progress.NONE, i -> encoded[i] = encode(clips.get(first + i)));
                for (int i = 0; i < count; i++) {
                    Clip clip = clips.get(first + i);
                    Events sample = java.util.Objects.requireNonNull(encoded[i]);
                    writer.add(sample, keys.indexOf(clip.word()), speakers.getOrDefault(speaker(clip), 0));
                    events += sample.count();
                }
                progress.advanced("encoding " + file.getFileName(), first + count, clips.size());
            }
            writer.close();
            complete = true;
            return events;
        } catch (UncheckedIOException e) {
            throw e.getCause();
        } finally {
            if (!complete) {
                writer.discard();
            }
        }
    }

    /** The clip's name, not its place, chooses its random numbers: more recordings do not change those that were there. */
    private Events encode(Clip clip) {
        try {
            return encoder.encode(
                    AudioFiles.readAll(clip.file(), settings.sampleRateHz()),
                    clip.name().hashCode());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

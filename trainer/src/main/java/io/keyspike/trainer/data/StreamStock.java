package io.keyspike.trainer.data;

import io.keyspike.audio.AudioFiles;
import io.keyspike.trainer.common.Parallel;
import io.keyspike.trainer.common.Progress;
import io.keyspike.trainer.compose.SoundStock;
import io.keyspike.trainer.compose.SpeechExtent;
import io.keyspike.trainer.compose.Utterance;
import io.keyspike.trainer.config.LabelMap;
import io.keyspike.trainer.config.StreamsConfig;
import io.keyspike.trainer.config.StreamsConfig.MoreWords;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads everything that streams are composed of, split by speaker: the words of data sets, further recordings of words,
 * connected speech, backgrounds, rooms. Defective recordings are named and left out.
 *
 * <p>Connected speech is split by speaker, as far as {@link Transcripts} tell. A sentence whose transcript holds a label is
 * left out.
 */
public final class StreamStock {
    private final StreamsConfig config;
    private final List<String> labels;
    private final int sampleRateHz;
    private final Path root;
    private final SpeakerSplit speakers;
    private final int threads;
    private final Progress progress;
    private final List<SkippedFile> skipped = new ArrayList<>();
    private final Sha256 hash = new Sha256();

    /**
     * @param labels of the model; recordings of other words are such
     * @param root what relative paths of the configuration are relative to
     * @param seed of the split of connected speech and backgrounds
     */
    public StreamStock(
            StreamsConfig config,
            List<String> labels,
            int sampleRateHz,
            Path root,
            long seed,
            int threads,
            Progress progress) {
        this.config = config;
        this.labels = List.copyOf(labels);
        this.sampleRateHz = sampleRateHz;
        this.root = root;
        speakers = new SpeakerSplit(
                config.speechSplit().validation(), config.speechSplit().testing(), seed);
        this.threads = threads;
        this.progress = progress;
    }

    /** Recordings that were left out, so far. */
    public List<SkippedFile> skipped() {
        return List.copyOf(skipped);
    }

    /**
     * A digest over the names and sizes of what was read beside the words of the data set, so far.
     *
     * @return hexadecimal digits
     */
    public String hash() {
        return hash.hex();
    }

    private record Source(String name, Path file, int item, int label, boolean connected, Split split) {}

    /**
     * The stock of each split.
     *
     * @param data the words of the data sets
     * @throws IOException if a folder is not there or holds nothing
     */
    public Map<Split, SoundStock> read(DataSet data, double clipSeconds) throws IOException {
        var sources = new ArrayList<Source>();
        var noises = new ArrayList<Source>();
        for (Clip clip : data.clips()) {
            boolean silence = clip.word().equals(LabelMap.SILENCE_FOLDER);
            int label = silence ? -1 : label(clip.word());
            (silence ? noises : sources)
                    .add(new Source(clip.name(), clip.file(), clip.item(), label, false, clip.split()));
        }
        for (MoreWords more : config.moreWords()) {
            for (Path file : matching(more)) {
                int label = label(more.word());
                sources.add(new Source(name(file), file, 0, label, false, Split.TRAINING));
            }
        }
        for (String folder : config.speech()) {
            speech(folder, sources);
        }
        for (String folder : config.noise()) {
            for (Path file : recordings(folder)) {
                noises.add(new Source(name(file), file, 0, -1, true, speakers.of(name(file))));
            }
        }
        List<@Nullable Utterance> heard = utterances(sources);
        List<short[]> backgrounds = samples(noises, (int) Math.round(clipSeconds * sampleRateHz));
        var rooms = new ArrayList<Source>();
        for (String folder : config.rooms()) {
            for (Path file : recordings(folder)) {
                rooms.add(new Source(name(file), file, 0, -1, true, Split.TRAINING));
            }
        }
        List<short[]> responses = samples(rooms, 0);
        Map<Split, SoundStock> stocks = new HashMap<>();
        for (Split split : Split.values()) {
            var words = new ArrayList<List<Utterance>>();
            labels.forEach(l -> words.add(new ArrayList<>()));
            var others = new ArrayList<Utterance>();
            var connected = new ArrayList<Utterance>();
            for (int i = 0; i < sources.size(); i++) {
                Source source = sources.get(i);
                Utterance utterance = heard.get(i);
                if (utterance == null || source.split() != split) {
                    continue;
                }
                List<Utterance> to =
                        source.label() >= 0 ? words.get(source.label()) : source.connected() ? connected : others;
                to.add(utterance);
            }
            var inSplit = new ArrayList<short[]>();
            for (int i = 0; i < noises.size(); i++) {
                if (noises.get(i).split() == split && backgrounds.get(i).length > 0) {
                    inSplit.add(backgrounds.get(i));
                }
            }
            if (words.stream().anyMatch(w -> !w.isEmpty()) || !connected.isEmpty() || !others.isEmpty()) {
                stocks.put(split, new SoundStock(sampleRateHz, words, others, connected, inSplit, responses));
            }
        }
        return stocks;
    }

    /** The label of a word that may be reported; -1 for all others. */
    private int label(String word) {
        return LabelMap.isKeyword(word) ? labels.indexOf(word) : -1;
    }

    private void speech(String folder, List<Source> sources) throws IOException {
        Map<Path, Transcripts> transcripts = new HashMap<>();
        for (Path file : recordings(folder)) {
            Path beside = file.resolveSibling("");
            Transcripts told = transcripts.get(beside);
            if (told == null) {
                told = Transcripts.in(beside);
                transcripts.put(beside, told);
            }
            if (!told.says(file, labels)) {
                Split split = speakers.of(folder(folder) + "/" + told.speaker(file));
                sources.add(new Source(name(file), file, 0, -1, true, split));
            }
        }
    }

    /** The last part of a folder's path, so that the split does not depend on where the data lie. */
    private static String folder(String folder) {
        return String.valueOf(Path.of(folder).getFileName());
    }

    private List<@Nullable Utterance> utterances(List<Source> sources) {
        @Nullable Utterance[] heard = new @Nullable Utterance[sources.size()];
        Parallel.forEach(sources.size(), threads, "reading recordings of words and speech", progress, i -> {
            Source source = sources.get(i);
            short[] samples = readOrSkip(source);
            if (samples.length > 0) {
                heard[i] = source.connected()
                        ? SpeechExtent.findAll(source.name(), samples, sampleRateHz)
                        : SpeechExtent.find(source.name(), samples, sampleRateHz);
            }
        });
        for (int i = 0; i < heard.length; i++) {
            Utterance utterance = heard[i];
            hash.text(sources.get(i).name())
                    .text(sources.get(i).split().label())
                    .text(String.valueOf(utterance == null ? 0 : utterance.samples().length));
        }
        return Arrays.asList(heard);
    }

    /** @param longest of a piece cut out of a longer file; 0 for whole files */
    private List<short[]> samples(List<Source> sources, int longest) {
        short[][] all = new short[sources.size()][];
        Parallel.forEach(sources.size(), threads, "reading noise and rooms", progress, i -> {
            Source source = sources.get(i);
            short[] samples = readOrSkip(source);
            all[i] = source.connected() || longest == 0 || source.item() + longest > samples.length
                    ? samples
                    : Arrays.copyOfRange(samples, source.item(), source.item() + longest);
        });
        for (int i = 0; i < all.length; i++) {
            hash.text(sources.get(i).name()).text(String.valueOf(all[i].length));
        }
        return List.of(all);
    }

    private short[] readOrSkip(Source source) {
        try {
            return AudioFiles.readAll(source.file(), sampleRateHz);
        } catch (IOException e) {
            synchronized (skipped) {
                skipped.add(new SkippedFile(source.name(), String.valueOf(e.getMessage())));
            }
            return new short[0];
        }
    }

    private List<Path> matching(MoreWords more) throws IOException {
        Path path = root.resolve(more.files());
        if (Files.isDirectory(path)) {
            return recordings(more.files());
        }
        Path parent = path.toAbsolutePath().getParent();
        var found = new ArrayList<Path>();
        if (parent != null && Files.isDirectory(parent)) {
            try (DirectoryStream<Path> files = Files.newDirectoryStream(parent, String.valueOf(path.getFileName()))) {
                files.forEach(f -> {
                    if (RecordingFiles.isRecording(f)) {
                        found.add(f);
                    }
                });
            }
        }
        if (found.isEmpty()) {
            throw new IOException(path + ": expected recordings of '" + more.word() + "', found none");
        }
        found.sort(Comparator.comparing(Path::toString));
        return found;
    }

    private List<Path> recordings(String name) throws IOException {
        return RecordingFiles.below(root.resolve(name));
    }

    private String name(Path file) {
        Path absolute = file.toAbsolutePath().normalize();
        Path from = root.toAbsolutePath().normalize();
        return absolute.startsWith(from)
                ? from.relativize(absolute).toString().replace('\\', '/')
                : String.valueOf(file.getFileName());
    }
}

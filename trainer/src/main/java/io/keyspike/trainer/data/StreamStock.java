package io.keyspike.trainer.data;

import io.keyspike.audio.AudioFiles;
import io.keyspike.trainer.common.Parallel;
import io.keyspike.trainer.common.Progress;
import io.keyspike.trainer.common.SplitMix;
import io.keyspike.trainer.compose.SoundStock;
import io.keyspike.trainer.compose.SpeechExtent;
import io.keyspike.trainer.compose.Utterance;
import io.keyspike.trainer.config.LabelMap;
import io.keyspike.trainer.config.StreamsConfig;
import io.keyspike.trainer.config.StreamsConfig.MoreWords;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Reads everything that streams are composed of, split by speaker: the words of data sets, further recordings of words,
 * connected speech, backgrounds, rooms. Defective recordings are named and left out.
 *
 * <p>Connected speech is split by speaker: the column {@code speaker} (the second) of a {@code transcripts.tsv} beside the
 * recordings, else what stands before the first hyphen of a file's name, else the file. A sentence whose transcript (the
 * fourth column) holds a label is left out.
 */
public final class StreamStock {
    /** Apart from every other use of random numbers. */
    private static final long PURPOSE = 0x5_70C;

    private static final String TRANSCRIPTS = "transcripts.tsv";

    private final StreamsConfig config;
    private final List<String> labels;
    private final int sampleRateHz;
    private final Path root;
    private final long seed;
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
        this.seed = seed;
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
                noises.add(new Source(name(file), file, 0, -1, true, split(name(file))));
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
        return word.equals(LabelMap.UNKNOWN) || word.equals(LabelMap.SILENCE) ? -1 : labels.indexOf(word);
    }

    private void speech(String folder, List<Source> sources) throws IOException {
        Map<Path, Map<String, String[]>> transcripts = new HashMap<>();
        for (Path file : recordings(folder)) {
            Path parent = file.toAbsolutePath().getParent();
            Map<String, String[]> told = transcripts.computeIfAbsent(parent, StreamStock::transcripts);
            String base = base(file);
            String[] row = told.get(base);
            if (row != null && row.length > 3 && namesLabel(row[3])) {
                continue;
            }
            int hyphen = base.indexOf('-');
            String speaker = row != null && row.length > 1 ? row[1] : hyphen > 0 ? base.substring(0, hyphen) : base;
            sources.add(new Source(name(file), file, 0, -1, true, split(folder(folder) + "/" + speaker)));
        }
    }

    /** The last part of a folder's path, so that the split does not depend on where the data lie. */
    private static String folder(String folder) {
        return String.valueOf(Path.of(folder).getFileName());
    }

    private boolean namesLabel(String transcript) {
        String said = " " + transcript.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9' ]+", " ") + " ";
        return labels.stream()
                .filter(l -> !l.equals(LabelMap.UNKNOWN) && !l.equals(LabelMap.SILENCE))
                .anyMatch(l -> said.contains(" " + l.toLowerCase(Locale.ROOT).replace('-', ' ') + " "));
    }

    private static Map<String, String[]> transcripts(Path folder) {
        Path file = folder.resolve(TRANSCRIPTS);
        Map<String, String[]> rows = new HashMap<>();
        if (Files.isRegularFile(file)) {
            try {
                for (String line : Files.readAllLines(file)) {
                    String[] columns = line.split("\t", -1);
                    rows.put(columns[0], columns);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return rows;
    }

    private Split split(String key) {
        double at = new SplitMix(seed, PURPOSE, key.hashCode()).nextDouble();
        double validation = config.speechSplit().validation();
        return at < validation
                ? Split.VALIDATION
                : at < validation + config.speechSplit().testing() ? Split.TESTING : Split.TRAINING;
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
                    if (isRecording(f)) {
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
        Path path = root.resolve(name);
        if (!Files.exists(path)) {
            throw new IOException(path + ": expected a file or folder of recordings, found none");
        }
        try (Stream<Path> files = Files.walk(path)) {
            List<Path> found = files.filter(StreamStock::isRecording)
                    .sorted(Comparator.comparing(Path::toString))
                    .toList();
            if (found.isEmpty()) {
                throw new IOException(path + ": expected WAV or FLAC files, found none");
            }
            return found;
        }
    }

    private String name(Path file) {
        Path absolute = file.toAbsolutePath().normalize();
        Path from = root.toAbsolutePath().normalize();
        return absolute.startsWith(from)
                ? from.relativize(absolute).toString().replace('\\', '/')
                : String.valueOf(file.getFileName());
    }

    private static String base(Path file) {
        String name = String.valueOf(file.getFileName());
        int dot = name.lastIndexOf('.');
        return dot < 0 ? name : name.substring(0, dot);
    }

    private static boolean isRecording(Path file) {
        String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
        return (name.endsWith(".wav") || name.endsWith(".flac")) && Files.isRegularFile(file);
    }
}

package io.keyspike.trainer.data;

import io.keyspike.audio.AudioFiles;
import io.keyspike.models.description.Spelling;
import io.keyspike.trainer.common.Parallel;
import io.keyspike.trainer.common.Progress;
import io.keyspike.trainer.compose.SoundStock;
import io.keyspike.trainer.compose.SpeechExtent;
import io.keyspike.trainer.compose.Utterance;
import io.keyspike.trainer.config.LabelMap;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Reads what streams for measuring are made of. Defective recordings and such of digital silence are named and left out.
 *
 * @param keywords in alphabetical order, or as asked for
 * @param stock its words in the order of the keywords
 * @param skipped what was left out
 */
public record StreamSources(List<String> keywords, SoundStock stock, List<SkippedFile> skipped) {

    /** Copies the lists. */
    public StreamSources {
        keywords = List.copyOf(keywords);
        skipped = List.copyOf(skipped);
    }

    /**
     * Where the recordings are.
     *
     * @param words folders with one folder a word; {@code validation_list.txt} and {@code testing_list.txt} in them are
     *     followed
     * @param keywords the words that are keywords, all others are other words; empty if all are keywords but {@code unknown}
     * @param split the split whose words are used; null for all of them
     * @param speech folders of connected speech, searched at any depth; recordings whose transcript names a keyword are
     *     left out
     * @param speakers how connected speech is split by speaker
     * @param speechSplit the split whose connected speech is used; null for all of it
     * @param noise files or folders of backgrounds, searched at any depth; if the lists in the folder itself or the one
     *     around it name splits, the words' split is used
     * @param rooms files or folders of impulse responses, searched at any depth
     */
    public record Folders(
            List<Path> words,
            List<String> keywords,
            @Nullable Split split,
            List<Path> speech,
            SpeakerSplit speakers,
            @Nullable Split speechSplit,
            List<Path> noise,
            List<Path> rooms) {

        /** Copies the lists. */
        public Folders {
            words = List.copyOf(words);
            keywords = List.copyOf(keywords);
            speech = List.copyOf(speech);
            noise = List.copyOf(noise);
            rooms = List.copyOf(rooms);
        }
    }

    /** A recording to read. */
    private record Recording(String name, Path file) {}

    /**
     * Reads all of it into memory.
     *
     * @param sampleRateHz rate of the streams; recordings are resampled to it
     * @throws IOException if a folder is not there or holds no recordings, or a keyword has none in the split
     * @throws IllegalArgumentException if there is nothing at all to make streams of
     */
    public static StreamSources read(Folders folders, int sampleRateHz, int threads, Progress progress)
            throws IOException {
        var skipped = new ArrayList<SkippedFile>();
        var clips = new ArrayList<Clip>();
        for (Path root : folders.words()) {
            DataSet data = new SpeechCommandsFolder(root).scan(sampleRateHz, threads, progress);
            SplitLists lists = SplitLists.in(root);
            data.remarks().forEach(r -> skipped.add(new SkippedFile(root.toString(), r)));
            data.skipped().stream()
                    .filter(f -> folders.split() == null || lists.of(f.name()) == folders.split())
                    .forEach(skipped::add);
            data.clips().stream()
                    .filter(c -> folders.split() == null || c.split() == folders.split())
                    .filter(c -> !c.word().equals(LabelMap.SILENCE_FOLDER))
                    .forEach(clips::add);
        }
        List<String> keywords = keywords(folders, clips);
        var reader = new Reader(sampleRateHz, threads, progress, skipped);
        var words = new ArrayList<List<Utterance>>();
        for (String keyword : keywords) {
            words.add(reader.utterances(
                    clips.stream()
                            .filter(c -> c.word().equals(keyword))
                            .map(c -> new Recording(c.name(), c.file()))
                            .toList(),
                    false));
        }
        List<Utterance> others = reader.utterances(
                clips.stream()
                        .filter(c -> !keywords.contains(c.word()))
                        .map(c -> new Recording(c.name(), c.file()))
                        .toList(),
                false);
        List<Utterance> speech = reader.utterances(speech(folders, keywords), true);
        List<short[]> noises = reader.samples(noises(folders));
        var rooms = new ArrayList<Recording>();
        for (Path path : folders.rooms()) {
            RecordingFiles.below(path).forEach(f -> rooms.add(new Recording(name(path, f), f)));
        }
        return new StreamSources(
                keywords, new SoundStock(sampleRateHz, words, others, speech, noises, reader.samples(rooms)), skipped);
    }

    private static List<String> keywords(Folders folders, List<Clip> clips) throws IOException {
        var found = new TreeSet<String>();
        clips.forEach(c -> found.add(c.word()));
        for (String keyword : folders.keywords()) {
            // Without folders of words they only say which sentences are left out.
            if (!folders.words().isEmpty() && !found.contains(keyword)) {
                throw new IOException("streams: expected recordings of " + keyword + inSplit(folders.split())
                        + ", found none" + Spelling.hint(keyword, found));
            }
        }
        if (!folders.words().isEmpty() && found.isEmpty()) {
            throw new IOException(folders.words().getFirst() + ": expected words" + inSplit(folders.split())
                    + ", found none; where there are no lists of validation and testing, every recording is in the split"
                    + " training");
        }
        found.remove(LabelMap.UNKNOWN);
        return folders.keywords().isEmpty() ? List.copyOf(found) : folders.keywords();
    }

    private static String inSplit(@Nullable Split split) {
        return split == null ? "" : " in the split " + split.label();
    }

    private static List<Recording> speech(Folders folders, List<String> keywords) throws IOException {
        var found = new ArrayList<Recording>();
        Map<Path, Transcripts> transcripts = new HashMap<>();
        for (Path folder : folders.speech()) {
            for (Path file : RecordingFiles.below(folder)) {
                Path beside = file.resolveSibling("");
                Transcripts told = transcripts.get(beside);
                if (told == null) {
                    told = Transcripts.in(beside);
                    transcripts.put(beside, told);
                }
                String speaker = lastPart(folder) + "/" + told.speaker(file);
                boolean inSplit =
                        folders.speechSplit() == null || folders.speakers().of(speaker) == folders.speechSplit();
                if (inSplit && !told.says(file, keywords)) {
                    found.add(new Recording(name(folder, file), file));
                }
            }
        }
        return found;
    }

    private static List<Recording> noises(Folders folders) throws IOException {
        var found = new ArrayList<Recording>();
        for (Path path : folders.noise()) {
            Path folder = path.toAbsolutePath().normalize();
            Path around = folder.getParent();
            SplitLists within = SplitLists.in(folder);
            SplitLists above = around == null ? within : SplitLists.in(around);
            for (Path file : RecordingFiles.below(path)) {
                String name = name(folder, file.toAbsolutePath().normalize());
                Split split = within.isThere()
                        ? within.of(name)
                        : above.isThere() ? above.of(lastPart(folder) + "/" + name) : null;
                if (split == null || folders.split() == null || split == folders.split()) {
                    found.add(new Recording(name, file));
                }
            }
        }
        return found;
    }

    private static String name(Path folder, Path file) {
        String name = folder.relativize(file).toString().replace('\\', '/');
        return name.isEmpty() ? lastPart(file) : name;
    }

    private static String lastPart(Path path) {
        return String.valueOf(path.toAbsolutePath().normalize().getFileName());
    }

    /** Reads recordings on several threads. */
    private record Reader(int sampleRateHz, int threads, Progress progress, List<SkippedFile> skipped) {

        List<Utterance> utterances(List<Recording> recordings, boolean connected) {
            @Nullable Utterance[] heard = new @Nullable Utterance[recordings.size()];
            @Nullable String[] defects = new @Nullable String[recordings.size()];
            Parallel.forEach(recordings.size(), threads, "looking for speech", progress, i -> {
                Recording recording = recordings.get(i);
                try {
                    short[] samples = AudioFiles.readAll(recording.file(), sampleRateHz);
                    heard[i] = connected
                            ? SpeechExtent.findAll(recording.name(), samples, sampleRateHz)
                            : SpeechExtent.find(recording.name(), samples, sampleRateHz);
                    defects[i] = heard[i] == null ? "expected speech, found digital silence" : null;
                } catch (IOException e) {
                    defects[i] = String.valueOf(e.getMessage());
                }
            });
            var found = new ArrayList<Utterance>();
            for (int i = 0; i < heard.length; i++) {
                Utterance utterance = heard[i];
                if (utterance != null) {
                    found.add(utterance);
                }
                skip(recordings.get(i), defects[i]);
            }
            return found;
        }

        List<short[]> samples(List<Recording> recordings) {
            short[][] read = new short[recordings.size()][];
            @Nullable String[] defects = new @Nullable String[recordings.size()];
            Parallel.forEach(recordings.size(), threads, "reading noise and rooms", progress, i -> {
                try {
                    read[i] = AudioFiles.readAll(recordings.get(i).file(), sampleRateHz);
                    defects[i] = read[i].length == 0 ? "expected samples, found none" : null;
                } catch (IOException e) {
                    read[i] = new short[0];
                    defects[i] = String.valueOf(e.getMessage());
                }
            });
            var found = new ArrayList<short[]>();
            for (int i = 0; i < read.length; i++) {
                if (read[i].length > 0) {
                    found.add(read[i]);
                }
                skip(recordings.get(i), defects[i]);
            }
            return found;
        }

        private void skip(Recording recording, @Nullable String defect) {
            if (defect != null) {
                skipped.add(new SkippedFile(recording.name(), defect));
            }
        }
    }
}

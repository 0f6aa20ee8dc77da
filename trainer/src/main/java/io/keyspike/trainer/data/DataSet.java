package io.keyspike.trainer.data;

import io.keyspike.trainer.config.LabelMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The usable clips of a folder, in the order of their names, and what was left out.
 *
 * @param name the folder's own name
 * @param hash SHA-256 over the sorted names and contents of all sound files, the skipped ones too
 * @param hasLists whether it says which clips are for validation and testing
 * @param remarks what else is odd, in sentences that name a file
 */
public record DataSet(
        String name, String hash, boolean hasLists, List<Clip> clips, List<SkippedFile> skipped, List<String> remarks) {

    public DataSet {
        clips = List.copyOf(clips);
        skipped = List.copyOf(skipped);
        remarks = List.copyOf(remarks);
    }

    /** Without remarks. */
    public DataSet(String name, String hash, boolean hasLists, List<Clip> clips, List<SkippedFile> skipped) {
        this(name, hash, hasLists, clips, skipped, List.of());
    }

    DataSet withClips(List<Clip> newClips) {
        return new DataSet(name, hash, hasLists, newClips, skipped, remarks);
    }

    DataSet withRemarks(List<SkippedFile> moreSkipped, List<String> moreRemarks) {
        return new DataSet(
                name,
                hash,
                hasLists,
                clips,
                Stream.concat(skipped.stream(), moreSkipped.stream()).toList(),
                Stream.concat(remarks.stream(), moreRemarks.stream()).toList());
    }

    /** These clips and more; what was made of the one set is not taken for what was made of the other. */
    DataSet with(List<Clip> more) {
        if (more.isEmpty()) {
            return this;
        }
        var all = new Sha256().text(hash);
        more.forEach(clip -> all.text(clip.name()).text(clip.hash()).text(String.valueOf(clip.item())));
        return new DataSet(
                name,
                all.hex(),
                hasLists,
                Stream.concat(clips.stream(), more.stream()).toList(),
                skipped,
                remarks);
    }

    /**
     * Several data sets as one.
     *
     * @param sets at least one; the first of clips of the same name is kept
     */
    public static DataSet together(List<DataSet> sets) {
        if (sets.size() == 1) {
            return sets.getFirst();
        }
        var all = new Sha256();
        Map<String, Clip> clips = new LinkedHashMap<>();
        for (DataSet set : sets) {
            all.text(set.hash());
            set.clips().forEach(c -> clips.putIfAbsent(c.name(), c));
        }
        return new DataSet(
                sets.stream().map(DataSet::name).collect(Collectors.joining("+")),
                all.hex(),
                sets.stream().allMatch(DataSet::hasLists),
                List.copyOf(clips.values()),
                sets.stream().flatMap(s -> s.skipped().stream()).toList(),
                sets.stream().flatMap(s -> s.remarks().stream()).toList());
    }

    /** The clips of a split that a label stands for. */
    public List<Clip> of(Split split, LabelMap labels) {
        return clips.stream()
                .filter(c -> c.split() == split && labels.outputOf(c.word()) >= 0)
                .toList();
    }

    /** Number of clips of each folder in a split. */
    public Map<String, Long> wordCounts(Split split) {
        return clips.stream()
                .filter(c -> c.split() == split)
                .collect(Collectors.groupingBy(Clip::word, TreeMap::new, Collectors.counting()));
    }
}

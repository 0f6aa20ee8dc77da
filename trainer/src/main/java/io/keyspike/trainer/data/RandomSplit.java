package io.keyspike.trainer.data;

import io.keyspike.trainer.common.SplitMix;
import io.keyspike.trainer.config.DataConfig.SplitConfig;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Splits samples at random: whole speakers where they are known, else a fixed share of every class. */
final class RandomSplit {
    /** Apart from every other use of random numbers. */
    private static final long PURPOSE = 0x5_711;

    /** How Speech Commands names a clip: speaker, then the number of the take. */
    private static final Pattern SPEAKER = Pattern.compile("(?:.*/)?([^/]+)_nohash_\\d+\\.[^/]+");

    private final SplitConfig config;

    RandomSplit(SplitConfig config) {
        this.config = config;
    }

    /** The speaker in a clip's name; the whole name where it tells none. */
    static String speaker(Clip clip) {
        Matcher named = SPEAKER.matcher(clip.name());
        return named.matches() ? named.group(1) : clip.name();
    }

    /**
     * The samples in the same order, with their splits.
     *
     * @param testing share for testing, as the configuration says or 0 where testing has samples of its own
     * @param speaker of a sample
     */
    List<Clip> apply(List<Clip> clips, double testing, Function<Clip, String> speaker) {
        Map<String, List<Integer>> groups = new LinkedHashMap<>();
        Map<String, List<Integer>> strata = new LinkedHashMap<>();
        for (int i = 0; i < clips.size(); i++) {
            Clip clip = clips.get(i);
            if (config.bySpeaker()) {
                groups.computeIfAbsent(speaker.apply(clip), s -> new ArrayList<>())
                        .add(i);
            } else {
                strata.computeIfAbsent(clip.word(), w -> new ArrayList<>()).add(i);
            }
        }
        List<Clip> split = new ArrayList<>(clips);
        if (config.bySpeaker()) {
            assign(List.copyOf(groups.values()), clips.size(), testing, 0, split);
        } else {
            int stratum = 0;
            for (List<Integer> ofClass : strata.values()) {
                List<List<Integer>> single = ofClass.stream().map(List::of).toList();
                assign(single, ofClass.size(), testing, stratum++, split);
            }
        }
        return split;
    }

    /** Gives groups in random order to testing, then validation, until each has its share; the rest stays. */
    private void assign(List<List<Integer>> groups, int count, double testing, int stratum, List<Clip> split) {
        int[] order = new SplitMix(config.seed(), PURPOSE, stratum).permutation(groups.size());
        long forTesting = Math.round(testing * count);
        long held = forTesting + Math.round(config.validation() * count);
        int taken = 0;
        for (int g : order) {
            if (taken >= held) {
                return;
            }
            Split to = taken < forTesting ? Split.TESTING : Split.VALIDATION;
            for (int i : groups.get(g)) {
                split.set(i, split.get(i).withSplit(to));
                taken++;
            }
        }
    }
}

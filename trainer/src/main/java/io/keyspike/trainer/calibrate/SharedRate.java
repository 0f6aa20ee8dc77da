package io.keyspike.trainer.calibrate;

import io.keyspike.models.description.StreamQuality;
import io.keyspike.models.description.StreamQuality.Choice;
import io.keyspike.models.description.ThresholdCurve;
import io.keyspike.models.description.ThresholdPoint;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * One rate of false alarms for all keywords together. A keyword that is hard to tell from speech gains more by a false alarm
 * than one that is heard anyway, so an equal rate for each wastes what is allowed. Dynamic programming over the number of
 * false alarms: of all combinations of measured thresholds within the rate, the one that costs the least (missed words, and
 * keywords taken for others by their weight), and of those the one with the fewest false alarms. Exact.
 */
final class SharedRate {

    /** What a missed word costs: fine enough for weights of confusions. */
    private static final long MISS = 1_000;

    private SharedRate() {}

    /** What a threshold of a keyword costs beside the words that it misses, in missed words. */
    @FunctionalInterface
    interface Confusions {
        double cost(String keyword, float threshold);
    }

    /**
     * The thresholds.
     *
     * @param quality the curves of all keywords, each of which is said
     * @param falseAlarmsPerHour of all together
     * @param confusions what keywords taken for others cost
     * @return by keyword
     * @throws IllegalArgumentException if a keyword is never said, so that nothing tells what a threshold misses
     */
    static Map<String, Choice> thresholds(StreamQuality quality, double falseAlarmsPerHour, Confusions confusions) {
        List<String> keywords = List.copyOf(quality.keywords().keySet());
        int budget = (int) Math.min(Integer.MAX_VALUE - 1, Math.floor(falseAlarmsPerHour * quality.hours() + 1e-9));
        // costs[f]: the least that the keywords so far cost with exactly f false alarms.
        long[] costs = new long[budget + 1];
        Arrays.fill(costs, Long.MAX_VALUE);
        costs[0] = 0;
        var chosen = new ArrayList<int[]>();
        for (String keyword : keywords) {
            ThresholdCurve curve = curve(quality, keyword);
            long[] next = new long[budget + 1];
            Arrays.fill(next, Long.MAX_VALUE);
            int[] choice = new int[budget + 1];
            // From the highest threshold down: of equal ones the higher stays, which is the safer.
            for (int p = curve.points().size() - 1; p >= 0; p--) {
                ThresholdPoint point = curve.points().get(p);
                if (point.falseAlarms() > budget) {
                    break;
                }
                long cost = MISS * point.misses() + Math.round(MISS * confusions.cost(keyword, point.threshold()));
                for (int f = point.falseAlarms(); f <= budget; f++) {
                    long before = costs[f - point.falseAlarms()];
                    if (before != Long.MAX_VALUE && before + cost < next[f]) {
                        next[f] = before + cost;
                        choice[f] = p;
                    }
                }
            }
            costs = next;
            chosen.add(choice);
        }
        int best = 0;
        for (int f = 1; f <= budget; f++) {
            best = costs[f] < costs[best] ? f : best;
        }
        if (costs[best] == Long.MAX_VALUE) {
            throw new IllegalArgumentException("calibration: expected thresholds with at most " + falseAlarmsPerHour
                    + " false alarms an hour of all keywords together, found none");
        }
        Map<String, Choice> choices = new TreeMap<>();
        int left = best;
        for (int k = keywords.size() - 1; k >= 0; k--) {
            ThresholdPoint point = curve(quality, keywords.get(k)).points().get(chosen.get(k)[left]);
            choices.put(
                    keywords.get(k), new Choice(point.threshold(), point.falseAlarms() / quality.hours(), budget >= 1));
            left -= point.falseAlarms();
        }
        return choices;
    }

    private static ThresholdCurve curve(StreamQuality quality, String keyword) {
        ThresholdCurve curve = quality.keywords().get(keyword);
        if (curve == null || curve.words() == 0) {
            throw new IllegalArgumentException("calibration: expected '" + keyword
                    + "' to be said in the streams, so that it shows what a threshold misses; found it never");
        }
        return curve;
    }
}

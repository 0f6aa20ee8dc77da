package io.keyspike.trainer.streams;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Tells hits from false alarms. A detection from the start of a word to {@link #TAIL_SECONDS} after its end, both included,
 * hits the first such word of its keyword that is not hit yet; if all of them are, it is ignored. Any other detection is a
 * false alarm, unless it lies within {@link #REFRACTORY_SECONDS} of the last false alarm of its keyword that was counted:
 * then it belongs to that one.
 */
public final class StreamScoring {
    /** How long after its end a word may be reported. */
    public static final double TAIL_SECONDS = 0.5;

    /** False alarms no further from the last counted one than this are the same. */
    public static final double REFRACTORY_SECONDS = 1.0;

    private StreamScoring() {}

    /**
     * Counts the detections of a stream at or above a threshold, each against the words of its own keyword.
     *
     * @param labels what is said in the stream; the earlier in the list, the earlier hit
     * @param detections in any order
     * @param threshold lowest score that counts
     */
    public static StreamCount count(List<StreamLabel> labels, List<StreamDetection> detections, double threshold) {
        boolean[] hit = new boolean[labels.size()];
        var latencies = new ArrayList<Double>();
        Map<String, Double> last = new HashMap<>();
        int falseAlarms = 0;
        for (StreamDetection d : inOrder(detections)) {
            if (d.score() < threshold) {
                continue;
            }
            boolean within = false;
            boolean hits = false;
            for (int i = 0; i < hit.length && !hits; i++) {
                StreamLabel label = labels.get(i);
                if (label.keyword().equals(d.keyword()) && label.contains(d.seconds())) {
                    within = true;
                    if (!hit[i]) {
                        hit[i] = true;
                        hits = true;
                        latencies.add(d.seconds() - label.endSeconds());
                    }
                }
            }
            if (!within && apart(last.getOrDefault(d.keyword(), Double.NEGATIVE_INFINITY), d.seconds())) {
                falseAlarms++;
                last.put(d.keyword(), d.seconds());
            }
        }
        return new StreamCount(labels.size(), latencies.size(), falseAlarms, latencies);
    }

    /**
     * As {@link #count(List, List, double)}, on the steps of a stream that score a keyword at or above a threshold, each taken
     * for a detection.
     *
     * @param stream with scores of the keyword
     * @param keyword words of other keywords are left out
     * @param threshold lowest score that counts
     * @throws IllegalArgumentException if there are no scores of the keyword
     */
    public static StreamCount count(ScoredStream stream, String keyword, double threshold) {
        TimedScores scores = stream.scores().of(keyword);
        var detections = new ArrayList<StreamDetection>();
        for (int i = 0; i < scores.size(); i++) {
            if (scores.score(i) >= threshold) {
                detections.add(new StreamDetection(scores.seconds(i), keyword, scores.score(i)));
            }
        }
        return count(of(stream.labels(), keyword), detections, threshold);
    }

    /** Whether two false alarms of a keyword are counted as two. */
    static boolean apart(double earlier, double later) {
        return later - earlier > REFRACTORY_SECONDS;
    }

    /** The words of a keyword. */
    static List<StreamLabel> of(List<StreamLabel> labels, String keyword) {
        return labels.stream().filter(l -> l.keyword().equals(keyword)).toList();
    }

    static List<StreamDetection> inOrder(List<StreamDetection> detections) {
        return detections.stream()
                .sorted(Comparator.comparingDouble(StreamDetection::seconds)
                        .thenComparing(StreamDetection::keyword)
                        .thenComparingDouble(StreamDetection::score))
                .toList();
    }
}

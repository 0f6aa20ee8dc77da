package io.keyspike.trainer.streams;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/**
 * Hits and false alarms of one keyword in one stream while the threshold falls: detections are added in any order, and after
 * each the counts are those that {@link StreamScoring} finds in all that were added, without counting them all again.
 *
 * <p>Both rules take detections in the order of time, and one more detection changes what the later ones do only as far as it
 * takes something from them. A detection that hits a word takes it from the later one that hit it so far, which then looks
 * among its other words. A new false alarm may swallow the next counted one, which sets free those that were merged into it.
 * Either chain ends where old and new agree again, mostly at once.
 */
final class StreamTally {
    private static final int NO_WINDOW = -1;
    private static final int NEVER = Integer.MAX_VALUE;

    private final TimedScores scores;

    /** By detection: the word in whose window it lies, {@link #NO_WINDOW}, or −2 − the index into {@link #shared}. */
    private final int[] window;

    /** Words that share a detection, in the order of the labels. */
    private final List<int[]> shared = new ArrayList<>();

    /** By word: the detection that hits it. */
    private final int[] hitBy;

    private final BitSet outside = new BitSet();
    private final BitSet counted = new BitSet();
    private int hits;
    private int falseAlarms;

    /**
     * @param scores of the keyword
     * @param labels its words
     */
    StreamTally(TimedScores scores, List<StreamLabel> labels) {
        this.scores = scores;
        this.window = new int[scores.size()];
        this.hitBy = new int[labels.size()];
        Arrays.fill(window, NO_WINDOW);
        Arrays.fill(hitBy, NEVER);
        for (int label = 0; label < hitBy.length; label++) {
            StreamLabel l = labels.get(label);
            for (int i = firstFrom(l.startSeconds()); i < window.length && l.contains(scores.seconds(i)); i++) {
                share(i, label);
            }
        }
    }

    private void share(int detection, int label) {
        int before = window[detection];
        if (before == NO_WINDOW) {
            window[detection] = label;
        } else if (before > NO_WINDOW) {
            window[detection] = -2 - shared.size();
            shared.add(new int[] {before, label});
        } else {
            int[] labels = shared.get(-2 - before);
            int[] more = Arrays.copyOf(labels, labels.length + 1);
            more[labels.length] = label;
            shared.set(-2 - before, more);
        }
    }

    int size() {
        return window.length;
    }

    float score(int detection) {
        return scores.score(detection);
    }

    int hits() {
        return hits;
    }

    int falseAlarms() {
        return falseAlarms;
    }

    /** Adds a detection, by its index in the order of time. */
    void add(int detection) {
        if (window[detection] == NO_WINDOW) {
            addOutside(detection);
        } else {
            addInside(detection);
        }
    }

    private void addInside(int detection) {
        int at = detection;
        while (true) {
            int label = firstFree(at);
            if (label < 0) {
                return;
            }
            int displaced = hitBy[label];
            hitBy[label] = at;
            if (displaced == NEVER) {
                hits++;
                return;
            }
            at = displaced;
        }
    }

    /** The first word of a detection that no earlier one hits; -1 if there is none. */
    private int firstFree(int detection) {
        int label = window[detection];
        if (label >= 0) {
            return hitBy[label] > detection ? label : -1;
        }
        for (int candidate : shared.get(-2 - label)) {
            if (hitBy[candidate] > detection) {
                return candidate;
            }
        }
        return -1;
    }

    private void addOutside(int detection) {
        outside.set(detection);
        int last = counted.previousSetBit(detection);
        if (last >= 0 && !apart(last, detection)) {
            return;
        }
        int at = detection;
        int old = counted.nextSetBit(detection + 1);
        count(at);
        while (old >= 0 && !apart(at, old)) {
            counted.clear(old);
            falseAlarms--;
            int oldNext = counted.nextSetBit(old + 1);
            int next = outside.nextSetBit(firstApart(at));
            if (next < 0 || next == oldNext) {
                return;
            }
            count(next);
            at = next;
            old = oldNext;
        }
    }

    private void count(int detection) {
        counted.set(detection);
        falseAlarms++;
    }

    private boolean apart(int earlier, int later) {
        return StreamScoring.apart(scores.seconds(earlier), scores.seconds(later));
    }

    /** The first detection at or after a time. */
    private int firstFrom(double seconds) {
        int low = 0;
        int high = window.length;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (scores.seconds(middle) < seconds) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /** The first detection that is not merged into a counted one. */
    private int firstApart(int counted) {
        int low = counted + 1;
        int high = window.length;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (apart(counted, middle)) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }
}

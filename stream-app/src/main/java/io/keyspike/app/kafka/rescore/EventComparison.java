package io.keyspike.app.kafka.rescore;

import io.keyspike.app.hearing.KeywordEvent;
import io.keyspike.trainer.common.Interval;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How far two models agree on the same audio. Two events match if device, session and word are equal and their audio times
 * differ by no more than a tolerance; as many as possible are matched, in order, each once.
 *
 * @param words by word
 * @param models versions of the models that made the events: of A and of B
 */
public record EventComparison(SortedMap<String, Word> words, List<List<String>> models) {

    /**
     * One word, or all of them.
     *
     * @param both detected by A and by B
     * @param onlyA detected by A only
     * @param onlyB detected by B only
     * @param scoreDifference mean of B's score − A's over matched events; 0 if there are none
     * @param largestDifference largest absolute score difference of a matched pair
     */
    public record Word(int both, int onlyA, int onlyB, double scoreDifference, double largestDifference) {

        private static final Word NOTHING = new Word(0, 0, 0, 0, 0);

        /** Fraction of events detected by both, of all detected by either; NaN if there are none. */
        public double agreement() {
            return (double) both / events();
        }

        /** Number of events detected by either. */
        public int events() {
            return both + onlyA + onlyB;
        }

        /** The 95 % confidence interval of {@link #agreement}. */
        public Interval interval() {
            return Interval.wilson95(both, events());
        }

        private Word plus(Word other) {
            int sum = both + other.both;
            return new Word(
                    sum,
                    onlyA + other.onlyA,
                    onlyB + other.onlyB,
                    sum == 0 ? 0 : (scoreDifference * both + other.scoreDifference * other.both) / sum,
                    Math.max(largestDifference, other.largestDifference));
        }
    }

    private record Stream(String device, String session, String keyword) {}

    private record Sides(List<KeywordEvent> a, List<KeywordEvent> b) {}

    /** Compares events; duplicates with the same id count once. */
    public static EventComparison of(Collection<KeywordEvent> a, Collection<KeywordEvent> b, Duration tolerance) {
        var streams = new HashMap<Stream, Sides>();
        sort(a, streams, true);
        sort(b, streams, false);
        var words = new TreeMap<String, Word>();
        streams.forEach(
                (stream, sides) -> words.merge(stream.keyword(), match(sides, tolerance.toNanos()), Word::plus));
        return new EventComparison(words, List.of(versions(a), versions(b)));
    }

    /** All words together. */
    public Word total() {
        return words.values().stream().reduce(Word.NOTHING, Word::plus);
    }

    private static void sort(Collection<KeywordEvent> events, Map<Stream, Sides> streams, boolean isA) {
        var seen = new HashSet<String>();
        for (KeywordEvent event : events) {
            if (seen.add(event.id())) {
                Sides sides = streams.computeIfAbsent(
                        new Stream(event.device(), event.sessionId(), event.keyword()),
                        stream -> new Sides(new ArrayList<>(), new ArrayList<>()));
                (isA ? sides.a() : sides.b()).add(event);
            }
        }
    }

    private static Word match(Sides sides, long toleranceNanos) {
        List<KeywordEvent> a = sides.a();
        List<KeywordEvent> b = sides.b();
        a.sort(Comparator.comparing(KeywordEvent::audioTime));
        b.sort(Comparator.comparing(KeywordEvent::audioTime));
        int i = 0;
        int j = 0;
        int both = 0;
        double sum = 0;
        double largest = 0;
        while (i < a.size() && j < b.size()) {
            long apart =
                    Duration.between(a.get(i).audioTime(), b.get(j).audioTime()).toNanos();
            if (Math.abs(apart) <= toleranceNanos) {
                double difference = (double) b.get(j).score() - a.get(i).score();
                both++;
                sum += difference;
                largest = Math.max(largest, Math.abs(difference));
                i++;
                j++;
            } else if (apart > 0) {
                i++;
            } else {
                j++;
            }
        }
        return new Word(both, a.size() - both, b.size() - both, both == 0 ? 0 : sum / both, largest);
    }

    private static List<String> versions(Collection<KeywordEvent> events) {
        return events.stream().map(KeywordEvent::model).distinct().sorted().toList();
    }
}

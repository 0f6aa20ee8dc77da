package io.keyspike.trainer.calibrate;

import io.keyspike.models.KeywordModel;
import io.keyspike.models.decision.DecisionSettings;
import io.keyspike.models.decision.ScoreReplay;
import io.keyspike.models.description.ThresholdCurve;
import io.keyspike.models.description.ThresholdPoint;
import io.keyspike.trainer.streams.ScoreTrack;
import io.keyspike.trainer.streams.ScoredStream;
import io.keyspike.trainer.streams.StreamCount;
import io.keyspike.trainer.streams.StreamDetection;
import io.keyspike.trainer.streams.StreamLabel;
import io.keyspike.trainer.streams.StreamScoring;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;

/** One keyword over recorded scores: what the decision stage reports of it at any threshold. */
final class KeywordReplay {

    /** Rate of false alarms up to which thresholds are tried. */
    private static final double MOST_FALSE_ALARMS_PER_HOUR = 1_000;

    /** The highest peaks outside words, all of which are thresholds. */
    private static final int SINGLE_PEAKS = 60;

    /** Of the lower peaks every one with so many times as many above it. */
    private static final double PEAK_RATIO = 1.1;

    /** Most peaks of words that are thresholds; evenly picked if there are more. */
    private static final int MOST_WORD_PEAKS = 200;

    private final String keyword;
    private final ScoreReplay replay;
    private final int confirmSteps;
    private final List<Track> tracks = new ArrayList<>();
    private final double hours;
    private final int words;

    /**
     * A stream's scores of the keyword, and where it is said.
     *
     * @param counted whether its false alarms count
     */
    private record Track(ScoreTrack scores, int keyword, List<StreamLabel> words, boolean counted)
            implements ScoreReplay.Steps {
        @Override
        public int steps() {
            return scores.steps();
        }

        @Override
        public float score(int step) {
            return scores.score(keyword, step);
        }

        @Override
        public boolean open(int step) {
            return scores.open(step);
        }
    }

    KeywordReplay(KeywordModel model, String keyword, List<ScoredStream> streams, CalibrationGoal goal) {
        this.keyword = keyword;
        DecisionSettings settings = model.decision();
        double stepSeconds = model.network().graph().stepSeconds();
        this.replay = new ScoreReplay(settings, keyword, stepSeconds);
        Double own = settings.keyword(keyword).confirmSeconds();
        double confirm = own == null ? settings.confirmSeconds() : own;
        this.confirmSteps = Math.max(1, (int) Math.round(confirm / stepSeconds));
        int said = 0;
        for (ScoredStream stream : streams) {
            List<StreamLabel> here = stream.labels().stream()
                    .filter(label -> label.keyword().equals(keyword))
                    .toList();
            tracks.add(
                    new Track(stream.scores(), stream.scores().keywords().indexOf(keyword), here, goal.counts(stream)));
            said += here.size();
        }
        this.hours = goal.hours(streams);
        this.words = said;
    }

    /** What is reported at a threshold, by the rules of {@link StreamScoring}. */
    StreamCount count(float threshold) {
        StreamCount count = StreamCount.NONE;
        for (Track track : tracks) {
            StreamCount here = heard(track, threshold);
            count = count.plus(track.counted ? here : here.withoutFalseAlarms());
        }
        return count;
    }

    /** Reports at a threshold where other keywords are said, in streams whose false alarms do not count. */
    int confusions(float threshold) {
        int confusions = 0;
        for (Track track : tracks) {
            confusions += track.counted ? 0 : heard(track, threshold).falseAlarms();
        }
        return confusions;
    }

    private StreamCount heard(Track track, float threshold) {
        var reports = new ArrayList<StreamDetection>();
        replay.run(
                track,
                threshold,
                step -> reports.add(new StreamDetection(track.scores.seconds(step), keyword, track.score(step))));
        return StreamScoring.count(track.words, reports, Double.NEGATIVE_INFINITY);
    }

    /** The counts at all thresholds that matter, the lowest where more than 1,000 false alarms an hour are reported. */
    ThresholdCurve curve() {
        var falling = new ArrayList<ThresholdPoint>();
        int falseAlarms = 0;
        for (float threshold : thresholds().descendingSet()) {
            StreamCount count = count(threshold);
            // Reports that merge at a lower threshold may be fewer: then the larger number of the higher one stands.
            falseAlarms = Math.max(falseAlarms, count.falseAlarms());
            var point = new ThresholdPoint(threshold, falseAlarms, count.misses());
            if (!falling.isEmpty()
                    && falling.getLast().falseAlarms() == falseAlarms
                    && falling.getLast().misses() == count.misses()) {
                falling.removeLast();
            }
            falling.add(point);
            if (falseAlarms > MOST_FALSE_ALARMS_PER_HOUR * hours) {
                break;
            }
        }
        return new ThresholdCurve(words, falling.reversed());
    }

    /** Thresholds at which a word is just reported, or a peak outside words just not. */
    private NavigableSet<Float> thresholds() {
        var ofWords = new ArrayList<Float>();
        var outside = new ArrayList<Float>();
        tracks.forEach(track -> peaks(track, ofWords, outside));
        var thresholds = new TreeSet<Float>();
        ofWords.sort(null);
        int picked = Math.min(MOST_WORD_PEAKS, ofWords.size());
        for (int i = 0; i < picked; i++) {
            add(thresholds, ofWords.get((int) ((long) i * ofWords.size() / picked)));
        }
        outside.sort((a, b) -> Float.compare(b, a));
        int most = (int) Math.min(outside.size(), 2 * MOST_FALSE_ALARMS_PER_HOUR * hours + SINGLE_PEAKS);
        for (int rank = 0; rank < most; rank = rank < SINGLE_PEAKS ? rank + 1 : (int) (rank * PEAK_RATIO)) {
            add(thresholds, Math.nextUp(outside.get(rank)));
        }
        if (thresholds.isEmpty()) {
            thresholds.add(1f);
        }
        return thresholds;
    }

    private static void add(NavigableSet<Float> thresholds, float threshold) {
        if (threshold > 0 && threshold <= 1) {
            thresholds.add(threshold);
        }
    }

    /**
     * The highest scores that last for the confirmation time: of each word until it can no longer be hit, and of each second
     * outside words.
     */
    private void peaks(Track track, List<Float> ofWords, List<Float> outside) {
        float[] lasting = lasting(track);
        boolean[] within = new boolean[lasting.length];
        double stepSeconds = track.scores.stepSeconds();
        double first = lasting.length == 0 ? 0 : track.scores.seconds(0);
        for (StreamLabel word : track.words) {
            int from = Math.max(0, (int) Math.ceil((word.startSeconds() - first) / stepSeconds));
            double end = word.endSeconds() + StreamScoring.TAIL_SECONDS;
            int to = Math.min(lasting.length - 1, (int) Math.floor((end - first) / stepSeconds));
            float peak = 0;
            for (int step = from; step <= to; step++) {
                within[step] = true;
                peak = Math.max(peak, lasting[step]);
            }
            ofWords.add(peak);
        }
        int window = Math.max(1, (int) Math.round(StreamScoring.REFRACTORY_SECONDS / stepSeconds));
        for (int from = 0; from < lasting.length; from += window) {
            float peak = 0;
            for (int step = from; step < Math.min(lasting.length, from + window); step++) {
                peak = within[step] ? peak : Math.max(peak, lasting[step]);
            }
            if (track.counted) {
                outside.add(peak);
            }
        }
    }

    /** By step, the lowest score of the last {@link #confirmSteps}: the highest threshold that it confirms. */
    private float[] lasting(Track track) {
        float[] lasting = new float[track.steps()];
        for (int step = confirmSteps - 1; step < lasting.length; step++) {
            float lowest = track.score(step);
            for (int back = 1; back < confirmSteps; back++) {
                lowest = Math.min(lowest, track.score(step - back));
            }
            lasting[step] = lowest;
        }
        return lasting;
    }
}

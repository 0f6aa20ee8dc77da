package io.keyspike.trainer.streams;

import io.keyspike.trainer.common.Interval;
import java.util.ArrayList;
import java.util.List;

/**
 * Misses and false alarms of one keyword over all streams at every threshold that makes a difference. Every score that occurs
 * is tried, from the highest down, until more than {@link #MOST_FALSE_ALARMS_PER_HOUR} are reported and the miss rates up to
 * there are certain. As the threshold falls, neither hits nor false alarms ever become fewer.
 */
public final class ThresholdSweep {
    /** Rate of false alarms up to which thresholds are tried. */
    public static final double MOST_FALSE_ALARMS_PER_HOUR = 1_000;

    private static final double SECONDS_PER_HOUR = 3_600;

    /** A rate that is only above another by rounding is not above it. */
    private static final double SLACK = 1e-12;

    private final String keyword;
    private final int labels;
    private final double hours;
    private final List<OperatingPoint> points;
    private final List<OperatingPoint> envelope;

    private ThresholdSweep(String keyword, int labels, double hours, List<StreamTally> tallies) {
        this.keyword = keyword;
        this.labels = labels;
        this.hours = hours;
        this.points = List.copyOf(sweep(tallies));
        this.envelope = List.copyOf(lower(points));
    }

    /**
     * Takes every step of the streams for a detection with the step's score.
     *
     * @param streams at least one, all with scores of the keyword
     * @param keyword words of other keywords are left out
     * @throws IllegalArgumentException if there is no stream or one without scores of the keyword
     */
    public static ThresholdSweep of(List<ScoredStream> streams, String keyword) {
        var tallies = new ArrayList<StreamTally>();
        int labels = 0;
        double seconds = 0;
        for (ScoredStream stream : streams) {
            List<StreamLabel> words = StreamScoring.of(stream.labels(), keyword);
            tallies.add(new StreamTally(stream.scores().of(keyword), words));
            labels += words.size();
            seconds += stream.durationSeconds();
        }
        return new ThresholdSweep(keyword, labels, hours(seconds), tallies);
    }

    /**
     * As {@link #of}, on detections that a model made with a low threshold.
     *
     * @param streams at least one
     * @param keyword words and detections of other keywords are left out
     * @throws IllegalArgumentException if there is no stream, or a score is no number
     */
    public static ThresholdSweep ofDetections(List<DetectedStream> streams, String keyword) {
        var tallies = new ArrayList<StreamTally>();
        int labels = 0;
        double seconds = 0;
        for (DetectedStream stream : streams) {
            List<StreamLabel> words = StreamScoring.of(stream.labels(), keyword);
            tallies.add(new StreamTally(new DetectionScores(stream.detections(), keyword), words));
            labels += words.size();
            seconds += stream.durationSeconds();
        }
        return new ThresholdSweep(keyword, labels, hours(seconds), tallies);
    }

    private static double hours(double seconds) {
        if (!(seconds > 0)) {
            throw new IllegalArgumentException("threshold sweep: expected streams of more than 0 s, found " + seconds);
        }
        return seconds / SECONDS_PER_HOUR;
    }

    /**
     * Goes on beyond the bound up to the best point with the next larger number of false alarms that misses less: the miss
     * rates just below the bound are interpolated to it.
     */
    private List<OperatingPoint> sweep(List<StreamTally> tallies) {
        var found = new ArrayList<OperatingPoint>();
        found.add(point(Double.POSITIVE_INFINITY, 0, 0));
        var falling = new FallingScores(tallies);
        int hits = 0;
        int falseAlarms = 0;
        int hitsWithinBound = 0;
        boolean more = falling.advance();
        while (more) {
            float threshold = falling.score();
            while (more && falling.score() == threshold) {
                StreamTally tally = tallies.get(falling.stream());
                hits -= tally.hits();
                falseAlarms -= tally.falseAlarms();
                tally.add(falling.detection());
                hits += tally.hits();
                falseAlarms += tally.falseAlarms();
                more = falling.advance();
            }
            OperatingPoint last = found.getLast();
            if (hits == last.hits() && falseAlarms == last.falseAlarms()) {
                continue;
            }
            boolean beyond = last.falseAlarmsPerHour() > MOST_FALSE_ALARMS_PER_HOUR;
            if (beyond && last.hits() > hitsWithinBound && falseAlarms > last.falseAlarms()) {
                break;
            }
            OperatingPoint point = point(threshold, hits, falseAlarms);
            found.add(point);
            if (point.falseAlarmsPerHour() <= MOST_FALSE_ALARMS_PER_HOUR) {
                hitsWithinBound = hits;
            } else if (hits == labels) {
                break;
            }
        }
        return found;
    }

    private OperatingPoint point(double threshold, int hits, int falseAlarms) {
        return new OperatingPoint(
                threshold,
                hits,
                falseAlarms,
                falseAlarms / hours,
                labels == 0 ? Double.NaN : (double) (labels - hits) / labels);
    }

    /** Of each number of false alarms the first point with the most hits, where those are more than with fewer of them. */
    private static List<OperatingPoint> lower(List<OperatingPoint> points) {
        var envelope = new ArrayList<OperatingPoint>();
        for (OperatingPoint point : points) {
            if (!envelope.isEmpty() && point.hits() == envelope.getLast().hits()) {
                continue;
            }
            if (!envelope.isEmpty() && point.falseAlarms() == envelope.getLast().falseAlarms()) {
                envelope.removeLast();
            }
            envelope.add(point);
        }
        return envelope;
    }

    /** {@return the keyword} */
    public String keyword() {
        return keyword;
    }

    /** {@return how often it is said} */
    public int labels() {
        return labels;
    }

    /** {@return hours of all streams together} */
    public double hours() {
        return hours;
    }

    /**
     * {@return all thresholds at which hits or false alarms change, from the highest; the first reports nothing}
     */
    public List<OperatingPoint> points() {
        return points;
    }

    /**
     * {@return the points that no other beats in both misses and false alarms: the DET curve, from the fewest false alarms}
     */
    public List<OperatingPoint> envelope() {
        return envelope;
    }

    /**
     * {@return the miss rate at a rate of false alarms, linearly interpolated between the points of the envelope; {@link
     * Double#NaN} if the keyword is never said}
     *
     * @param falseAlarmsPerHour at least 0, at most {@link #MOST_FALSE_ALARMS_PER_HOUR}
     */
    public double missAt(double falseAlarmsPerHour) {
        int below = below(falseAlarmsPerHour);
        OperatingPoint low = envelope.get(below);
        if (below + 1 == envelope.size()) {
            return low.missRate();
        }
        OperatingPoint high = envelope.get(below + 1);
        double share = (falseAlarmsPerHour - low.falseAlarmsPerHour())
                / (high.falseAlarmsPerHour() - low.falseAlarmsPerHour());
        return low.missRate() + (high.missRate() - low.missRate()) * share;
    }

    /**
     * {@return the highest threshold that misses as little as any whose false alarms are not above a rate; {@link
     * Double#POSITIVE_INFINITY} if only silence keeps to the rate}
     *
     * @param falseAlarmsPerHour at least 0, at most {@link #MOST_FALSE_ALARMS_PER_HOUR}
     */
    public double thresholdAt(double falseAlarmsPerHour) {
        return envelope.get(below(falseAlarmsPerHour)).threshold();
    }

    /**
     * {@return the lowest threshold tried at which false alarms are not above a rate, whether or not it misses less than a
     * higher one; for sound without the keyword}
     *
     * @param falseAlarmsPerHour at least 0, at most {@link #MOST_FALSE_ALARMS_PER_HOUR}
     */
    public double lowestThresholdAt(double falseAlarmsPerHour) {
        OperatingPoint lowest = points.getFirst();
        for (OperatingPoint point : points) {
            if (point.falseAlarmsPerHour() > falseAlarmsPerHour + SLACK) {
                break;
            }
            lowest = point;
        }
        return lowest.threshold();
    }

    /**
     * {@return all about a rate of false alarms}
     *
     * @param falseAlarmsPerHour at least 0, at most {@link #MOST_FALSE_ALARMS_PER_HOUR}
     */
    public MissAtRate at(double falseAlarmsPerHour) {
        int below = below(falseAlarmsPerHour);
        OperatingPoint point = envelope.get(below);
        return new MissAtRate(
                falseAlarmsPerHour,
                missAt(falseAlarmsPerHour),
                point,
                labels,
                Interval.wilson95((long) labels - point.hits(), labels),
                PoissonBound.upper95(point.falseAlarms()) / hours,
                falseAlarmsPerHour * hours >= 1,
                below + 1 == envelope.size());
    }

    /** The last point of the envelope whose rate is not above one. */
    private int below(double falseAlarmsPerHour) {
        if (!(falseAlarmsPerHour >= 0 && falseAlarmsPerHour <= MOST_FALSE_ALARMS_PER_HOUR)) {
            throw new IllegalArgumentException("threshold sweep: expected 0 to " + MOST_FALSE_ALARMS_PER_HOUR
                    + " false alarms an hour, found " + falseAlarmsPerHour);
        }
        int below = 0;
        while (below + 1 < envelope.size()
                && envelope.get(below + 1).falseAlarmsPerHour() <= falseAlarmsPerHour + SLACK) {
            below++;
        }
        return below;
    }
}

package io.keyspike.models.description;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a keyword's thresholds led to on streams, from the lowest threshold to the highest.
 *
 * @param words how often the keyword was said in the streams, at least 0
 * @param points thresholds ascending, false alarms never more than at a lower threshold; 1 to {@link #MAXIMUM_POINTS}
 */
public record ThresholdCurve(int words, List<ThresholdPoint> points) {

    /** Most points of one curve: finer than any number of hours resolves. */
    public static final int MAXIMUM_POINTS = 1_000;

    /** The slope of the curve's end is taken from points of up to this many false alarms, or ten times its least. */
    private static final int FITTED_FALSE_ALARMS = 30;

    /** Keeps a rate times the hours that is a whole number at that number. */
    private static final double ROUNDING = 1 + 1e-9;

    /** The largest threshold below 1, where the logit ends. */
    private static final float HIGHEST = Math.nextDown(1f);

    /**
     * Copies the points and checks their order.
     *
     * @throws IllegalArgumentException if there are no points or too many, thresholds do not ascend, false alarms grow with
     *     the threshold, or more words are missed than there are
     */
    public ThresholdCurve {
        points = List.copyOf(points);
        if (words < 0) {
            throw new IllegalArgumentException("quality: expected at least 0 words, found " + words);
        }
        if (points.isEmpty() || points.size() > MAXIMUM_POINTS) {
            throw new IllegalArgumentException(
                    "quality: expected 1 to " + MAXIMUM_POINTS + " points of a curve, found " + points.size());
        }
        ThresholdPoint before = null;
        for (ThresholdPoint point : points) {
            if (point.misses() > words) {
                throw new IllegalArgumentException(
                        "quality: expected at most " + words + " misses, found " + point.misses());
            }
            if (before != null
                    && !(point.threshold() > before.threshold() && point.falseAlarms() <= before.falseAlarms())) {
                throw new IllegalArgumentException(
                        "quality: expected ascending thresholds with ever fewer false alarms, found " + before
                                + " before " + point);
            }
            before = point;
        }
    }

    /**
     * What is known of a threshold: the point with the highest threshold that is not above it.
     *
     * @param threshold of the keyword's score, 0 to 1
     * @return the point, which has at least as many false alarms; null below all measured thresholds
     */
    public @Nullable ThresholdPoint at(float threshold) {
        ThresholdPoint found = null;
        for (ThresholdPoint point : points) {
            if (point.threshold() <= threshold) {
                found = point;
            }
        }
        return found;
    }

    /**
     * The lowest threshold with at most that many false alarms. Below one false alarm, and beyond the curve's end, the
     * measurement says nothing: there the curve is continued with the logarithm of the number of false alarms as a straight
     * line over the logit of the threshold, fitted to the curve's end, and the result is never below what was measured.
     *
     * @param falseAlarms how many in all the measured hours, above 0; may be a fraction
     * @return the threshold; it grows, or stays, as the number falls
     */
    Choice choose(double falseAlarms) {
        ThresholdPoint lowest = lowestWith(falseAlarms);
        if (lowest != null && falseAlarms * ROUNDING >= 1) {
            return new Choice(lowest.threshold(), lowest.falseAlarms(), true);
        }
        float measured = lowest == null ? points.getLast().threshold() : lowest.threshold();
        Line line = end();
        if (line == null) {
            return new Choice(measured, lowest == null ? points.getLast().falseAlarms() : falseAlarms, false);
        }
        float continued = line.threshold(falseAlarms);
        return new Choice(Math.max(measured, continued), falseAlarms, false);
    }

    /**
     * A threshold and what it leads to.
     *
     * @param threshold above 0 and up to 1
     * @param falseAlarms in all the measured hours
     * @param resolved whether the number was measured, rather than continued from the curve's end
     */
    record Choice(float threshold, double falseAlarms, boolean resolved) {}

    private @Nullable ThresholdPoint lowestWith(double falseAlarms) {
        for (ThresholdPoint point : points) {
            if (point.falseAlarms() <= falseAlarms * ROUNDING) {
                return point;
            }
        }
        return null;
    }

    /** The logarithm of a number of false alarms over the logit of a threshold. */
    private record Line(double intercept, double slope) {
        float threshold(double falseAlarms) {
            double logit = (StrictMath.log(falseAlarms) - intercept) / slope;
            return Math.min(HIGHEST, (float) (1 / (1 + StrictMath.exp(-logit))));
        }
    }

    /**
     * Least squares over the points of the curve's end with any false alarms, each weighted by their number: the variance of
     * the logarithm of a Poisson count is about the count's inverse.
     */
    private @Nullable Line end() {
        int least = 0;
        for (ThresholdPoint point : points) {
            least = point.falseAlarms() > 0 ? point.falseAlarms() : least;
        }
        double most = Math.max(FITTED_FALSE_ALARMS, 10.0 * least);
        boolean falling = false;
        double first = Double.NaN;
        double w = 0;
        double x = 0;
        double y = 0;
        double xx = 0;
        double xy = 0;
        for (ThresholdPoint point : points) {
            double count = point.falseAlarms();
            if (count == 0 || count > most || point.threshold() > HIGHEST) {
                continue;
            }
            falling |= count < first;
            first = w == 0 ? count : first;
            double logit = StrictMath.log(point.threshold() / (1.0 - point.threshold()));
            double log = StrictMath.log(count);
            w += count;
            x += count * logit;
            y += count * log;
            xx += count * logit * logit;
            xy += count * logit * log;
        }
        double spread = w * xx - x * x;
        double slope = (w * xy - x * y) / spread;
        if (!falling || !(spread > 0) || !(slope < 0) || !Double.isFinite(slope)) {
            return null;
        }
        return new Line((y - slope * x) / w, slope);
    }
}

package io.keyspike.trainer.report;

import io.keyspike.models.description.StreamQuality;
import io.keyspike.models.description.ThresholdCurve;
import io.keyspike.models.description.ThresholdPoint;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Misses against false alarms an hour (detection error tradeoff, DET), a line for each keyword that was said, a ring at the
 * threshold that the model has.
 */
final class DetCurves {
    private static final double WIDTH = 1_120;
    private static final double HEIGHT = 420;
    private static final double LEFT = 58;
    private static final double RIGHT = 14;
    private static final double BOTTOM = 44;
    private static final double PERCENT = 100;

    /** What no false alarm at all is drawn as: half of the least that the hours resolve. */
    private static final double NONE = 0.5;

    private final StreamQuality quality;
    private final Map<String, Float> thresholds;
    private final double low;
    private final double high;
    private double top;

    private DetCurves(StreamQuality quality, Map<String, Float> thresholds) {
        this.quality = quality;
        this.thresholds = thresholds;
        low = Math.floor(Math.log10(NONE / quality.hours()));
        int most = quality.keywords().values().stream()
                .mapToInt(curve -> curve.points().getFirst().falseAlarms())
                .max()
                .orElse(1);
        high = Math.max(low + 2, Math.ceil(Math.log10(Math.max(1, most) / quality.hours())));
    }

    /** @return the drawing; empty if none of the keywords was said */
    static String draw(StreamQuality quality, Map<String, Float> thresholds) {
        List<String> said = quality.keywords().entrySet().stream()
                .filter(entry -> entry.getValue().words() > 0)
                .map(Map.Entry::getKey)
                .toList();
        return said.isEmpty() ? "" : new DetCurves(quality, thresholds).write(said);
    }

    private String write(List<String> said) {
        var names = new ArrayList<String>();
        said.forEach(word -> names.add(word + " (" + curve(word).words() + ")"));
        var legend = new Legend(names, LEFT, WIDTH - RIGHT);
        top = legend.bottom() + 12;
        double height = HEIGHT + top;
        var svg = new Svg(WIDTH, height, "Misses against false alarms an hour");
        double bottom = height - BOTTOM;
        for (int percent = 0; percent <= PERCENT; percent += 20) {
            double y = y(percent / PERCENT, bottom);
            svg.line("grid", LEFT, y, WIDTH - RIGHT, y);
            svg.words("small", "end", LEFT - 6, y + 4, String.valueOf(percent));
        }
        for (double decade = low; decade <= high; decade++) {
            double x = x(decade);
            svg.line("grid", x, top, x, bottom);
            svg.words("small", "middle", x, bottom + 17, decade(decade));
        }
        svg.words("small", "middle", (LEFT + WIDTH - RIGHT) / 2, height - 6, "false alarms an hour");
        svg.wordsUpwards("small", 13, (top + bottom) / 2, "missed, %");
        for (int i = 0; i < said.size(); i++) {
            line(svg, "s" + i % 7, said.get(i), bottom);
        }
        legend.draw(svg);
        return svg.end();
    }

    private ThresholdCurve curve(String word) {
        ThresholdCurve curve = quality.keywords().get(word);
        if (curve == null) {
            throw new IllegalArgumentException("expected one of the keywords, found " + word);
        }
        return curve;
    }

    private void line(Svg svg, String colour, String word, double bottom) {
        ThresholdCurve curve = curve(word);
        var path = new StringBuilder();
        for (ThresholdPoint point : curve.points()) {
            path.append(path.isEmpty() ? 'M' : 'L')
                    .append(Svg.number(x(decades(point))))
                    .append(' ')
                    .append(Svg.number(y((double) point.misses() / curve.words(), bottom)));
        }
        svg.path("line " + colour, path);
        Float own = thresholds.get(word);
        ThresholdPoint chosen = own == null ? null : curve.at(own);
        if (own != null && chosen != null) {
            svg.circle(
                    "ring " + colour,
                    x(decades(chosen)),
                    y((double) chosen.misses() / curve.words(), bottom),
                    5,
                    String.format(
                            Locale.ROOT,
                            "%s at %.2f: %.2g false alarms an hour, %.1f %% missed",
                            word,
                            own,
                            chosen.falseAlarms() / quality.hours(),
                            PERCENT * chosen.misses() / curve.words()));
        }
    }

    private double decades(ThresholdPoint point) {
        return Math.log10(Math.max(NONE, point.falseAlarms()) / quality.hours());
    }

    private static String decade(double exponent) {
        double value = Math.pow(10, exponent);
        return value >= 1 ? String.format(Locale.ROOT, "%,.0f", value) : Svg.trimmed(value);
    }

    private double x(double decades) {
        return LEFT + (decades - low) / (high - low) * (WIDTH - LEFT - RIGHT);
    }

    private double y(double share, double bottom) {
        return bottom - share * (bottom - top);
    }
}

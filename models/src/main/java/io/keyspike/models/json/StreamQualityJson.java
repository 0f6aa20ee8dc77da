package io.keyspike.models.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.keyspike.models.description.StreamQuality;
import io.keyspike.models.description.ThresholdCurve;
import io.keyspike.models.description.ThresholdPoint;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/**
 * What was measured of a model on streams, as model files hold it: the curve of each keyword as three lists of the same
 * length.
 *
 * <pre>
 * {"measuredOn": "…", "hours": 4.33, "keywords":
 *   {"alexa": {"words": 82, "thresholds": [0.5, 0.9], "falseAlarms": [12, 1], "misses": [2, 9]}}}
 * </pre>
 */
public final class StreamQualityJson {

    private StreamQualityJson() {}

    static JsonNode write(StreamQuality quality) {
        ObjectNode keywords = Json.object();
        quality.keywords().forEach((label, curve) -> keywords.set(label, write(curve)));
        ObjectNode o = Json.object().put("measuredOn", quality.measuredOn()).put("hours", quality.hours());
        o.set("keywords", keywords);
        return o;
    }

    private static JsonNode write(ThresholdCurve curve) {
        ObjectNode o = Json.object().put("words", curve.words());
        o.set(
                "thresholds",
                Json.numbers(
                        curve.points().stream().map(ThresholdPoint::threshold).toList()));
        ArrayNode falseAlarms = o.putArray("falseAlarms");
        ArrayNode misses = o.putArray("misses");
        for (ThresholdPoint point : curve.points()) {
            falseAlarms.add(point.falseAlarms());
            misses.add(point.misses());
        }
        return o;
    }

    /**
     * Reads what was measured.
     *
     * @param f fields of the whole object; ended here
     * @return the measurement
     * @throws IllegalArgumentException if a field is missing, unknown or out of range, or the lists of a curve differ in
     *     length
     */
    public static StreamQuality read(JsonFields f) {
        String measuredOn = f.text("measuredOn");
        double hours = f.real("hours");
        JsonFields keywords = f.object("keywords");
        var curves = new TreeMap<String, ThresholdCurve>();
        for (String label : keywords.names()) {
            curves.put(label, readCurve(keywords.object(label), label));
        }
        f.end();
        return new StreamQuality(measuredOn, hours, curves);
    }

    private static ThresholdCurve readCurve(JsonFields f, String label) {
        int words = f.integer("words", 0, Integer.MAX_VALUE);
        List<Float> thresholds = f.reals32("thresholds");
        List<Integer> falseAlarms = f.integers("falseAlarms");
        List<Integer> misses = f.integers("misses");
        f.end();
        if (falseAlarms.size() != thresholds.size() || misses.size() != thresholds.size()) {
            throw new IllegalArgumentException("quality: expected lists of one length for " + label + ", found "
                    + thresholds.size() + " thresholds, " + falseAlarms.size() + " false alarms and " + misses.size()
                    + " misses");
        }
        var points = new ArrayList<ThresholdPoint>();
        for (int i = 0; i < thresholds.size(); i++) {
            points.add(new ThresholdPoint(thresholds.get(i), falseAlarms.get(i), misses.get(i)));
        }
        return new ThresholdCurve(words, points);
    }
}

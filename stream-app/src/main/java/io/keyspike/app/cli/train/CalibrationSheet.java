package io.keyspike.app.cli.train;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.keyspike.app.cli.shared.Printable;
import io.keyspike.app.cli.shared.QualityText;
import io.keyspike.trainer.calibrate.CalibratedKeyword;
import io.keyspike.trainer.calibrate.StreamCalibration;
import io.keyspike.trainer.common.Interval;
import io.keyspike.trainer.streams.PoissonBound;
import io.keyspike.trainer.streams.StreamCount;
import io.keyspike.trainer.streams.StreamEvaluation;
import java.util.Locale;

/** What {@code calibrate} prints. */
final class CalibrationSheet {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String ROW = "%-16s %10s %13s %9s %12s  %-12s %s%n";

    private final StreamCalibration result;
    private final int streams;

    /** @param streams how many there were */
    CalibrationSheet(StreamCalibration result, int streams) {
        this.result = result;
        this.streams = streams;
    }

    String text() {
        double hours = result.hours();
        var text = new StringBuilder(String.format(
                Locale.ROOT,
                "%s on %d stream%s, %.2f h: thresholds for %s false alarms an hour of %s%n%n",
                result.model().version(),
                streams,
                streams == 1 ? "" : "s",
                hours,
                QualityText.number(result.goal().falseAlarmsPerHour()),
                result.goal().together() ? "all keywords together" : "each keyword"));
        text.append(
                ROW.formatted("keyword", "threshold", "false alarms", "per hour", "95 % up to", "missed", "miss rate"));
        boolean unresolved = false;
        for (CalibratedKeyword k : result.keywords()) {
            unresolved |= !k.resolved();
            text.append(row(
                    k.keyword() + (k.resolved() ? "" : " *"),
                    String.format(Locale.ROOT, "%.4f", k.threshold()),
                    k.count(),
                    k.falseAlarmsPerHourUpper95()));
        }
        if (result.keywords().size() > 1) {
            StreamCount all = result.count();
            text.append(row("all", "", all, PoissonBound.upper95(all.falseAlarms()) / hours));
        }
        if (unresolved) {
            text.append(String.format(
                    Locale.ROOT,
                    "%n* not resolved: one false alarm in %.2f h is already %s an hour, or no measured threshold keeps to%n"
                            + "  the rate; the threshold continues the curve beyond what was measured%n",
                    hours,
                    QualityText.number(1 / hours)));
        }
        return text.toString().stripTrailing();
    }

    private String row(String name, String threshold, StreamCount count, double upper) {
        Interval interval = StreamEvaluation.missInterval(count);
        return ROW.formatted(
                        Printable.line(name),
                        threshold,
                        count.falseAlarms(),
                        QualityText.number(count.falseAlarms() / result.hours()),
                        QualityText.number(upper),
                        count.labels() == 0 ? "not said" : count.misses() + " of " + count.labels(),
                        count.labels() == 0
                                ? ""
                                : String.format(
                                        Locale.ROOT,
                                        "%.1f %% (%.1f to %.1f %%)",
                                        100.0 * count.misses() / count.labels(),
                                        100 * interval.low(),
                                        100 * interval.high()))
                .stripTrailing()
                .concat(System.lineSeparator());
    }

    String json() {
        ObjectNode object = JSON.createObjectNode()
                .put("model", result.model().version())
                .put("falseAlarmsPerHourAskedFor", result.goal().falseAlarmsPerHour())
                .put("together", result.goal().together())
                .put("inSpeechAlone", result.goal().withoutWords())
                .put("hours", result.hours());
        put(object, result.count(), PoissonBound.upper95(result.count().falseAlarms()) / result.hours());
        ObjectNode keywords = object.putObject("keywords");
        for (CalibratedKeyword k : result.keywords()) {
            ObjectNode keyword = keywords.putObject(k.keyword())
                    .put("threshold", k.threshold())
                    .put("resolved", k.resolved())
                    .put("expectedFalseAlarmsPerHour", k.expectedFalseAlarmsPerHour());
            put(keyword, k.count(), k.falseAlarmsPerHourUpper95());
        }
        return object.toString();
    }

    private void put(ObjectNode object, StreamCount count, double upper) {
        Interval interval = StreamEvaluation.missInterval(count);
        object.put("falseAlarms", count.falseAlarms())
                .put("falseAlarmsPerHour", count.falseAlarms() / result.hours())
                .put("falseAlarmsPerHourUpper95", upper)
                .put("n", count.labels())
                .put("misses", count.misses());
        if (count.labels() == 0) {
            object.putNull("missRate");
        } else {
            object.put("missRate", (double) count.misses() / count.labels());
        }
        object.putArray("missRateInterval95").add(interval.low()).add(interval.high());
    }
}

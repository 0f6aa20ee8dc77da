package io.keyspike.app.cli.train;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.keyspike.app.cli.shared.Printable;
import io.keyspike.trainer.common.Interval;
import io.keyspike.trainer.streams.HeardStream;
import io.keyspike.trainer.streams.KeywordResult;
import io.keyspike.trainer.streams.Latency;
import io.keyspike.trainer.streams.MissAtRate;
import io.keyspike.trainer.streams.PooledSweep;
import io.keyspike.trainer.streams.StreamCount;
import io.keyspike.trainer.streams.StreamEvaluation;
import io.keyspike.trainer.streams.TinyRules;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What {@code evaluate --streams} prints. */
final class StreamSheet {
    private static final String ALL = "all";
    private static final double PERCENT = 100;

    private final StreamEvaluation evaluation;
    private final PooledSweep pooled;
    private final boolean tiny;

    /** @param tiny whether to add MLPerf Tiny's counts */
    StreamSheet(StreamEvaluation evaluation, boolean tiny) {
        this.evaluation = evaluation;
        this.pooled = evaluation.pooled();
        this.tiny = tiny;
    }

    String json() throws IOException {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("model", evaluation.model());
        object.put("hours", evaluation.hours());
        put(object, evaluation.own(), evaluation.hours());
        Map<String, Object> missRates = new LinkedHashMap<>();
        Map<String, Object> at = new LinkedHashMap<>();
        for (double rate : StreamEvaluation.RATES) {
            PooledSweep.Miss miss = pooled.at(rate);
            missRates.put(name(rate), number(miss.missRate()));
            Map<String, Object> details = new LinkedHashMap<>();
            details.put("misses", miss.misses());
            details.put("n", miss.labels());
            details.put("interval95", interval(miss.interval95()));
            details.put("falseAlarms", miss.falseAlarms());
            details.put("resolved", miss.resolved());
            at.put(name(rate), details);
        }
        object.put("missRateAtFalseAlarmsPerHour", missRates);
        object.put("atFalseAlarmsPerHour", at);
        object.put("latencySeconds", latency(evaluation.own()));
        object.put("latencySecondsAtOneFalseAlarmPerHour", latency(evaluation.atOne()));
        Map<String, Object> keywords = new LinkedHashMap<>();
        evaluation.keywords().forEach(k -> keywords.put(k.keyword(), keyword(k)));
        object.put("keywords", keywords);
        Map<String, Object> streams = new LinkedHashMap<>();
        for (HeardStream stream : evaluation.streams()) {
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("hours", StreamEvaluation.hours(stream));
            put(fields, stream.count(), StreamEvaluation.hours(stream));
            streams.put(stream.scores().name(), fields);
        }
        object.put("streams", streams);
        object.put("ignoredLabels", evaluation.ignored());
        return new ObjectMapper().writeValueAsString(object);
    }

    private Map<String, Object> keyword(KeywordResult k) {
        Map<String, Object> fields = new LinkedHashMap<>();
        put(fields, k.own(), evaluation.hours());
        Map<String, Object> missRates = new LinkedHashMap<>();
        Map<String, Object> at = new LinkedHashMap<>();
        for (double rate : StreamEvaluation.RATES) {
            MissAtRate miss = k.sweep().at(rate);
            missRates.put(name(rate), number(miss.missRate()));
            Map<String, Object> details = new LinkedHashMap<>();
            details.put("threshold", number(miss.point().threshold()));
            details.put("lowestThreshold", number(k.sweep().lowestThresholdAt(rate)));
            details.put("misses", miss.misses());
            details.put("n", miss.labels());
            details.put("interval95", interval(miss.interval95()));
            details.put("falseAlarms", miss.point().falseAlarms());
            details.put("falseAlarmsPerHour", miss.point().falseAlarmsPerHour());
            details.put("falseAlarmsPerHourUpper95", miss.falseAlarmsPerHourUpper95());
            details.put("resolved", miss.resolved());
            at.put(name(rate), details);
        }
        fields.put("missRateAtFalseAlarmsPerHour", missRates);
        fields.put("atFalseAlarmsPerHour", at);
        fields.put("latencySeconds", latency(k.own()));
        fields.put("latencySecondsAtOneFalseAlarmPerHour", latency(k.atOne()));
        if (tiny) {
            Map<String, Object> rules = new LinkedHashMap<>();
            rules.put("n", k.tiny().words());
            rules.put("falseNegatives", k.tiny().falseNegatives());
            rules.put("falsePositives", k.tiny().falsePositives());
            rules.put("passes", k.tiny().passes());
            fields.put("mlperfTiny", rules);
        }
        return fields;
    }

    private static void put(Map<String, Object> fields, StreamCount count, double hours) {
        fields.put("n", count.labels());
        fields.put("hits", count.hits());
        fields.put("misses", count.misses());
        fields.put("falseAlarms", count.falseAlarms());
        fields.put("falseAlarmsPerHour", count.falseAlarms() / hours);
        fields.put("missRate", count.labels() == 0 ? null : (double) count.misses() / count.labels());
        fields.put("missRateInterval95", interval(StreamEvaluation.missInterval(count)));
    }

    private static Map<String, Object> latency(StreamCount count) {
        Latency latency = Latency.of(count.latencies());
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("n", latency.hits());
        fields.put("median", latency.medianSeconds());
        fields.put("p95", latency.p95Seconds());
        return fields;
    }

    private static List<Double> interval(Interval interval) {
        return List.of(interval.low(), interval.high());
    }

    /** JSON has no infinity, and not every number. */
    private static @Nullable Double number(double value) {
        return Double.isFinite(value) ? value : null;
    }

    private static String name(double rate) {
        return rate == Math.rint(rate) ? String.valueOf((long) rate) : String.valueOf(rate);
    }

    String text() {
        int words = evaluation.own().labels();
        var text = new StringBuilder(String.format(
                Locale.ROOT,
                "%s on %d %s, %.2f h, %d words%n",
                evaluation.model(),
                evaluation.streams().size(),
                evaluation.streams().size() == 1 ? "stream" : "streams",
                evaluation.hours(),
                words));
        if (!evaluation.ignored().isEmpty()) {
            text.append("Labels that are no words of the model, ignored: ")
                    .append(evaluation.ignored().entrySet().stream()
                            .map(e -> e.getKey() + " (" + e.getValue() + ")")
                            .collect(Collectors.joining(", ")))
                    .append(String.format("%n"));
        }
        own(text);
        if (words > 0) {
            rates(text);
        } else {
            text.append(String.format("%nNone of the model's words is labelled, so there are only false alarms.%n"));
        }
        if (tiny) {
            tiny(text);
        }
        streams(text);
        return text.toString().stripTrailing();
    }

    private void own(StringBuilder text) {
        text.append(String.format("%nAt the model's own thresholds, as reported live%n"));
        var rows = new ArrayList<String[]>();
        rows.add(new String[] {
            "",
            "said",
            "missed",
            "",
            "95 % interval",
            "false alarms",
            "an hour",
            "95 % at most",
            "latency median",
            "95 %"
        });
        evaluation.keywords().forEach(k -> rows.add(own(k.keyword(), k.own())));
        if (evaluation.keywords().size() > 1) {
            rows.add(own(ALL, evaluation.own()));
        }
        append(text, rows);
    }

    private String[] own(String name, StreamCount c) {
        Latency latency = Latency.of(c.latencies());
        return new String[] {
            name,
            String.valueOf(c.labels()),
            String.valueOf(c.misses()),
            c.labels() == 0 ? "-" : percent((double) c.misses() / c.labels()),
            c.labels() == 0 ? "-" : percents(StreamEvaluation.missInterval(c)),
            String.valueOf(c.falseAlarms()),
            String.format(Locale.ROOT, "%.2f", c.falseAlarms() / evaluation.hours()),
            String.format(Locale.ROOT, "%.2f", evaluation.falseAlarmsPerHourUpper95(c.falseAlarms())),
            seconds(latency.medianSeconds()),
            seconds(latency.p95Seconds())
        };
    }

    private void rates(StringBuilder text) {
        text.append(String.format(
                "%nMissed at a rate of false alarms an hour and word, every step's score tried as a threshold%n"));
        var rows = new ArrayList<String[]>();
        var heading = new ArrayList<>(List.of("", "said"));
        StreamEvaluation.RATES.forEach(rate -> heading.addAll(List.of("at " + name(rate), "95 % interval")));
        heading.addAll(List.of("at 1: latency median", "95 %"));
        rows.add(heading.toArray(String[]::new));
        for (KeywordResult k : evaluation.keywords()) {
            var row = new ArrayList<>(
                    List.of(k.keyword(), String.valueOf(k.sweep().labels())));
            for (double rate : StreamEvaluation.RATES) {
                MissAtRate miss = k.sweep().at(rate);
                add(row, miss.missRate(), miss.interval95(), miss.resolved());
            }
            latency(row, k.atOne());
            rows.add(row.toArray(String[]::new));
        }
        if (evaluation.keywords().size() > 1) {
            var row =
                    new ArrayList<>(List.of(ALL, String.valueOf(evaluation.own().labels())));
            for (double rate : StreamEvaluation.RATES) {
                PooledSweep.Miss miss = pooled.at(rate);
                add(row, miss.missRate(), miss.interval95(), miss.resolved());
            }
            latency(row, evaluation.atOne());
            rows.add(row.toArray(String[]::new));
        }
        append(text, rows);
        double least = StreamEvaluation.RATES.getFirst();
        if (least * evaluation.hours() < 1) {
            text.append(String.format(
                    Locale.ROOT,
                    "  * less than one false alarm in %.2f h, so interpolated and not resolved; %s an hour needs %.0f h%n",
                    evaluation.hours(),
                    name(least),
                    1 / least));
        }
    }

    private static void add(List<String> row, double missRate, Interval interval, boolean resolved) {
        boolean said = !Double.isNaN(missRate);
        row.add(said ? percent(missRate) + (resolved ? " " : "*") : "- ");
        row.add(said ? percents(interval) : "-");
    }

    private static void latency(List<String> row, StreamCount count) {
        Latency latency = Latency.of(count.latencies());
        row.add(seconds(latency.medianSeconds()));
        row.add(seconds(latency.p95Seconds()));
    }

    private void tiny(StringBuilder text) {
        text.append(String.format(
                "%nBy the rules of MLPerf Tiny's streaming wake word, at the model's own thresholds (at most %d and %d of 50"
                        + " words in 20 minutes)%n",
                TinyRules.MOST_FALSE_NEGATIVES, TinyRules.MOST_FALSE_POSITIVES));
        var rows = new ArrayList<String[]>();
        rows.add(new String[] {"", "said", "false negatives", "false positives", "within both"});
        for (KeywordResult k : evaluation.keywords()) {
            TinyRules.Result r = k.tiny();
            rows.add(new String[] {
                k.keyword(),
                String.valueOf(r.words()),
                String.valueOf(r.falseNegatives()),
                String.valueOf(r.falsePositives()),
                r.passes() ? "yes" : "no"
            });
        }
        append(text, rows);
    }

    private void streams(StringBuilder text) {
        text.append(String.format("%nStreams, at the model's own thresholds%n"));
        var rows = new ArrayList<String[]>();
        rows.add(new String[] {"", "hours", "said", "missed", "", "false alarms", "an hour"});
        for (HeardStream stream : evaluation.streams()) {
            StreamCount c = stream.count();
            double hours = StreamEvaluation.hours(stream);
            rows.add(new String[] {
                stream.scores().name(),
                String.format(Locale.ROOT, "%.2f", hours),
                String.valueOf(c.labels()),
                String.valueOf(c.misses()),
                c.labels() == 0 ? "-" : percent((double) c.misses() / c.labels()),
                String.valueOf(c.falseAlarms()),
                String.format(Locale.ROOT, "%.2f", c.falseAlarms() / hours)
            });
        }
        append(text, rows);
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, "%.1f %%", PERCENT * share);
    }

    private static String percents(Interval interval) {
        return String.format(Locale.ROOT, "%.1f to %.1f", PERCENT * interval.low(), PERCENT * interval.high());
    }

    private static String seconds(@Nullable Double seconds) {
        return seconds == null ? "-" : String.format(Locale.ROOT, "%.2f s", seconds);
    }

    /** Names to the left, numbers to the right of their columns. */
    private static void append(StringBuilder text, List<String[]> rows) {
        int[] widths = new int[rows.getFirst().length];
        for (String[] row : rows) {
            row[0] = Printable.line(row[0]);
            for (int c = 0; c < widths.length; c++) {
                widths[c] = Math.max(widths[c], row[c].length());
            }
        }
        for (String[] row : rows) {
            var line = new StringBuilder();
            for (int c = 0; c < widths.length; c++) {
                line.append(String.format("  %" + (c == 0 ? "-" : "") + Math.max(1, widths[c]) + "s", row[c]));
            }
            text.append(line.toString().stripTrailing()).append(String.format("%n"));
        }
    }
}

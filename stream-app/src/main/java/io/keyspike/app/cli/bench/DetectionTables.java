package io.keyspike.app.cli.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.keyspike.trainer.bench.DetectionResult;
import io.keyspike.trainer.bench.DetectionResult.FalseAlarms;
import io.keyspike.trainer.bench.DetectionResult.Group;
import io.keyspike.trainer.bench.DetectionResult.Made;
import io.keyspike.trainer.bench.DetectionResult.Miss;
import io.keyspike.trainer.bench.DetectionResult.Model;
import io.keyspike.trainer.bench.DetectionResult.Row;
import io.keyspike.trainer.bench.DetectionResult.Share;
import io.keyspike.trainer.bench.DetectionResult.Work;
import io.keyspike.trainer.report.ParetoPlot;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What {@code bench detection} writes. */
final class DetectionTables {
    private static final List<String> RATES = List.of("0.1", "0.5", "1", "4");
    private static final double PERCENT = 100;
    private static final double MICRO = 1e6;
    private static final String NONE = "\u2013";

    private final DetectionResult result;

    DetectionTables(DetectionResult result) {
        this.result = result;
    }

    String json() throws JsonProcessingException {
        return new ObjectMapper().writeValueAsString(result);
    }

    String markdown() {
        var text = new StringBuilder("# Detection on streams\n\n");
        streams(text);
        summary(text);
        pareto(text);
        for (Model model : result.models()) {
            if (model.all() != null) {
                words(text, model);
            }
        }
        return text.toString();
    }

    /** What the plot shows: the models that were measured. */
    List<ParetoPlot.Point> points() {
        var points = new ArrayList<ParetoPlot.Point>();
        for (Model model : result.models()) {
            Row all = model.all();
            Work work = model.work();
            Miss miss = all == null ? null : all.at().get(ParetoPlot.RATE);
            if (work != null && miss != null && miss.missRate() != null) {
                points.add(new ParetoPlot.Point(model.name(), work.chipWatts(), miss.missRate()));
            }
        }
        return points;
    }

    private void streams(StringBuilder text) {
        text.append(
                "## Streams\n\nKinds: `words` are keywords among other words and connected speech, `other` are other"
                        + " words alone, `speech` is connected speech alone. Where a stream is longer than the speech in its"
                        + " recordings, recordings recur, and its hours are not all independent.\n\n"
                        + "| group | kind | streams | hours | keywords said | recordings | hours of speech in them |\n"
                        + "|---|---|---:|---:|---:|---:|---:|\n");
        for (Group group : result.groups()) {
            for (Made made : group.streams()) {
                line(
                        text,
                        "| %s | %s | %d | %.2f | %d | %d | %.2f |",
                        group.name(),
                        made.kind(),
                        made.streams(),
                        made.hours(),
                        made.labels(),
                        made.recordings(),
                        made.distinctHours());
            }
        }
    }

    private void summary(StringBuilder text) {
        text.append("\n## Models at their own thresholds\n\nFalse alarms are those of all words together.\n\n"
                + "| model | group | words missed | false alarms an hour: words | other | speech | latency: median | p95"
                + " | clips correct |\n|---|---|---|---:|---:|---:|---:|---:|---|\n");
        for (Model model : result.models()) {
            Row all = model.all();
            if (all == null) {
                line(text, "| %s | %s | | | | | | | |", model.name(), model.note());
                continue;
            }
            line(
                    text,
                    "| %s | %s | %s | %s | %s | %s | %s | %s | %s |",
                    model.name(),
                    model.group(),
                    share(all.missed()),
                    falseAlarms(model, "words"),
                    falseAlarms(model, "other"),
                    falseAlarms(model, "speech"),
                    seconds(all.latencyMedianSeconds()),
                    seconds(all.latencyP95Seconds()),
                    model.clips() == null ? String.valueOf(model.note()) : share(model.clips()));
        }
    }

    private void pareto(StringBuilder text) {
        line(
                text,
                "%n## Cost against misses%n%n![Misses over chip power](pareto.png)%n%n| model | parameters | synaptic"
                        + " operations a second | chip power, \u00b5W | CPU seconds a second of sound | missed at %s an hour |%n"
                        + "|---|---:|---:|---:|---:|---|",
                ParetoPlot.RATE);
        for (Model model : result.models()) {
            Row all = model.all();
            Work work = model.work();
            if (all != null && work != null) {
                line(
                        text,
                        "| %s | %,d | %,.0f | %.3f (%s) | %.6f | %s |",
                        model.name(),
                        work.parameters(),
                        work.synapticOperationsPerSecond(),
                        MICRO * work.chipWatts(),
                        work.chip(),
                        work.cpuSecondsPerSecond(),
                        miss(all.at().get(ParetoPlot.RATE)));
            }
        }
    }

    private void words(StringBuilder text, Model model) {
        line(
                text,
                "%n## %s%n%n%.2f hours. Misses at rates of false alarms an hour and word are at thresholds chosen on these"
                        + " streams; `*`: the hours do not resolve the rate.%n%n| word | said | missed at 0.1 an hour |"
                        + " at 0.5 | at 1 | at 4 | own threshold: missed | false alarms an hour (95 %% at most) | latency:"
                        + " median | p95 |%n|---|---:|---|---|---|---|---|---:|---:|---:|",
                model.name(),
                model.hours());
        model.words().forEach(word -> word(text, word));
        if (model.all() != null && model.words().size() > 1) {
            word(text, model.all());
        }
    }

    private static void word(StringBuilder text, Row row) {
        text.append("| ").append(row.word()).append(" | ").append(row.said());
        RATES.forEach(rate -> text.append(" | ").append(miss(row.at().get(rate))));
        line(
                text,
                " | %s | %.2f (%.2f) | %s | %s |",
                share(row.missed()),
                row.falseAlarmsPerHour(),
                row.falseAlarmsPerHourUpper95(),
                seconds(row.latencyMedianSeconds()),
                seconds(row.latencyP95Seconds()));
    }

    private static String miss(@Nullable Miss miss) {
        return miss == null || miss.missRate() == null
                ? NONE
                : String.format(
                        Locale.ROOT,
                        "%.1f %%%s (%.1f to %.1f)",
                        PERCENT * miss.missRate(),
                        miss.resolved() ? "" : "*",
                        PERCENT * miss.low(),
                        PERCENT * miss.high());
    }

    private static String share(@Nullable Share share) {
        return share == null
                ? NONE
                : String.format(
                        Locale.ROOT,
                        "%d of %d = %.1f %% (%.1f to %.1f)",
                        share.count(),
                        share.total(),
                        PERCENT * share.share(),
                        PERCENT * share.low(),
                        PERCENT * share.high());
    }

    private static String falseAlarms(Model model, String kind) {
        for (FalseAlarms found : model.kinds()) {
            if (found.kind().equals(kind)) {
                return String.format(Locale.ROOT, "%.1f (\u2264 %.1f)", found.perHour(), found.perHourUpper95());
            }
        }
        return NONE;
    }

    private static String seconds(@Nullable Double seconds) {
        return seconds == null ? NONE : String.format(Locale.ROOT, "%.2f s", seconds);
    }

    @SuppressWarnings("AnnotateFormatMethod") // the annotation would be a dependency of its own
    private static void line(StringBuilder text, String format, @Nullable Object... values) {
        text.append(String.format(Locale.ROOT, format, values)).append('\n');
    }
}

package io.keyspike.trainer.report;

import io.keyspike.models.description.StreamQuality;
import io.keyspike.trainer.calibrate.CalibratedKeyword;
import io.keyspike.trainer.calibrate.Calibration;
import io.keyspike.trainer.calibrate.StreamCalibration;
import io.keyspike.trainer.data.Split;
import io.keyspike.trainer.evaluate.ClipMetrics;
import io.keyspike.trainer.evaluate.NetworkActivity.LayerActivity;
import io.keyspike.trainer.loop.EpochRecord;
import io.keyspike.trainer.loop.TrainingResult;
import io.keyspike.trainer.streams.StreamCount;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.ToDoubleFunction;

/** A training as one HTML file that needs nothing else: no script, no font, no connection; light and dark. */
final class ReportPage {
    private final TrainingResult result;
    private final List<EpochRecord> history;
    private final List<String> labels;
    private final StringBuilder html = new StringBuilder();

    private ReportPage(TrainingResult result) {
        this.result = result;
        history = result.history();
        labels = result.model().labels();
    }

    static String of(TrainingResult result) {
        return new ReportPage(result).write();
    }

    private String write() {
        html.append("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
                .append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>")
                .append(Svg.escape(result.config().name()))
                .append(": training</title>\n<style>\n")
                .append(style())
                .append("</style>\n</head>\n<body>\n<main>\n");
        head();
        tiles();
        html.append("<div class=\"figures\">\n");
        tradeoff();
        streamThresholds();
        calibration();
        loss();
        accuracy();
        rates();
        learningRate();
        result.metrics().forEach((split, m) -> {
            if (split != Split.TRAINING) {
                confusion(split, m);
            }
        });
        for (LayerActivity layer : result.activity().layers()) {
            section(
                    "",
                    "Firing rates in " + layer.name(),
                    percent(layer.meanRate()) + " on average, validation",
                    RateHistogram.draw(layer));
        }
        raster();
        splits();
        skipped();
        configuration();
        html.append("</div>\n</main>\n</body>\n</html>\n");
        return html.toString();
    }

    private static String style() {
        try (InputStream in = ReportPage.class.getResourceAsStream("report.css")) {
            return new String(Objects.requireNonNull(in, "report.css").readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void head() {
        html.append(words(
                "<header><h1>%s</h1><p>%s &middot; data set %s &middot; %s</p></header>%n",
                Svg.escape(result.config().name()),
                Svg.escape(result.model().version()),
                Svg.escape(result.data().name()),
                Svg.escape(result.config().attribution())));
    }

    private void tiles() {
        html.append("<div class=\"tiles\">\n");
        falseAlarmTile();
        for (Split split : List.of(Split.TESTING, Split.VALIDATION, Split.TRAINING)) {
            ClipMetrics m = result.metrics().get(split);
            if (m != null) {
                tile(percent(m.accuracy()), split.label() + ", " + m.correct() + " of " + m.total(), interval(m));
            }
        }
        tile(
                String.format(Locale.ROOT, "%,d", result.parameters()),
                "trainable parameters",
                result.activity().layers().size() + " spiking layers");
        tile(
                String.valueOf(result.chosenEpoch()),
                "selected epoch, of " + history.size(),
                result.config().training().select().name().toLowerCase(Locale.ROOT) + " epoch");
        tile(
                String.format(Locale.ROOT, "%.0f s", result.trainingSeconds()),
                "training time",
                String.format(Locale.ROOT, "%,.0f samples/s", history.getLast().samplesPerSecond()));
        html.append("</div>\n");
    }

    /** The figure that decides whether one can live with a model comes first. */
    private void falseAlarmTile() {
        StreamCalibration streams = result.streamCalibration();
        Calibration clips = result.calibration();
        if (streams != null) {
            StreamCount count = streams.count();
            tile(
                    rate(count.falseAlarms() / streams.hours()),
                    String.format(Locale.ROOT, "false alarms an hour, all keywords, in %.1f h", streams.hours()),
                    count.labels() == 0
                            ? "no keyword is said in the streams"
                            : percent(1 - (double) count.hits() / count.labels()) + " of " + count.labels()
                                    + " words missed");
        } else if (clips != null) {
            tile(
                    rate(clips.falseReportsPerHour()),
                    String.format(Locale.ROOT, "false alarms an hour, in %.2f h of clips", clips.hours()),
                    percent(1 - clips.hitRate()) + " of " + clips.clips() + " words missed");
        }
    }

    private static String rate(double perHour) {
        return String.format(Locale.ROOT, perHour >= 10 ? "%,.0f" : "%.2f", perHour);
    }

    private void tradeoff() {
        StreamQuality quality = result.model().quality();
        if (quality == null) {
            return;
        }
        String plot = DetCurves.draw(quality, result.model().decision().thresholds());
        if (!plot.isEmpty()) {
            section(
                    "wide",
                    "Misses against false alarms an hour",
                    "a line for each keyword (how often it is said), over all its thresholds; ring: the model's threshold;"
                            + " measured on " + quality.measuredOn(),
                    plot);
        }
    }

    private void streamThresholds() {
        StreamCalibration c = result.streamCalibration();
        if (c == null) {
            return;
        }
        var rows = new ArrayList<List<String>>();
        for (CalibratedKeyword k : c.keywords()) {
            StreamCount count = k.count();
            rows.add(List.of(
                    k.keyword(),
                    String.format(Locale.ROOT, "%.2f", k.threshold()),
                    rate(count.falseAlarms() / k.hours()),
                    rate(k.expectedFalseAlarmsPerHour()) + (k.resolved() ? "" : " (extrapolated)"),
                    count.labels() == 0 ? "–" : percent(1 - (double) count.hits() / count.labels()),
                    String.valueOf(count.labels())));
        }
        section(
                "wide",
                "Thresholds",
                String.format(
                        Locale.ROOT,
                        "for %.3g false alarms an hour of %s, chosen on %.1f hours of streams that were not trained on;"
                                + " expect worse figures on other audio",
                        c.goal().falseAlarmsPerHour(),
                        c.goal().together() ? "all keywords together" : "each keyword",
                        c.hours()),
                table(List.of("keyword", "threshold", "false alarms an hour", "expected", "missed", "of words"), rows));
    }

    private void tile(String figure, String what, String more) {
        html.append(words(
                "<div class=\"tile\"><b>%s</b><span>%s</span><span>%s</span></div>%n",
                Svg.escape(figure), Svg.escape(what), Svg.escape(more)));
    }

    private void loss() {
        var plot = new LinePlot("loss");
        plot.add("all", values(EpochRecord::loss));
        boolean rate = history.stream().anyMatch(r -> r.rateLoss() > 0);
        boolean magnitude = history.stream().anyMatch(r -> r.magnitudeLoss() > 0);
        if (rate || magnitude) {
            plot.add("classes", values(EpochRecord::classificationLoss));
        }
        if (rate) {
            plot.add("firing rates", values(EpochRecord::rateLoss));
        }
        if (magnitude) {
            plot.add("weights", values(EpochRecord::magnitudeLoss));
        }
        section("", "Loss", "mean over the batches of each epoch", plot.draw("Loss by epoch", 0, 0));
    }

    private void accuracy() {
        var plot = new LinePlot("accuracy, %");
        plot.add("training, during the epoch", values(r -> 100 * r.trainingAccuracy()));
        plot.add("validation", values(r -> 100 * r.validationAccuracy()));
        section(
                "",
                "Accuracy",
                "training with dropout and augmented samples; validation with the exported network",
                plot.draw("Accuracy by epoch", 100, 100));
    }

    private void rates() {
        if (history.getFirst().firingRates().isEmpty()) {
            return;
        }
        var plot = new LinePlot("spikes per 100 steps");
        for (String layer : history.getFirst().firingRates().keySet()) {
            plot.add(layer, values(r -> 100 * r.firingRates().getOrDefault(layer, 0.0)));
        }
        section("", "Firing rates", "mean per layer, validation", plot.draw("Firing rates by epoch", 0, 0));
    }

    private void learningRate() {
        var plot = new LinePlot("learning rate");
        plot.add("learning rate", values(EpochRecord::learningRate));
        section("", "Learning rate", "at the end of each epoch", plot.draw("Learning rate by epoch", 0, 0));
    }

    private void confusion(Split split, ClipMetrics m) {
        section(
                labels.size() > 6 ? "wide" : "",
                "Confusion, " + split.label(),
                m.correct() + " of " + m.total() + " correct, " + percent(m.accuracy()) + " (95 % interval "
                        + interval(m) + ")",
                ConfusionPlot.draw(labels, m.confusion()));
    }

    private void raster() {
        var a = result.activity();
        if (a.layers().isEmpty()) {
            return;
        }
        section(
                "wide",
                "Spikes of one validation sample",
                a.sample() + ": " + a.label() + ", predicted as " + a.predicted(),
                SpikeRaster.draw(a, labels));
    }

    private void splits() {
        var rows = new ArrayList<List<String>>();
        result.metrics()
                .forEach((split, m) -> rows.add(List.of(
                        split.label(),
                        String.valueOf(m.correct()),
                        String.valueOf(m.total()),
                        percent(m.accuracy()),
                        interval(m),
                        rates(m))));
        section(
                "wide",
                "Accuracy by split",
                "95 % Wilson intervals",
                table(List.of("split", "correct", "of", "accuracy", "interval", "firing rates"), rows));
    }

    private static String rates(ClipMetrics m) {
        var all = new ArrayList<String>();
        for (Map.Entry<String, Double> rate : m.firingRates().entrySet()) {
            all.add(rate.getKey() + " " + percent(rate.getValue()));
        }
        return String.join(", ", all);
    }

    private void calibration() {
        Calibration c = result.calibration();
        if (c == null) {
            return;
        }
        var rows = new ArrayList<List<String>>();
        for (Calibration.LabelResult r : c.labels()) {
            rows.add(List.of(
                    r.label(),
                    String.format(Locale.ROOT, "%.2f", r.threshold()),
                    String.valueOf(r.clips()),
                    String.valueOf(r.hits()),
                    String.valueOf(r.falseReports())));
        }
        section(
                "wide",
                "Streams of validation clips",
                String.format(
                        Locale.ROOT,
                        "%.2f hours; %d of %d words detected (%.1f %%), %.1f false alarms per hour. The thresholds were chosen"
                                + " on these streams, so expect worse figures on other audio.",
                        c.hours(),
                        c.hits(),
                        c.clips(),
                        100 * c.hitRate(),
                        c.falseReportsPerHour()),
                table(List.of("label", "threshold", "clips", "detected", "false alarms"), rows));
    }

    private void skipped() {
        if (result.data().skipped().isEmpty()) {
            return;
        }
        var list = new StringBuilder("<ul>\n");
        result.data()
                .skipped()
                .forEach(s -> list.append(words("<li>%s: %s</li>%n", Svg.escape(s.name()), Svg.escape(s.reason()))));
        section(
                "wide",
                "Skipped files",
                "left out of every split",
                list.append("</ul>\n").toString());
    }

    private void configuration() {
        html.append(words(
                "<section class=\"wide\"><details><summary>Configuration and data set</summary>%n"
                        + "<p class=\"note\">SHA-256 of the data set: %s</p>%n<pre>%s</pre></details></section>%n",
                Svg.escape(result.data().hash()),
                Svg.escape(result.model().provenance().configuration())));
    }

    private static String table(List<String> head, List<List<String>> rows) {
        var text = new StringBuilder("<table>\n<tr>");
        head.forEach(h -> text.append("<th>").append(Svg.escape(h)).append("</th>"));
        text.append("</tr>\n");
        for (List<String> row : rows) {
            text.append("<tr>");
            row.forEach(v -> text.append("<td>").append(Svg.escape(v)).append("</td>"));
            text.append("</tr>\n");
        }
        return text.append("</table>\n").toString();
    }

    private void section(String style, String title, String note, String content) {
        html.append(words(
                        "<section class=\"%s\"><h2>%s</h2><p class=\"note\">%s</p>%n",
                        style, Svg.escape(title), Svg.escape(note)))
                .append(content)
                .append("</section>\n");
    }

    private double[] values(ToDoubleFunction<EpochRecord> value) {
        return history.stream().mapToDouble(value).toArray();
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, "%.1f %%", 100 * share);
    }

    private static String interval(ClipMetrics m) {
        return String.format(
                Locale.ROOT,
                "%.1f to %.1f %%",
                100 * m.interval95().low(),
                100 * m.interval95().high());
    }

    @SuppressWarnings("AnnotateFormatMethod") // the annotation would be a dependency of its own
    private static String words(String pattern, Object... values) {
        return String.format(Locale.ROOT, pattern.replace("%n", "\n"), values);
    }
}

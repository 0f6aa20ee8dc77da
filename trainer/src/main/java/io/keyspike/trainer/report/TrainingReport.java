package io.keyspike.trainer.report;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.keyspike.trainer.ClipMetrics;
import io.keyspike.trainer.EpochRecord;
import io.keyspike.trainer.TrainingResult;
import io.keyspike.trainer.calibrate.Calibration;
import io.keyspike.trainer.data.SkippedFile;
import io.keyspike.trainer.data.Split;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;

/** Writes {@code report.md}, {@code report.json} and plots of a training into a folder. */
public final class TrainingReport {

    private TrainingReport() {}

    /** @throws IOException if the folder cannot be written to */
    public static void write(Path folder, TrainingResult result) throws IOException {
        Files.createDirectories(folder);
        Plots.write(folder, result);
        Files.writeString(folder.resolve("report.md"), markdown(result));
        new ObjectMapper()
                .writerWithDefaultPrettyPrinter()
                .writeValue(folder.resolve("report.json").toFile(), json(result));
    }

    static ObjectNode json(TrainingResult result) {
        var mapper = new ObjectMapper();
        ObjectNode root = mapper.createObjectNode();
        root.put("model", result.model().version());
        root.put("dataSet", result.data().name());
        root.put("dataHash", result.data().hash());
        root.put("parameters", result.parameters());
        root.put("chosenEpoch", result.chosenEpoch());
        root.put("trainingSeconds", result.trainingSeconds());
        root.set("labels", mapper.valueToTree(result.model().labels()));
        ObjectNode splits = root.putObject("splits");
        result.metrics().forEach((split, m) -> {
            ObjectNode node = splits.putObject(split.label());
            node.put("accuracy", m.accuracy());
            node.put("correct", m.correct());
            node.put("total", m.total());
            node.putArray("interval95")
                    .add(m.interval95().low())
                    .add(m.interval95().high());
            node.set("confusion", mapper.valueToTree(m.confusion()));
            node.set("firingRates", mapper.valueToTree(m.firingRates()));
        });
        Calibration calibration = result.calibration();
        if (calibration != null) {
            ObjectNode node = root.putObject("calibration");
            node.put("hours", calibration.hours());
            node.put("hitRate", calibration.hitRate());
            node.put("falseReportsPerHour", calibration.falseReportsPerHour());
            node.set("labels", mapper.valueToTree(calibration.labels()));
        }
        ArrayNode history = root.putArray("history");
        for (EpochRecord r : result.history()) {
            history.add(mapper.<ObjectNode>valueToTree(r));
        }
        root.set("skipped", mapper.valueToTree(result.data().skipped()));
        root.put("configuration", result.model().provenance().configuration());
        return root;
    }

    static String markdown(TrainingResult result) {
        var text = new StringBuilder();
        line(text, "# Training of %s", result.model().version());
        line(text, "");
        line(
                text,
                "%d parameters, epoch %d of %d, %.0f s. Data set `%s`, SHA-256 `%s`. %s",
                result.parameters(),
                result.chosenEpoch(),
                result.history().size(),
                result.trainingSeconds(),
                result.data().name(),
                result.data().hash(),
                result.config().attribution());
        line(text, "");
        line(text, "| split | right | of | accuracy | 95 %% interval |");
        line(text, "|---|---:|---:|---:|---:|");
        result.metrics().forEach((split, m) -> line(text, "| %s | %s |", split.label(), figures(m)));
        line(text, "");
        line(text, "![loss](loss.png) ![accuracy](accuracy.png) ![confusion](confusion.png)");
        result.metrics().forEach((split, m) -> section(text, result, split, m));
        calibration(text, result);
        skipped(text, result);
        line(text, "");
        line(text, "## Configuration");
        line(text, "");
        line(text, "```yaml");
        text.append(result.model().provenance().configuration());
        line(text, "```");
        return text.toString();
    }

    private static String figures(ClipMetrics m) {
        return String.format(
                Locale.ROOT,
                "%d | %d | %.1f %% | %.1f to %.1f %%",
                m.correct(),
                m.total(),
                100 * m.accuracy(),
                100 * m.interval95().low(),
                100 * m.interval95().high());
    }

    private static void section(StringBuilder text, TrainingResult result, Split split, ClipMetrics m) {
        line(text, "");
        line(text, "## Clips of %s", split.label());
        line(text, "");
        text.append(ConfusionTable.markdown(result.model().labels(), m.confusion()));
        line(text, "");
        var rates = new StringBuilder();
        for (Map.Entry<String, Double> e : m.firingRates().entrySet()) {
            rates.append(String.format(Locale.ROOT, " %s %.1f %%", e.getKey(), 100 * e.getValue()));
        }
        line(text, "Firing rates:%s", rates);
    }

    private static void calibration(StringBuilder text, TrainingResult result) {
        Calibration calibration = result.calibration();
        if (calibration == null) {
            return;
        }
        line(text, "");
        line(text, "## Streams of validation clips");
        line(text, "");
        line(
                text,
                "%.2f hours; %d of %d words heard (%.1f %%), %.1f false reports per hour. The thresholds were chosen on these"
                        + " streams, so expect less of other sound.",
                calibration.hours(),
                calibration.hits(),
                calibration.clips(),
                100 * calibration.hitRate(),
                calibration.falseReportsPerHour());
        line(text, "");
        line(text, "| label | threshold | clips | heard | false reports |");
        line(text, "|---|---:|---:|---:|---:|");
        for (Calibration.LabelResult r : calibration.labels()) {
            line(text, "| %s | %.2f | %d | %d | %d |", r.label(), r.threshold(), r.clips(), r.hits(), r.falseReports());
        }
    }

    private static void skipped(StringBuilder text, TrainingResult result) {
        if (result.data().skipped().isEmpty()) {
            return;
        }
        line(text, "");
        line(text, "## Skipped files");
        line(text, "");
        for (SkippedFile s : result.data().skipped()) {
            line(text, "- %s: %s", s.name(), s.reason());
        }
    }

    @SuppressWarnings("AnnotateFormatMethod") // the annotation would be a dependency of its own
    private static void line(StringBuilder text, String format, Object... values) {
        text.append(String.format(Locale.ROOT, format, values)).append('\n');
    }
}

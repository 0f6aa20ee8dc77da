package io.keyspike.trainer.report;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.keyspike.trainer.calibrate.Calibration;
import io.keyspike.trainer.evaluate.NetworkActivity;
import io.keyspike.trainer.loop.EpochRecord;
import io.keyspike.trainer.loop.TrainingResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Writes {@code report.html} for people and {@code report.json} for programs into a folder. */
public final class TrainingReport {

    private TrainingReport() {}

    /** @throws IOException if the folder cannot be written to */
    public static void write(Path folder, TrainingResult result) throws IOException {
        Files.createDirectories(folder);
        Files.writeString(folder.resolve("report.html"), ReportPage.of(result));
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
        ObjectNode activity = root.putObject("activity");
        activity.put("sample", result.activity().sample());
        activity.put("label", result.activity().label());
        activity.put("predicted", result.activity().predicted());
        ObjectNode neurons = activity.putObject("firingRatesOfNeurons");
        for (NetworkActivity.LayerActivity layer : result.activity().layers()) {
            neurons.set(layer.name(), mapper.valueToTree(layer.firingRates()));
        }
        root.set("skipped", mapper.valueToTree(result.data().skipped()));
        root.put("configuration", result.model().provenance().configuration());
        return root;
    }
}

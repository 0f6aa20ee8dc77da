package io.keyspike.app.cli.models;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.keyspike.app.cli.shared.NodeFacts;
import io.keyspike.app.cli.shared.Printable;
import io.keyspike.app.cli.shared.QualityText;
import io.keyspike.audio.features.FeatureSpec;
import io.keyspike.audio.features.FilterbankSpec;
import io.keyspike.audio.features.LogMelSpec;
import io.keyspike.audio.features.Pcen;
import io.keyspike.models.KeywordModel;
import io.keyspike.models.decision.DecisionRule;
import io.keyspike.models.decision.DecisionSettings;
import io.keyspike.models.decision.KeywordDecision;
import io.keyspike.models.description.ChipPower;
import io.keyspike.models.description.ModelInput;
import io.keyspike.models.description.Provenance;
import io.keyspike.models.description.StreamQuality;
import io.keyspike.models.description.ThresholdCurve;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/** Everything that a model file says, as text or as JSON. */
final class ModelSheet {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** Shares of neurons that fire in a step at which power is estimated. */
    private static final List<Double> EXAMPLE_RATES = List.of(0.0, 0.1, 0.5);

    private final KeywordModel model;
    private final Path file;
    private final List<NodeFacts> nodes;
    private final int neurons;
    private final long parameters;

    ModelSheet(KeywordModel model, Path file) {
        this.model = model;
        this.file = file;
        nodes = NodeFacts.of(model.network());
        neurons = nodes.stream().mapToInt(NodeFacts::neurons).sum();
        parameters = nodes.stream().mapToLong(NodeFacts::parameters).sum();
    }

    ObjectNode json() {
        ObjectNode object = JSON.createObjectNode();
        object.put("name", model.name()).put("version", model.version()).put("file", file.toString());
        object.set(
                "features",
                JSON.createObjectNode()
                        .put("kind", kind(model.input()))
                        .put("width", model.input().width())
                        .put("stepSeconds", model.input().stepSeconds())
                        .setAll((ObjectNode) JSON.valueToTree(values(model.input()))));
        object.set("labels", JSON.valueToTree(model.labels()));
        object.put("neurons", neurons)
                .put("parameters", parameters)
                .put("stepSeconds", model.network().graph().stepSeconds());
        object.set("nodes", JSON.valueToTree(nodes));
        object.set("decision", JSON.valueToTree(model.decision()));
        ObjectNode chip = JSON.valueToTree(model.chip());
        for (double rate : EXAMPLE_RATES) {
            chip.withArrayProperty("estimates")
                    .addObject()
                    .put("firingRate", rate)
                    .put("watts", watts(rate));
        }
        object.set("chip", chip);
        object.set("quality", quality());
        object.set("provenance", JSON.valueToTree(model.provenance()));
        return object;
    }

    void print(PrintWriter out) {
        row(out, "model", model.version());
        row(out, "file", file.toString());
        row(out, "features", features());
        row(out, "labels", String.join(", ", model.labels()));
        row(
                out,
                "network",
                String.format(
                        Locale.ROOT,
                        "%,d neurons, %,d parameters, one step every %s ms",
                        neurons,
                        parameters,
                        decimal(1e3 * model.network().graph().stepSeconds())));
        int longest = Math.max(
                10, nodes.stream().mapToInt(node -> node.name().length()).max().orElse(0));
        for (NodeFacts node : nodes) {
            out.printf(
                    Locale.ROOT,
                    "  %-" + longest + "s %-13s %4d → %-4d %,8d parameters%s%n",
                    Printable.line(node.name()),
                    node.kind(),
                    node.inputs(),
                    node.outputs(),
                    node.parameters(),
                    ranges(node.ranges()));
        }
        decision(out);
        quality(out);
        chip(out);
        provenance(out);
        out.flush();
    }

    private String features() {
        return switch (model.input()) {
            case ModelInput.Sound sound -> features(sound);
            case ModelInput.ClipSpectrogram clip ->
                String.format(
                        Locale.ROOT,
                        "clip-log-mel: %d bands from %s to %s Hz in %d frames of %s ms, scaled to the clip's minimum and"
                                + " maximum",
                        clip.width(),
                        decimal(clip.spectrum().lowHz()),
                        decimal(clip.spectrum().highHz()),
                        clip.frames(),
                        decimal(1e3 * clip.stepSeconds()));
            case ModelInput.EventFrames events ->
                String.format(
                        Locale.ROOT,
                        "events: %d units in %d channels, %d frames of %s ms",
                        events.units(),
                        events.channels(),
                        events.frames(),
                        decimal(1e3 * events.stepSeconds()));
            case ModelInput.Image image ->
                String.format(
                        Locale.ROOT,
                        "image: %d x %d pixels, repeated for %d steps of %s ms",
                        image.rows(),
                        image.columns(),
                        image.steps(),
                        decimal(1e3 * image.stepSeconds()));
        };
    }

    private static String features(ModelInput.Sound sound) {
        FeatureSpec spec = sound.features();
        String what = switch (spec) {
            case FilterbankSpec f ->
                "%d of %d filters from %s to %s Hz, %s, q %s"
                        .formatted(
                                f.width(),
                                f.filters(),
                                decimal(f.firstCentreHz()),
                                decimal(f.lastCentreHz()),
                                f.design().name().toLowerCase(Locale.ROOT),
                                decimal(f.q()));
            case LogMelSpec m ->
                "%d bands from %s to %s Hz, %s%d frames at a time"
                        .formatted(
                                m.bands(), decimal(m.lowHz()), decimal(m.highHz()), pcen(m.pcen()), m.contextFrames());
        };
        return String.format(
                Locale.ROOT,
                "%s: %s; %d values every %s ms of %,d Hz audio",
                kind(sound),
                what,
                spec.width(),
                decimal(1e3 * spec.stepSeconds()),
                spec.sampleRateHz());
    }

    private static String pcen(@Nullable Pcen pcen) {
        return pcen == null
                ? ""
                : String.format(
                        Locale.ROOT,
                        "PCEN (tau %s s, alpha %s, delta %s, r %s, epsilon %.3g), ",
                        decimal(pcen.timeConstantSeconds()),
                        decimal(pcen.alpha()),
                        decimal(pcen.delta()),
                        decimal(pcen.r()),
                        pcen.epsilon());
    }

    /** What was measured on streams at the model's thresholds; null if nothing was. */
    private @Nullable ObjectNode quality() {
        StreamQuality quality = model.quality();
        if (quality == null) {
            return null;
        }
        ObjectNode object = JSON.createObjectNode()
                .put("falseAlarmsPerHour", QualityText.falseAlarmsPerHour(model))
                .put("measuredOn", quality.measuredOn())
                .put("hours", quality.hours());
        ObjectNode keywords = object.putObject("keywords");
        model.decision().thresholds().forEach((label, threshold) -> {
            ThresholdCurve curve = quality.keywords().get(label);
            keywords.putObject(label)
                    .put("threshold", threshold)
                    .put("falseAlarmsPerHour", quality.falseAlarmsPerHour(label, threshold))
                    .put("missRate", quality.missRate(label, threshold))
                    .put("words", curve == null ? 0 : curve.words());
        });
        return object;
    }

    private void quality(PrintWriter out) {
        StreamQuality quality = model.quality();
        if (quality == null) {
            row(out, "reports", "false alarms not measured; 'keyspike calibrate' measures them");
            return;
        }
        row(out, "reports", QualityText.brief(model) + ", measured on " + quality.measuredOn());
        model.decision().thresholds().forEach((label, threshold) -> {
            Double miss = quality.missRate(label, threshold);
            ThresholdCurve curve = quality.keywords().get(label);
            out.printf(
                    Locale.ROOT,
                    "  %-12s %-16s %s%n",
                    Printable.line(label),
                    QualityText.rate(quality, quality.falseAlarmsPerHour(label, threshold)),
                    miss == null || curve == null
                            ? "misses not measured"
                            : "misses %.1f %% of %d".formatted(100 * miss, curve.words()));
        });
    }

    private void decision(PrintWriter out) {
        DecisionSettings d = model.decision();
        row(
                out,
                "decision",
                "smoothed over %s s, scale %s, confirmed for %s s, refractory for %s s, warm-up %s s"
                        .formatted(
                                decimal(d.smoothingSeconds()),
                                decimal(d.scale()),
                                decimal(d.confirmSeconds()),
                                decimal(d.refractorySeconds()),
                                decimal(d.warmUpSeconds())));
        DecisionSettings.ActivityGate gate = d.gate();
        row(
                out,
                "gate",
                gate == null
                        ? "none"
                        : "%s dB above the background, held for %s s"
                                .formatted(decimal(gate.marginDb()), decimal(gate.hangoverSeconds())));
        DecisionSettings.IsolatedWord isolated = gate == null ? null : gate.isolated();
        if (isolated != null) {
            row(
                    out,
                    "isolated",
                    "only words of at most %s s with %s s of quiet before and %s s after"
                            .formatted(
                                    decimal(isolated.longestSeconds()),
                                    decimal(isolated.beforeSeconds()),
                                    decimal(isolated.afterSeconds())));
        }
        var thresholds = new StringJoiner(", ");
        d.thresholds().forEach((label, threshold) -> thresholds.add(label + " " + decimal(threshold)));
        row(out, "thresholds", thresholds.toString());
        if (d.rule() == DecisionRule.EACH) {
            row(
                    out,
                    "rule",
                    "each keyword by its own score, again once it has fallen below %s of its threshold"
                            .formatted(decimal(d.release())));
        }
        d.keywords().forEach((label, own) -> row(out, "own", label + " " + own(own)));
    }

    private static String own(KeywordDecision own) {
        var text = new StringJoiner(", ");
        seconds(text, "smoothed over", own.smoothingSeconds());
        seconds(text, "confirmed for", own.confirmSeconds());
        seconds(text, "refractory for", own.refractorySeconds());
        Float release = own.release();
        if (release != null) {
            text.add("release " + decimal(release));
        }
        Boolean gate = own.gate();
        if (gate != null && !gate) {
            text.add("without gate");
        }
        return text.toString();
    }

    private static void seconds(StringJoiner text, String what, @Nullable Double seconds) {
        if (seconds != null) {
            text.add(what + " " + decimal(seconds) + " s");
        }
    }

    private void chip(PrintWriter out) {
        ChipPower chip = model.chip();
        var estimates = new StringJoiner(", ");
        for (double rate : EXAMPLE_RATES) {
            estimates.add(String.format(Locale.ROOT, "%.3g nW at %.0f %% firing", 1e9 * watts(rate), 100 * rate));
        }
        row(out, "chip", "%s, estimated: %s".formatted(chip.name(), estimates));
    }

    private void provenance(PrintWriter out) {
        Provenance p = model.provenance();
        row(out, "trained", "%s on %s (%s), seed %d".formatted(p.trainedAt(), p.dataSet(), p.dataHash(), p.seed()));
        row(
                out,
                "with",
                "Keyspike %s, Java %s, %s, %s"
                        .formatted(p.codeVersion(), p.javaVersion(), p.architecture(), p.backend()));
        for (Map.Entry<String, Double> metric : p.metrics().entrySet()) {
            row(out, "metric", metric.getKey() + " " + decimal(metric.getValue()));
        }
        if (!p.attribution().isBlank()) {
            row(out, "data", p.attribution());
        }
    }

    private double watts(double firingRate) {
        double stepsPerSecond = 1 / model.network().graph().stepSeconds();
        return model.chip()
                .watts(
                        neurons,
                        firingRate * neurons * stepsPerSecond,
                        firingRate * synapsesOfSpikes() * stepsPerSecond);
    }

    /** Synaptic operations if every neuron fires once. */
    private long synapsesOfSpikes() {
        long synapses = 0;
        for (int i = 1; i < nodes.size(); i++) {
            NodeFacts node = nodes.get(i);
            if (nodes.get(i - 1).neurons() > 0 || nodes.get(i - 1).kind().equals("axon-delay")) {
                synapses += node.kind().equals("dense") ? (long) node.inputs() * node.outputs() : node.outputs();
            }
        }
        return synapses;
    }

    private static String kind(ModelInput input) {
        return switch (input) {
            case ModelInput.Sound sound -> sound.features().kind();
            case ModelInput.ClipSpectrogram c -> "clip-log-mel";
            case ModelInput.EventFrames e -> "events";
            case ModelInput.Image i -> "image";
        };
    }

    /** The object that describes the input; for audio, the features themselves. */
    private static Object values(ModelInput input) {
        return input instanceof ModelInput.Sound sound ? sound.features() : input;
    }

    private static String ranges(Map<String, NodeFacts.Range> ranges) {
        var text = new StringBuilder();
        ranges.forEach(
                (name, range) -> text.append(", ").append(name).append(' ').append(range));
        return text.toString();
    }

    private static String decimal(double value) {
        String text = String.format(Locale.ROOT, "%.4f", value);
        return text.replaceAll("\\.?0+$", "");
    }

    private static void row(PrintWriter out, String name, String value) {
        out.printf("%-11s %s%n", name, Printable.line(value));
    }
}

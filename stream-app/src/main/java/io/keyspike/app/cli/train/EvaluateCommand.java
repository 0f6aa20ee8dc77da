package io.keyspike.app.cli.train;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.keyspike.app.cli.shared.ClipOptions;
import io.keyspike.app.cli.shared.ExitCode;
import io.keyspike.app.cli.shared.JsonOption;
import io.keyspike.app.cli.shared.ModelParameter;
import io.keyspike.app.cli.shared.ModelsOption;
import io.keyspike.app.cli.shared.ProgressBars;
import io.keyspike.app.cli.shared.Terminal;
import io.keyspike.kernels.Solver;
import io.keyspike.models.KeywordModel;
import io.keyspike.models.chip.PowerEstimate;
import io.keyspike.trainer.evaluate.ClipMetrics;
import io.keyspike.trainer.evaluate.Evaluation;
import io.keyspike.trainer.report.ConfusionTable;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code evaluate}: accuracy, confusion matrix and firing rates of a model on recordings. */
@Command(
        name = "evaluate",
        description = "Evaluates a model clip by clip on a folder of recordings in the layout of Speech Commands.")
public final class EvaluateCommand implements Callable<Integer> {

    @Mixin
    private ModelParameter model = new ModelParameter();

    @Mixin
    private ClipOptions clips = new ClipOptions();

    @Mixin
    private ModelsOption models = new ModelsOption();

    @Mixin
    private JsonOption json = new JsonOption();

    @Option(
            names = "--solver",
            defaultValue = "auto",
            description =
                    "Solver for LIF sequences: ${COMPLETION-CANDIDATES}; does not affect results (default: ${DEFAULT-VALUE}).")
    @SuppressWarnings("NullAway.Init") // injected by picocli
    private Solver solver;

    @Spec
    @SuppressWarnings("NullAway.Init") // injected by picocli
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        KeywordModel keywordModel = model.read(models.locator());
        try (var bars = new ProgressBars(!json.isSet() && Terminal.isThere())) {
            Evaluation evaluation = Evaluation.run(
                    keywordModel,
                    clips.data(),
                    clips.split(),
                    clips.kernelOptions().kernels(solver),
                    clips.threads(),
                    bars);
            bars.finish();
            PrintWriter out = spec.commandLine().getOut();
            PowerEstimate power = PowerEstimate.of(
                    keywordModel.network(),
                    keywordModel.chip(),
                    evaluation.metrics().firingRates());
            out.println(json.isSet() ? json(evaluation, keywordModel, power) : text(evaluation, keywordModel, power));
            out.flush();
        }
        return ExitCode.OK;
    }

    private static String json(Evaluation e, KeywordModel model, PowerEstimate power) throws IOException {
        ClipMetrics m = e.metrics();
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("model", e.model());
        object.put("split", e.split());
        object.put("accuracy", m.accuracy());
        object.put("correct", m.correct());
        object.put("total", m.total());
        object.put("interval95", List.of(m.interval95().low(), m.interval95().high()));
        object.put("labels", e.labels());
        object.put("confusion", m.confusion());
        object.put("firingRates", m.firingRates());
        Map<String, Object> chip = new LinkedHashMap<>();
        chip.put("profile", model.chip().name());
        chip.put("watts", power.watts());
        chip.put("joulesPerInference", power.joules(model.decision().clip().seconds()));
        object.put("chip", chip);
        object.put("skipped", e.skipped());
        return new ObjectMapper().writeValueAsString(object);
    }

    private static String text(Evaluation e, KeywordModel model, PowerEstimate power) {
        ClipMetrics m = e.metrics();
        var text = new StringBuilder();
        text.append(String.format(
                Locale.ROOT,
                "%s on %s: %d of %d clips correct, %.1f %% (95 %% interval %.1f to %.1f %%)%n%n",
                e.model(),
                e.split(),
                m.correct(),
                m.total(),
                100 * m.accuracy(),
                100 * m.interval95().low(),
                100 * m.interval95().high()));
        text.append(ConfusionTable.text(e.labels(), m.confusion()));
        text.append(String.format("%nFiring rates (spikes per neuron per step)%n"));
        m.firingRates()
                .forEach((layer, rate) ->
                        text.append(String.format(Locale.ROOT, "  %-12s %5.1f %%%n", layer, 100 * rate)));
        double seconds = model.decision().clip().seconds();
        text.append(String.format(
                Locale.ROOT,
                "%nEstimated power on %s: %.4f uW, %.3f nJ per inference of %.1f s%n",
                model.chip().name(),
                1e6 * power.watts(),
                1e9 * power.joules(seconds),
                seconds));
        if (!e.skipped().isEmpty()) {
            text.append(
                    String.format("%nSkipped %d defective files:%n", e.skipped().size()));
            e.skipped().forEach(s -> text.append(String.format("  %s: %s%n", s.name(), s.reason())));
        }
        return text.toString().stripTrailing();
    }
}

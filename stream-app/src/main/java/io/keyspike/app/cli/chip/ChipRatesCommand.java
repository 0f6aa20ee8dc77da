package io.keyspike.app.cli.chip;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.keyspike.app.cli.shared.ClipOptions;
import io.keyspike.app.cli.shared.ExitCode;
import io.keyspike.app.cli.shared.JsonOption;
import io.keyspike.app.cli.shared.ModelParameter;
import io.keyspike.app.cli.shared.ModelsOption;
import io.keyspike.app.cli.shared.ProgressBars;
import io.keyspike.app.cli.shared.Terminal;
import io.keyspike.kernels.KernelBackend;
import io.keyspike.models.KeywordModel;
import io.keyspike.models.network.Network;
import io.keyspike.trainer.chip.NeuronRates;
import io.keyspike.trainer.chip.NeuronRates.Verdict;
import io.keyspike.trainer.evaluate.ModelClips;
import io.keyspike.trainer.loop.Trainer;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code chip rates}: firing rate of each neuron, before and after training. */
@Command(
        name = "rates",
        description = {
            "Shows the firing rate of each neuron on recordings, before and after training.",
            "A rate is OK from 10 to 70 %%, low or high beyond, with a warning below 5 %% and above 90 %%.",
            "The untrained network is reconstructed from the configuration and seed in the model file."
        })
public final class ChipRatesCommand implements Callable<Integer> {

    @Mixin
    private ModelParameter model = new ModelParameter();

    @Mixin
    private ModelsOption models = new ModelsOption();

    @Mixin
    @SuppressWarnings("NullAway.Init") // injected by picocli
    private ClipOptions clipOptions;

    @Mixin
    private JsonOption json = new JsonOption();

    @Spec
    @SuppressWarnings("NullAway.Init") // injected by picocli
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        KeywordModel keywordModel = model.read(models.locator());
        KernelBackend backend = clipOptions.kernels();
        try (var bars = new ProgressBars(!json.isSet() && Terminal.isThere())) {
            ModelClips clips = clipOptions.clips(keywordModel, bars);
            Network initial = before(keywordModel, backend);
            NeuronRates before = initial == null ? null : NeuronRates.of(initial, clips, backend);
            NeuronRates after = NeuronRates.of(keywordModel.network(), clips, backend);
            bars.finish();
            PrintWriter out = spec.commandLine().getOut();
            if (json.isSet()) {
                Map<String, Object> object = new LinkedHashMap<>();
                object.put("model", keywordModel.version());
                object.put("clips", clips.frames().clips());
                object.put("before", before == null ? null : before.byLayer());
                object.put("after", after.byLayer());
                out.println(new ObjectMapper().writeValueAsString(object));
            } else {
                after.byLayer().keySet().forEach(layer -> print(out, layer, before, after));
            }
            out.flush();
        }
        return ExitCode.OK;
    }

    /** The untrained network; null if the model file has no training configuration. */
    private @Nullable Network before(KeywordModel keywordModel, KernelBackend backend) throws IOException {
        return keywordModel.provenance().configuration().isBlank()
                ? null
                : Trainer.initialNetwork(keywordModel, clipOptions.data(), backend, clipOptions.threads());
    }

    private static void print(PrintWriter out, String layer, @Nullable NeuronRates before, NeuronRates after) {
        double[] now = after.rates(layer);
        double[] then = before == null ? null : before.rates(layer);
        out.println(layer + (then == null ? "" : ": before and after training"));
        for (int n = 0; n < now.length; n++) {
            out.printf(Locale.ROOT, "  %4d", n);
            if (then != null) {
                out.printf(Locale.ROOT, "  %5.1f %% %-18s", 100 * then[n], Verdict.of(then[n]));
            }
            out.printf(Locale.ROOT, "  %5.1f %% %s%n", 100 * now[n], Verdict.of(now[n]));
        }
        out.printf(Locale.ROOT, "  mean");
        if (before != null) {
            out.printf(Locale.ROOT, "  %5.1f %% %-18s", 100 * before.mean(layer), "");
        }
        out.printf(Locale.ROOT, "  %5.1f %%%n", 100 * after.mean(layer));
        for (Verdict verdict : List.of(Verdict.DEAD, Verdict.SATURATED)) {
            List<Integer> neurons = after.with(layer, verdict);
            if (!neurons.isEmpty()) {
                out.println("  " + verdict + ": " + neurons);
            }
        }
    }
}

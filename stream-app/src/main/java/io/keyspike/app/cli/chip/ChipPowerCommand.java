package io.keyspike.app.cli.chip;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.keyspike.app.cli.shared.ClipOptions;
import io.keyspike.app.cli.shared.ExitCode;
import io.keyspike.app.cli.shared.JsonOption;
import io.keyspike.app.cli.shared.ProgressBars;
import io.keyspike.app.cli.shared.Terminal;
import io.keyspike.kernels.KernelBackend;
import io.keyspike.models.KeywordModel;
import io.keyspike.models.chip.ChipProfile;
import io.keyspike.models.chip.PowerEstimate;
import io.keyspike.models.chip.WorkloadMeter;
import io.keyspike.models.chip.WorkloadMeter.Workload;
import io.keyspike.models.description.ChipPower;
import io.keyspike.trainer.chip.NeuronRates;
import io.keyspike.trainer.evaluate.ClipRun;
import io.keyspike.trainer.evaluate.ModelClips;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code chip power}: estimates a chip's power and the computational work of a model. */
@Command(
        name = "power",
        description = {
            "Estimates a chip's power on recordings, and reports the workload metrics of NeuroBench.",
            "If a profile is calibrated to a single published figure, a band shows the remaining uncertainty."
        })
public final class ChipPowerCommand implements Callable<Integer> {

    @Mixin
    @SuppressWarnings("NullAway.Init") // injected by picocli
    private ChipOptions chip;

    @Mixin
    @SuppressWarnings("NullAway.Init") // injected by picocli
    private ClipOptions clipOptions;

    private static final double DAYS_PER_YEAR = 365.25;
    private static final double MOST_YEARS = 100;

    @Option(
            paramLabel = "MAH",
            names = "--battery-mah",
            defaultValue = "225",
            description = "Capacity of a battery that powers only the chip (default: ${DEFAULT-VALUE}, a CR2032).")
    private double batteryMilliampereHours;

    @Option(
            paramLabel = "VOLTS",
            names = "--battery-volts",
            defaultValue = "3",
            description = "Voltage of the battery (default: ${DEFAULT-VALUE}).")
    private double batteryVolts;

    @Mixin
    private JsonOption json = new JsonOption();

    @Spec
    @SuppressWarnings("NullAway.Init") // injected by picocli
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        KeywordModel model = chip.model();
        ChipProfile profile = chip.profile();
        KernelBackend backend = clipOptions.kernels();
        try (var bars = new ProgressBars(!json.isSet() && Terminal.isThere())) {
            ModelClips clips = clipOptions.clips(model, bars);
            NeuronRates rates = NeuronRates.of(model.network(), clips, backend);
            Map<String, Double> means = new LinkedHashMap<>();
            rates.byLayer().keySet().forEach(layer -> means.put(layer, rates.mean(layer)));
            PowerEstimate power = PowerEstimate.of(model.network(), profile.power(), means);
            WorkloadMeter meter = WorkloadMeter.of(model.network());
            ClipRun.over(
                    model.network(),
                    backend,
                    clips.stacking(),
                    clips.frames(),
                    (from, count, steps, input, result) -> meter.add(steps, count, result));
            bars.finish();
            PrintWriter out = spec.commandLine().getOut();
            double seconds = model.decision().clip().seconds();
            if (json.isSet()) {
                out.println(json(model, profile, power, meter.workload(), seconds));
            } else {
                print(out, model, profile, power, seconds);
                print(out, meter.workload());
            }
            out.flush();
        }
        return ExitCode.OK;
    }

    private String json(KeywordModel model, ChipProfile profile, PowerEstimate power, Workload work, double seconds)
            throws IOException {
        var mapper = new ObjectMapper();
        ObjectNode o = mapper.createObjectNode()
                .put("model", model.version())
                .put("profile", profile.name())
                .put("watts", power.watts())
                .put("staticWatts", power.staticWatts())
                .put("joulesPerInference", power.joules(seconds))
                .put("joulesPerDay", power.joulesPerDay())
                .put("batteryDays", power.batteryDays(batteryMilliampereHours, batteryVolts));
        ChipPower.Calibration calibration = profile.calibration();
        if (calibration != null) {
            o.put("leastWatts", power.leastWatts(calibration)).put("mostWatts", power.mostWatts(calibration));
        }
        o.set("workload", mapper.valueToTree(work));
        return mapper.writeValueAsString(o);
    }

    private void print(PrintWriter out, KeywordModel model, ChipProfile profile, PowerEstimate power, double seconds) {
        out.println(model.version() + " on " + profile.name() + " (estimated)");
        row(out, "neurons", "%d, %.0f spikes per second", power.neurons(), power.spikesPerSecond());
        row(out, "power", "%.3f uW, including %.3f uW static", 1e6 * power.watts(), 1e6 * power.staticWatts());
        ChipPower.Calibration calibration = profile.calibration();
        if (calibration != null) {
            row(
                    out,
                    "band",
                    "%.3f to %.3f uW: one published figure cannot determine two constants",
                    1e6 * power.leastWatts(calibration),
                    1e6 * power.mostWatts(calibration));
        }
        row(out, "energy", "%.3f nJ per inference of %.1f s", 1e9 * power.joules(seconds), seconds);
        row(out, "", "%.3f mJ per day", 1e3 * power.joulesPerDay());
        row(
                out,
                "battery",
                "%s on %.0f mAh at %.1f V, powering only the chip",
                lifetime(power.batteryDays(batteryMilliampereHours, batteryVolts)),
                batteryMilliampereHours,
                batteryVolts);
    }

    /** How long a battery lasts. What is longer than any battery keeps its charge is not told in numbers that mean nothing. */
    private static String lifetime(double days) {
        double years = days / DAYS_PER_YEAR;
        return years > MOST_YEARS
                ? String.format(Locale.ROOT, "over %.0f years, longer than a battery keeps its charge,", MOST_YEARS)
                : years >= 2
                        ? String.format(Locale.ROOT, "%.1f years", years)
                        : String.format(Locale.ROOT, "%.3g days", days);
    }

    private static void print(PrintWriter out, Workload work) {
        out.println("workload per clip, in NeuroBench's metrics");
        row(
                out,
                "parameters",
                "%d, %d bytes including the neurons' constants",
                work.parameters(),
                work.footprintBytes());
        row(
                out,
                "sparsity",
                "%.4f of connections, %.4f of activations",
                work.connectionSparsity(),
                work.activationSparsity());
        row(
                out,
                "operations",
                "%.0f accumulates and %.0f multiply-accumulates, compared with %.0f dense",
                work.accumulations(),
                work.multiplications(),
                work.denseOperations());
        row(out, "membranes", "%.0f updates", work.membraneUpdates());
    }

    @SuppressWarnings("AnnotateFormatMethod") // the annotation would be a dependency of its own
    private static void row(PrintWriter out, String name, String format, Object... values) {
        out.printf("  %-11s %s%n", name, String.format(Locale.ROOT, format, values));
    }
}

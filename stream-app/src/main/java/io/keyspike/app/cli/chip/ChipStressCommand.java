package io.keyspike.app.cli.chip;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.keyspike.app.cli.arguments.Input;
import io.keyspike.app.cli.shared.ClipOptions;
import io.keyspike.app.cli.shared.CommandException;
import io.keyspike.app.cli.shared.ExitCode;
import io.keyspike.app.cli.shared.JsonOption;
import io.keyspike.app.cli.shared.ProgressBars;
import io.keyspike.app.cli.shared.Terminal;
import io.keyspike.models.KeywordModel;
import io.keyspike.models.chip.ChipProfile;
import io.keyspike.trainer.chip.ChipStress;
import io.keyspike.trainer.chip.ChipStress.Point;
import io.keyspike.trainer.common.Interval;
import io.keyspike.trainer.evaluate.ModelClips;
import io.keyspike.trainer.report.StressPlots;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code chip stress}: accuracy of a model on imperfect chips. */
@Command(
        name = "stress",
        description = {
            "Measures the accuracy of a model on imperfect chips.",
            "Chips are sampled with mismatched synapses, thresholds and time constants, with weights of 2 to 8 bits, and"
                    + " with coarsely quantized time constants."
        })
public final class ChipStressCommand implements Callable<Integer> {

    /** Share of chips that may fall below the reported lower accuracy. */
    private static final double LOW_CHIPS = 0.05;

    @Mixin
    @SuppressWarnings("NullAway.Init") // injected by picocli
    private ChipOptions chip;

    @Mixin
    @SuppressWarnings("NullAway.Init") // injected by picocli
    private ClipOptions clipOptions;

    @Option(
            paramLabel = "N",
            names = "--chips",
            defaultValue = "100",
            description = "Number of chips to sample per mismatch level (default: ${DEFAULT-VALUE}).")
    private int chips;

    @Option(
            paramLabel = "N",
            names = "--seed",
            defaultValue = "1",
            description = "Random seed for sampling chips (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Option(
            names = "--plots",
            paramLabel = "DIR",
            description = "Also write plots (PNG) of the results to this folder.")
    @Input(Input.Kind.FOLDER_TO_WRITE)
    private @Nullable Path plots;

    @Mixin
    private JsonOption json = new JsonOption();

    @Spec
    @SuppressWarnings("NullAway.Init") // injected by picocli
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        if (chips < 1) {
            throw new CommandException(ExitCode.USAGE, "--chips: expected at least 1, found " + chips);
        }
        KeywordModel model = chip.model();
        ChipProfile profile = chip.profile();
        try (var bars = new ProgressBars(!json.isSet() && Terminal.isThere())) {
            ModelClips clips = clipOptions.clips(model, bars);
            ChipStress.Report report = new ChipStress(
                            model, profile, clips, clipOptions.backend(), clipOptions.threads(), chips, seed, bars)
                    .run();
            bars.finish();
            PrintWriter out = spec.commandLine().getOut();
            if (json.isSet()) {
                out.println(new ObjectMapper().writeValueAsString(report));
            } else {
                print(out, model, profile, clips, report);
            }
            if (plots != null) {
                Files.createDirectories(plots);
                StressPlots.write(plots, report);
            }
            out.flush();
        }
        return ExitCode.OK;
    }

    private void print(
            PrintWriter out, KeywordModel model, ChipProfile profile, ModelClips clips, ChipStress.Report report) {
        Point ideal = report.ideal();
        Interval interval = Interval.wilson95(ideal.correct().getFirst(), ideal.total());
        out.printf(
                Locale.ROOT,
                "%s on %s: %d of %d correct, %.1f %% (%.1f to %.1f %%)%n",
                model.version(),
                clips.splitName(),
                ideal.correct().getFirst(),
                ideal.total(),
                100 * ideal.quantile(0.5),
                100 * interval.low(),
                100 * interval.high());
        out.printf(
                Locale.ROOT,
                "%d sampled chips per row; sigmas of %s: weights %.3g, thresholds %.3g, time constants %.3g%n",
                chips,
                profile.name(),
                profile.mismatch().weight(),
                profile.mismatch().threshold(),
                profile.mismatch().leak());
        out.printf("%n%-34s %8s %8s %8s %8s%n", "accuracy, %", "worst", "5 %", "median", "95 %");
        table(out, report.mismatch());
        loss(out, ideal, report.atProfile());
        table(out, report.weights());
        table(out, report.thresholds());
        table(out, report.leaks());
        out.printf("%n%-34s %8s%n", "accuracy, %", "");
        single(out, report.bits());
        single(out, report.timeConstants());
    }

    private static void loss(PrintWriter out, Point ideal, Point drawn) {
        double accuracy = ideal.quantile(0.5);
        Interval interval = drawn.quantileInterval(LOW_CHIPS);
        out.printf(
                Locale.ROOT,
                "  at the profile's sigmas the 5 %% quantile loses %.1f points (%.1f to %.1f over chips), the median %.1f%n",
                100 * (accuracy - drawn.quantile(LOW_CHIPS)),
                100 * (accuracy - interval.high()),
                100 * (accuracy - interval.low()),
                100 * (accuracy - drawn.quantile(0.5)));
    }

    private static void table(PrintWriter out, List<Point> points) {
        for (Point p : points) {
            out.printf(
                    Locale.ROOT,
                    "%-34s %8.1f %8.1f %8.1f %8.1f%n",
                    p.label(),
                    100 * p.quantile(0),
                    100 * p.quantile(LOW_CHIPS),
                    100 * p.quantile(0.5),
                    100 * p.quantile(0.95));
        }
    }

    private static void single(PrintWriter out, List<Point> points) {
        for (Point p : points) {
            out.printf(Locale.ROOT, "%-34s %8.1f%n", p.label(), 100 * p.quantile(0.5));
        }
    }
}

package io.keyspike.app.cli.chip;

import io.keyspike.app.cli.arguments.Input;
import io.keyspike.app.cli.shared.ClipOptions;
import io.keyspike.app.cli.shared.CommandException;
import io.keyspike.app.cli.shared.ExitCode;
import io.keyspike.app.cli.shared.ProgressBars;
import io.keyspike.app.cli.shared.Terminal;
import io.keyspike.models.KeywordModel;
import io.keyspike.models.chip.ChipCheck;
import io.keyspike.models.chip.ChipProfile;
import io.keyspike.models.chip.ChipProjection;
import io.keyspike.models.file.ModelFiles;
import io.keyspike.trainer.chip.ChipFit;
import io.keyspike.trainer.config.TrainingConfig;
import io.keyspike.trainer.evaluate.ClipMetrics;
import io.keyspike.trainer.evaluate.Evaluation;
import io.keyspike.trainer.loop.Trainer;
import io.keyspike.trainer.loop.TrainingListener;
import io.keyspike.trainer.loop.TrainingOptions;
import io.keyspike.trainer.loop.TrainingResult;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code chip fit}: projects a model onto a chip's parameter grid and fine-tunes it to recover accuracy. */
@Command(
        name = "fit",
        description = {
            "Projects a model onto the values that a chip can store, then fine-tunes it with the configuration in its file.",
            "Reports accuracy before, after projection and after fine-tuning. The model written fits the chip."
        })
public final class ChipFitCommand implements Callable<Integer> {

    @Mixin
    @SuppressWarnings("NullAway.Init") // injected by picocli
    private ChipOptions chip;

    @Mixin
    @SuppressWarnings("NullAway.Init") // injected by picocli
    private ClipOptions clips;

    @Option(names = "--out", paramLabel = "FILE", required = true, description = "Model file to write.")
    @Input(Input.Kind.FILE_TO_WRITE)
    @SuppressWarnings("NullAway.Init") // injected by picocli
    private Path out;

    @Option(
            paramLabel = "N",
            names = "--epochs",
            defaultValue = "30",
            description = "Epochs of fine-tuning; 0 for projection only (default: ${DEFAULT-VALUE}).")
    private int epochs;

    @Spec
    @SuppressWarnings("NullAway.Init") // injected by picocli
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        if (epochs < 0) {
            throw new CommandException(ExitCode.USAGE, "--epochs: expected at least 0, found " + epochs);
        }
        KeywordModel model = chip.model();
        ChipProfile profile = chip.profile();
        PrintWriter text = spec.commandLine().getOut();
        try (var bars = new ProgressBars(Terminal.isThere())) {
            report(text, "before", model, bars);
            KeywordModel projected =
                    model.withNetwork(new ChipProjection(profile).apply(model.network()), profile.power());
            report(text, "projected", projected, bars);
            KeywordModel fitted = epochs == 0 ? projected : fineTuned(model, profile, bars);
            ChipCheck check = ChipCheck.of(fitted, profile);
            if (!check.fits()) {
                throw new CommandException(
                        ExitCode.FAILED,
                        fitted.version() + " still does not fit " + profile.name() + ": "
                                + check.violations().getFirst().sentence());
            }
            if (epochs > 0) {
                report(text, "fine-tuned", fitted, bars);
            }
            ModelFiles.write(out, fitted);
            text.println(out + ": " + fitted.version() + " fits " + profile.name());
            text.flush();
        }
        return ExitCode.OK;
    }

    private KeywordModel fineTuned(KeywordModel model, ChipProfile profile, ProgressBars bars) throws IOException {
        TrainingConfig config = ChipFit.configuration(model, profile, chip.profileName(), epochs);
        TrainingOptions options = TrainingOptions.inMemory().with(clips.backend(), clips.threads());
        TrainingResult result = new Trainer(config, options, new TrainingListener() {
                    @Override
                    public void advanced(String what, long done, long total) {
                        bars.advanced(what, done, total);
                    }
                })
                .trainOn(clips.data(), model);
        bars.finish();
        KeywordModel trained = result.model();
        return trained.withNetwork(new ChipProjection(profile).apply(trained.network()), profile.power());
    }

    private void report(PrintWriter text, String when, KeywordModel model, ProgressBars bars) throws IOException {
        ClipMetrics m = Evaluation.of(model, clips.clips(model, bars), clips.kernels(), bars)
                .metrics();
        bars.finish();
        text.printf(
                Locale.ROOT,
                "%-11s %d of %d correct, %.1f %% (%.1f to %.1f %%)%n",
                when,
                m.correct(),
                m.total(),
                100 * m.accuracy(),
                100 * m.interval95().low(),
                100 * m.interval95().high());
        text.flush();
    }
}

package io.keyspike.app.cli.train;

import io.keyspike.app.cli.arguments.Input;
import io.keyspike.app.cli.shared.CommandException;
import io.keyspike.app.cli.shared.ExitCode;
import io.keyspike.app.cli.shared.JsonOption;
import io.keyspike.app.cli.shared.ModelLocator;
import io.keyspike.app.cli.shared.ModelParameter;
import io.keyspike.app.cli.shared.ModelsOption;
import io.keyspike.app.cli.shared.Printable;
import io.keyspike.app.cli.shared.ProgressBars;
import io.keyspike.app.cli.shared.StopSignal;
import io.keyspike.app.cli.shared.Terminal;
import io.keyspike.kernels.backends.Backends;
import io.keyspike.models.KeywordModel;
import io.keyspike.models.decision.DecisionRule;
import io.keyspike.models.decision.DecisionSettings;
import io.keyspike.models.file.ModelFiles;
import io.keyspike.models.registry.ModelRegistry;
import io.keyspike.trainer.calibrate.CalibrationGoal;
import io.keyspike.trainer.calibrate.StreamCalibration;
import io.keyspike.trainer.data.SkippedFile;
import io.keyspike.trainer.streams.HeardStream;
import io.keyspike.trainer.streams.ScoredStream;
import io.keyspike.trainer.streams.StreamFolder;
import io.keyspike.trainer.streams.StreamRun;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code calibrate}: thresholds for a rate of false alarms, from streams with labels. */
@Command(
        name = "calibrate",
        description = {
            "Chooses a model's thresholds for a rate of false alarms an hour, and measures false alarms and misses at every"
                    + " threshold, on long recordings with labels; both go into a new model (docs/evaluation.md).",
            "Without --name or --output, nothing is written.%n"
        })
public final class CalibrateCommand implements Callable<Integer> {

    @Mixin
    private ModelParameter model = new ModelParameter();

    @Option(
            names = "--streams",
            paramLabel = "DIR",
            required = true,
            description = "Folder of WAV or FLAC files, each with labels in a .tsv file of the same name: lines of"
                    + " start_s, end_s and keyword; empty for sound without any. None of it may have been trained on.")
    @Input(Input.Kind.FOLDER)
    @SuppressWarnings("NullAway.Init") // injected by picocli
    private Path streams;

    @Option(
            names = {"--false-alarms-per-hour", "--sensitivity"},
            paramLabel = "RATE",
            defaultValue = "0.1",
            description = "False alarms an hour to accept of each keyword (default: ${DEFAULT-VALUE}).")
    private double falseAlarmsPerHour;

    @Option(
            names = "--together",
            description = "Accept that rate of all keywords together, divided among them so that the fewest words are"
                    + " missed.")
    private boolean together;

    @Option(
            names = "--in-speech-alone",
            description =
                    "Count false alarms only in the recordings in which no keyword is said, so that one keyword taken"
                            + " for another is none.")
    private boolean inSpeechAlone;

    @Option(
            names = "--confusion-weight",
            paramLabel = "W",
            defaultValue = "0",
            description = "With --together and --in-speech-alone: how many missed words one keyword taken for another"
                    + " counts as (default: ${DEFAULT-VALUE}).")
    private double confusionWeight;

    @ArgGroup
    private @Nullable Target target;

    /** One of both. */
    private static final class Target {
        @Option(names = "--name", paramLabel = "NAME", description = "Register the new model under this name.")
        private @Nullable String name;

        @Option(
                names = {"--output", "--out"},
                paramLabel = "FILE",
                description = "Write the new model to this file.")
        @Input(Input.Kind.FILE_TO_WRITE)
        private @Nullable Path output;
    }

    @Option(
            names = "--measured-on",
            paramLabel = "TEXT",
            description = "One line on what the streams are, for the model (default: hours and folder name).")
    private @Nullable String measuredOn;

    @Option(
            paramLabel = "N",
            names = "--threads",
            description = "Worker threads; does not affect results (default: one per core).")
    private int threads = Runtime.getRuntime().availableProcessors();

    @Mixin
    private ModelsOption models = new ModelsOption();

    @Mixin
    private JsonOption json = new JsonOption();

    @Spec
    @SuppressWarnings("NullAway.Init") // injected by picocli
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        checkOptions();
        ModelLocator locator = models.locator();
        KeywordModel before = model.read(locator);
        KeywordModel judgedEach = judgedEach(before);
        try (var goOn = new StopSignal();
                var bars = new ProgressBars(!json.isSet() && Terminal.isThere())) {
            var skipped = new ArrayList<SkippedFile>();
            StreamFolder folder = StreamFolder.read(streams).readable(skipped);
            skipped.forEach(s ->
                    spec.commandLine().getErr().println(Printable.line("skipped " + s.name() + ": " + s.reason())));
            List<ScoredStream> scored = run(judgedEach, goOn, bars).hear(folder).stream()
                    .map(HeardStream::scores)
                    .toList();
            StreamCalibration result = calibrate(judgedEach, scored, bars);
            bars.finish();
            var sheet = new CalibrationSheet(result, scored.size());
            print(json.isSet() ? sheet.json() : sheet.text());
            write(result.model(), locator);
            return ExitCode.OK;
        } catch (CancellationException e) {
            remark(e.getMessage() + "; nothing was written");
            return ExitCode.INTERRUPTED;
        }
    }

    private void checkOptions() {
        if (!(falseAlarmsPerHour > 0 && Double.isFinite(falseAlarmsPerHour))) {
            throw new CommandException(
                    ExitCode.USAGE, "--false-alarms-per-hour: expected a rate above 0, found " + falseAlarmsPerHour);
        }
        if (!(confusionWeight >= 0 && confusionWeight <= CalibrationGoal.MOST_CONFUSION_WEIGHT)) {
            throw new CommandException(
                    ExitCode.USAGE,
                    "--confusion-weight: expected 0 to " + CalibrationGoal.MOST_CONFUSION_WEIGHT + ", found "
                            + confusionWeight);
        }
        if (confusionWeight > 0 && !(together && inSpeechAlone)) {
            throw new CommandException(
                    ExitCode.USAGE,
                    "--confusion-weight: expected --together and --in-speech-alone with it; without, one keyword taken for"
                            + " another is a false alarm like any other");
        }
        if (target != null && target.name != null && !KeywordModel.isName(target.name)) {
            throw new CommandException(
                    ExitCode.USAGE,
                    "--name: expected up to 64 characters from a-z, 0-9, '.', '_', '-', found '" + target.name + "'");
        }
    }

    /** Thresholds of single keywords mean something only where each is judged by its own score. */
    private KeywordModel judgedEach(KeywordModel before) {
        if (before.decision().rule() == DecisionRule.EACH) {
            return before;
        }
        remark(before.version()
                + " reports only the keyword with the largest score; the new model judges each keyword by"
                + " its own");
        return before.withDecision(before.decision().each(DecisionSettings.NO_HYSTERESIS, Map.of()));
    }

    private StreamRun run(KeywordModel judged, StopSignal goOn, ProgressBars bars) {
        try {
            return new StreamRun(judged, Backends.preferredSteps(), threads, bars, goOn);
        } catch (IllegalArgumentException e) {
            throw new CommandException(ExitCode.USAGE, String.valueOf(e.getMessage()), e);
        }
    }

    private StreamCalibration calibrate(KeywordModel judged, List<ScoredStream> scored, ProgressBars bars) {
        var goal = new CalibrationGoal(falseAlarmsPerHour, together, inSpeechAlone, confusionWeight);
        try {
            return StreamCalibration.of(judged, scored, goal, description(scored), threads, bars);
        } catch (IllegalArgumentException e) {
            throw new CommandException(ExitCode.FAILED, streams + ": " + e.getMessage(), e);
        }
    }

    private String description(List<ScoredStream> scored) {
        if (measuredOn != null) {
            return measuredOn;
        }
        double hours =
                scored.stream().mapToDouble(ScoredStream::durationSeconds).sum() / 3_600;
        return String.format(
                Locale.ROOT,
                inSpeechAlone
                        ? "%.2f h in %d streams of %s, false alarms in those without keywords"
                        : "%.2f h in %d streams of %s",
                hours,
                scored.size(),
                streams.toAbsolutePath().normalize().getFileName());
    }

    private void write(KeywordModel calibrated, ModelLocator locator) throws IOException {
        if (target == null) {
            remark("nothing was written; --name or --output writes the model");
        } else if (target.output != null) {
            Path folder = target.output.toAbsolutePath().getParent();
            if (folder != null) {
                Files.createDirectories(folder);
            }
            ModelFiles.write(target.output, calibrated);
            remark(calibrated.version() + " was written to " + target.output);
        } else if (target.name != null) {
            register(calibrated.withName(target.name), locator);
        }
    }

    private void register(KeywordModel calibrated, ModelLocator locator) throws IOException {
        Path file = Files.createTempFile("keyspike-", ".safetensors");
        try (ModelRegistry registry = locator.open()) {
            ModelFiles.write(file, calibrated);
            registry.add(file, calibrated.name());
        } catch (IllegalArgumentException e) {
            throw new CommandException(ExitCode.USAGE, String.valueOf(e.getMessage()), e);
        } finally {
            Files.deleteIfExists(file);
        }
        remark(calibrated.version() + " is registered as '" + calibrated.name() + "'; 'keyspike models use "
                + calibrated.name() + "' activates it");
    }

    private void print(String text) {
        PrintWriter out = spec.commandLine().getOut();
        out.println(text);
        out.flush();
    }

    private void remark(String sentence) {
        PrintWriter err = spec.commandLine().getErr();
        err.println(Printable.line(sentence));
        err.flush();
    }
}

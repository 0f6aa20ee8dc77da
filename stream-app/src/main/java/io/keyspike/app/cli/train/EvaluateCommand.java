package io.keyspike.app.cli.train;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.keyspike.app.cli.arguments.Input;
import io.keyspike.app.cli.shared.CommandException;
import io.keyspike.app.cli.shared.ExitCode;
import io.keyspike.app.cli.shared.JsonOption;
import io.keyspike.app.cli.shared.KernelOptions;
import io.keyspike.app.cli.shared.ModelParameter;
import io.keyspike.app.cli.shared.ModelsOption;
import io.keyspike.app.cli.shared.Printable;
import io.keyspike.app.cli.shared.ProgressBars;
import io.keyspike.app.cli.shared.SplitChoice;
import io.keyspike.app.cli.shared.StopSignal;
import io.keyspike.app.cli.shared.Terminal;
import io.keyspike.kernels.Solver;
import io.keyspike.kernels.backends.Backends;
import io.keyspike.models.KeywordModel;
import io.keyspike.models.chip.PowerEstimate;
import io.keyspike.trainer.data.SkippedFile;
import io.keyspike.trainer.evaluate.ClipMetrics;
import io.keyspike.trainer.evaluate.Evaluation;
import io.keyspike.trainer.report.ConfusionTable;
import io.keyspike.trainer.report.DetPlot;
import io.keyspike.trainer.streams.HeardStream;
import io.keyspike.trainer.streams.StreamEvaluation;
import io.keyspike.trainer.streams.StreamFolder;
import io.keyspike.trainer.streams.StreamRun;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code evaluate}: what a model makes of clips, or of streams with labels. */
@Command(
        name = "evaluate",
        description = {
            "Evaluates a model on recordings: clip by clip, or on long ones with labels.",
            "Clips (--data): accuracy, confusion, firing rates. Long recordings (--streams): misses, false alarms an hour and"
                    + " latency at every threshold (docs/evaluation.md)."
        })
public final class EvaluateCommand implements Callable<Integer> {

    @Mixin
    private ModelParameter model = new ModelParameter();

    @ArgGroup(multiplicity = "1")
    @SuppressWarnings("NullAway.Init") // injected by picocli
    private Sound sound;

    /** One of both. */
    private static final class Sound {
        @Option(
                names = "--data",
                paramLabel = "DIR",
                description = "Folder of the data set, in the layout the model is configured for (docs/data.md).")
        @Input(Input.Kind.FOLDER)
        private @Nullable Path data;

        @Option(
                names = "--streams",
                paramLabel = "DIR",
                description = "Folder of WAV or FLAC files, each with labels in a .tsv file of the same name: lines of"
                        + " start_s, end_s and keyword; empty for sound without any.")
        @Input(Input.Kind.FOLDER)
        private @Nullable Path streams;
    }

    @Option(
            paramLabel = "PART",
            names = "--split",
            defaultValue = "testing",
            description = "Part of --data: training, validation, testing or all (default: ${DEFAULT-VALUE}).")
    private SplitChoice split = SplitChoice.TESTING;

    @Option(
            names = "--det",
            paramLabel = "FILE",
            description = "With --streams: write the curve of misses against false alarms an hour to this PNG file.")
    @Input(Input.Kind.FILE_TO_WRITE)
    private @Nullable Path det;

    @Option(
            names = "--detections",
            paramLabel = "DIR",
            description =
                    "With --streams: write what was reported to a file of the recording's name and .tsv in this folder:"
                            + " lines of seconds, keyword and score.")
    @Input(Input.Kind.FOLDER_TO_WRITE)
    private @Nullable Path detections;

    @Option(
            names = "--mlperf",
            description = "With --streams: also count by the rules of MLPerf Tiny's streaming wake word.")
    private boolean mlperf;

    @Mixin
    private KernelOptions kernels = new KernelOptions();

    @Mixin
    private ModelsOption models = new ModelsOption();

    @Mixin
    private JsonOption json = new JsonOption();

    @Option(
            paramLabel = "NAME",
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
        checkForStreams("--det", det != null);
        checkForStreams("--detections", detections != null);
        checkForStreams("--mlperf", mlperf);
        KeywordModel keywordModel = model.read(models.locator());
        try (var goOn = new StopSignal();
                var bars = new ProgressBars(!json.isSet() && Terminal.isThere())) {
            return sound.streams == null
                    ? clips(keywordModel, Objects.requireNonNull(sound.data), bars)
                    : streams(keywordModel, sound.streams, goOn, bars);
        }
    }

    private void checkForStreams(String option, boolean given) {
        if (given && sound.streams == null) {
            throw new CommandException(ExitCode.USAGE, "expected --streams with " + option + ", found --data");
        }
    }

    private int clips(KeywordModel keywordModel, Path data, ProgressBars bars) throws IOException {
        Evaluation evaluation =
                Evaluation.run(keywordModel, data, split.split(), kernels.kernels(solver), kernels.threads(), bars);
        bars.finish();
        evaluation.remarks().forEach(this::remark);
        PowerEstimate power = PowerEstimate.of(
                keywordModel.network(),
                keywordModel.chip(),
                evaluation.metrics().firingRates());
        print(json.isSet() ? json(evaluation, keywordModel, power) : text(evaluation, keywordModel, power));
        return ExitCode.OK;
    }

    private int streams(KeywordModel keywordModel, Path folder, StopSignal goOn, ProgressBars bars) throws IOException {
        var skipped = new ArrayList<SkippedFile>();
        StreamFolder streams = StreamFolder.read(folder).readable(skipped);
        skipped.forEach(s -> remark("skipped " + s.name() + ": " + s.reason()));
        StreamEvaluation evaluation;
        try {
            List<HeardStream> heard = run(keywordModel, goOn, bars).hear(streams);
            evaluation = StreamEvaluation.of(keywordModel, streams, heard, kernels.threads(), bars);
        } catch (CancellationException e) {
            bars.finish();
            PrintWriter err = spec.commandLine().getErr();
            err.println(Printable.line(e.getMessage() + "; nothing is evaluated"));
            err.flush();
            return ExitCode.INTERRUPTED;
        }
        bars.finish();
        if (det != null && evaluation.own().labels() == 0) {
            throw new CommandException(
                    ExitCode.FAILED,
                    folder + ": expected labels of " + StreamRun.keywords(keywordModel) + " for --det, found none");
        }
        if (det != null) {
            DetPlot.save(det, evaluation.model(), evaluation.pooled());
            remark(det + ": misses against false alarms");
        }
        if (detections != null) {
            write(detections, evaluation.streams());
        }
        var sheet = new StreamSheet(evaluation, mlperf);
        print(json.isSet() ? sheet.json() : sheet.text());
        return ExitCode.OK;
    }

    private static void write(Path folder, List<HeardStream> streams) throws IOException {
        for (HeardStream stream : streams) {
            Path file = folder.resolve(stream.scores().name() + ".tsv");
            Files.createDirectories(Objects.requireNonNull(file.getParent()));
            Files.write(
                    file,
                    stream.detections().stream()
                            .map(d -> d.seconds() + "\t" + d.keyword() + "\t" + d.score())
                            .toList());
        }
    }

    private StreamRun run(KeywordModel keywordModel, StopSignal goOn, ProgressBars bars) {
        try {
            return new StreamRun(keywordModel, Backends.preferredSteps(), kernels.threads(), bars, goOn);
        } catch (IllegalArgumentException e) {
            throw new CommandException(ExitCode.USAGE, e.getMessage() + "; use --data instead of --streams", e);
        }
    }

    private void remark(String sentence) {
        PrintWriter err = spec.commandLine().getErr();
        err.println(Printable.line(sentence));
        err.flush();
    }

    private void print(String text) {
        PrintWriter out = spec.commandLine().getOut();
        out.println(text);
        out.flush();
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
        text.append(ConfusionTable.text(e.labels().stream().map(Printable::line).toList(), m.confusion()));
        text.append(String.format("%nFiring rates (spikes per neuron per step)%n"));
        m.firingRates()
                .forEach((layer, rate) -> text.append(
                        String.format(Locale.ROOT, "  %-12s %5.1f %%%n", Printable.line(layer), 100 * rate)));
        double seconds = model.decision().clip().seconds();
        text.append(String.format(
                Locale.ROOT,
                "%nEstimated power on %s: %.4f uW, %.3f nJ per inference of %.1f s%n",
                Printable.line(model.chip().name()),
                1e6 * power.watts(),
                1e9 * power.joules(seconds),
                seconds));
        if (!e.skipped().isEmpty()) {
            text.append(
                    String.format("%nSkipped %d defective files:%n", e.skipped().size()));
            e.skipped()
                    .forEach(s -> text.append(String.format("  %s%n", Printable.line(s.name() + ": " + s.reason()))));
        }
        return text.toString().stripTrailing();
    }
}

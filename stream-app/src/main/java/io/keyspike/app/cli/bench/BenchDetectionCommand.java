package io.keyspike.app.cli.bench;

import io.keyspike.app.cli.arguments.Input;
import io.keyspike.app.cli.shared.CommandException;
import io.keyspike.app.cli.shared.ExitCode;
import io.keyspike.app.cli.shared.JsonOption;
import io.keyspike.app.cli.shared.KernelOptions;
import io.keyspike.app.cli.shared.ModelLocator;
import io.keyspike.app.cli.shared.ProgressBars;
import io.keyspike.app.cli.shared.SpeakerSplitOption;
import io.keyspike.app.cli.shared.SplitChoice;
import io.keyspike.app.cli.shared.StopSignal;
import io.keyspike.app.cli.shared.Terminal;
import io.keyspike.app.files.TemporaryFolder;
import io.keyspike.kernels.backends.Backends;
import io.keyspike.models.KeywordModel;
import io.keyspike.models.file.ModelFiles;
import io.keyspike.trainer.bench.DetectionBenchmark;
import io.keyspike.trainer.bench.DetectionPlan;
import io.keyspike.trainer.bench.DetectionResult;
import io.keyspike.trainer.report.ParetoPlot;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code bench detection}: remakes every table about what the shipped models detect. */
@Command(
        name = "detection",
        description = {
            "Makes labelled streams of test recordings, lets every model hear them, and writes detection.md, detection.json"
                    + " and pareto.png: misses, false alarms an hour, latency, accuracy on clips, cost.",
            "The same options and recordings make the same streams.%n"
        })
public final class BenchDetectionCommand implements Callable<Integer> {

    @Option(
            names = "--data",
            paramLabel = "DIR",
            required = true,
            description =
                    "Folder of words in the layout of Speech Commands, or a folder of such folders; their test splits"
                            + " are used.")
    @Input(Input.Kind.FOLDER)
    @SuppressWarnings("NullAway.Init") // injected by picocli
    private Path data;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            required = true,
            description = "Folder for the results; existing ones are replaced.")
    @Input(Input.Kind.FOLDER_TO_WRITE)
    @SuppressWarnings("NullAway.Init") // injected by picocli
    private Path out;

    @Option(
            names = "--models",
            paramLabel = "DIR",
            description = "Folder of model files (default: the models shipped with Keyspike).")
    @Input(Input.Kind.FOLDER)
    private @Nullable Path models;

    @Option(
            names = "--speech",
            paramLabel = "DIR",
            description = "Folder of connected speech, searched at any depth; may be given several times.")
    @Input(Input.Kind.FOLDER)
    private List<Path> speech = new ArrayList<>();

    @Option(
            paramLabel = "PART",
            names = "--speech-split",
            defaultValue = "testing",
            description = "Speakers of --speech: all, or those that training on these folders takes for training,"
                    + " validation or testing (default: ${DEFAULT-VALUE}).")
    private SplitChoice speechSplit = SplitChoice.TESTING;

    @Mixin
    private SpeakerSplitOption speakers = new SpeakerSplitOption();

    @Option(
            names = "--noise",
            paramLabel = "PATH",
            description =
                    "Background, 10 dB below the words: a file, or a folder searched at any depth; may be given several"
                            + " times.")
    @Input(Input.Kind.ANY)
    private List<Path> noise = new ArrayList<>();

    @Option(
            names = "--hours",
            paramLabel = "H",
            defaultValue = "1",
            description = "Hours of other words, and hours of connected speech (default: ${DEFAULT-VALUE}).")
    private double hours = 1;

    @Option(
            names = "--words-per-minute",
            paramLabel = "N",
            defaultValue = "6",
            description = "Keywords in a minute of the streams of words (default: ${DEFAULT-VALUE}).")
    private double wordsPerMinute = 6;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "1",
            description = "Another seed, other streams (default: ${DEFAULT-VALUE}).")
    private long seed = 1;

    @Mixin
    private KernelOptions kernels = new KernelOptions();

    @Mixin
    private JsonOption json = new JsonOption();

    @Spec
    @SuppressWarnings("NullAway.Init") // injected by picocli
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        SortedMap<String, KeywordModel> loaded = load();
        Files.createDirectories(out);
        DetectionResult result;
        try (var goOn = new StopSignal();
                var bars = new ProgressBars(!json.isSet() && Terminal.isThere());
                var streams = new TemporaryFolder(Files.createTempDirectory(out, "streams-"))) {
            result = new DetectionBenchmark(
                            plan(), kernels.kernels(), Backends.preferredSteps(), kernels.threads(), bars, goOn)
                    .run(loaded, streams.path());
            bars.finish();
        } catch (CancellationException e) {
            PrintWriter err = spec.commandLine().getErr();
            err.println(e.getMessage() + "; nothing is written");
            err.flush();
            return ExitCode.INTERRUPTED;
        }
        var tables = new DetectionTables(result);
        String asJson = tables.json();
        String asText = tables.markdown();
        Files.writeString(out.resolve("detection.md"), asText);
        Files.writeString(out.resolve("detection.json"), asJson + "\n");
        ParetoPlot.save(out.resolve("pareto.png"), tables.points());
        PrintWriter printer = spec.commandLine().getOut();
        printer.println(json.isSet() ? asJson : asText.stripTrailing());
        printer.flush();
        return ExitCode.OK;
    }

    private DetectionPlan plan() {
        try {
            return new DetectionPlan(
                    data, speech, speakers.split(), speechSplit.split(), noise, hours, wordsPerMinute, seed);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
    }

    private SortedMap<String, KeywordModel> load() throws IOException {
        Path folder = models != null ? models : ModelLocator.of(null).shippedFolder();
        var loaded = new TreeMap<String, KeywordModel>();
        if (Files.isDirectory(folder)) {
            try (Stream<Path> files = Files.list(folder)) {
                for (Path file : files.sorted().toList()) {
                    String name = String.valueOf(file.getFileName());
                    if (name.endsWith(ModelLocator.EXTENSION)
                            && !name.equals(ModelLocator.BODY + ModelLocator.EXTENSION)) {
                        loaded.put(
                                name.substring(0, name.length() - ModelLocator.EXTENSION.length()),
                                ModelFiles.read(file));
                    }
                }
            }
        }
        if (loaded.isEmpty()) {
            throw new CommandException(ExitCode.USAGE, folder + ": expected model files, found none");
        }
        return loaded;
    }
}

package io.keyspike.app.cli.train;

import io.keyspike.app.cli.arguments.Input;
import io.keyspike.app.cli.shared.CacheOptions;
import io.keyspike.app.cli.shared.CommandException;
import io.keyspike.app.cli.shared.DataOption;
import io.keyspike.app.cli.shared.ExitCode;
import io.keyspike.app.cli.shared.KernelOptions;
import io.keyspike.app.cli.shared.ProgressBars;
import io.keyspike.app.cli.shared.StopSignal;
import io.keyspike.app.cli.shared.Terminal;
import io.keyspike.models.KeywordModel;
import io.keyspike.models.file.ModelFiles;
import io.keyspike.trainer.cache.CacheMode;
import io.keyspike.trainer.config.ConfigReader;
import io.keyspike.trainer.config.TrainingConfig;
import io.keyspike.trainer.loop.Trainer;
import io.keyspike.trainer.loop.TrainingDivergedException;
import io.keyspike.trainer.loop.TrainingOptions;
import io.keyspike.trainer.loop.TrainingResult;
import io.keyspike.trainer.loop.TrainingStoppedException;
import io.keyspike.trainer.parallel.WorkerCrew;
import io.keyspike.trainer.report.TrainingReport;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code train}: trains a model file from a folder of recordings and a configuration. */
@Command(
        name = "train",
        description = {
            "Trains a model on a folder of recordings in the layout of Speech Commands.",
            "Ctrl-C stops after the current batch and writes a checkpoint next to the model. --resume continues from it; "
                    + "the result is bit-identical to that of an uninterrupted run."
        })
public final class TrainCommand implements Callable<Integer> {
    @Mixin
    private DataOption data = new DataOption();

    @Option(
            names = "--config",
            paramLabel = "FILE",
            required = true,
            description = "Configuration, YAML (see configs/).")
    @Input(Input.Kind.FILE)
    @SuppressWarnings("NullAway.Init") // injected by picocli
    private Path configFile;

    @Option(names = "--out", paramLabel = "FILE", required = true, description = "Model file to write.")
    @Input(Input.Kind.FILE_TO_WRITE)
    @SuppressWarnings("NullAway.Init") // injected by picocli
    private Path out;

    @Option(
            names = "--report",
            paramLabel = "DIR",
            description = "Folder for report and plots (default: <name>-report next to the model).")
    @Input(Input.Kind.FOLDER_TO_WRITE)
    private @Nullable Path report;

    @Mixin
    private KernelOptions kernels = new KernelOptions();

    @Option(
            paramLabel = "N",
            names = "--seed",
            description = "Random seed, overriding the configuration's training.seed.")
    private @Nullable Long seed;

    @Option(
            names = "--from-feedback",
            paramLabel = "DIR",
            description = {
                "Folder of marks and recordings from the live page (usually sound in --home) to train on as well: correct"
                        + " detections, false alarms, samples of words. They are also used to calibrate the thresholds."
            })
    @Input(Input.Kind.FOLDER)
    private @Nullable Path feedback;

    @Option(
            names = "--add-word",
            paramLabel = "WORD",
            description = "Word to learn in addition to those in the configuration; may be repeated.")
    private List<String> addedWords = new ArrayList<>();

    @Option(
            names = "--from",
            paramLabel = "MODEL",
            description = {
                "Model to start from: its layers' weights and its normaliser. With streams, layers of another size, such as a"
                        + " new last layer, begin with weights of their own; without, the networks must be the same."
            })
    @Input(Input.Kind.FILE)
    private @Nullable Path start;

    @Option(names = "--resume", description = "Continue from the checkpoint of an interrupted run.")
    private boolean resume;

    @Option(
            names = "--checkpoint-every",
            paramLabel = "SECONDS",
            description =
                    "Time between checkpoints, and so the most work that a killed run loses (default: ${DEFAULT-VALUE}).")
    private double checkpointSeconds = TrainingOptions.DEFAULT_CHECKPOINT_SECONDS;

    @Option(
            paramLabel = "WHERE",
            names = "--features",
            defaultValue = "auto",
            description = {
                "Where to cache features between epochs: none (recompute), disk, memory, device, or auto (memory if they"
                        + " fit, else disk). Does not affect the model (default: ${DEFAULT-VALUE})."
            })
    @SuppressWarnings("NullAway.Init") // injected by picocli
    private CacheMode features;

    @Mixin
    private CacheOptions cache = new CacheOptions();

    @Mixin
    private WorkerOptions workers = new WorkerOptions();

    @Spec
    @SuppressWarnings("NullAway.Init") // injected by picocli
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        TrainingConfig config = ConfigReader.read(configFile);
        if (KeywordModel.isName(baseName())) {
            config = config.withName(baseName()); // as 'models add' and 'models publish' will know it
        }
        if (seed != null) {
            config = config.withSeed(seed);
        }
        if (!addedWords.isEmpty()) {
            config = config.withWords(addedWords);
        }
        Path folder = out.toAbsolutePath().getParent();
        if (folder != null) {
            Files.createDirectories(folder);
        }
        ModelRescue.requireWritable(out);
        try (var goOn = new StopSignal();
                var bars = new ProgressBars(Terminal.isThere())) {
            return train(config, goOn, bars);
        }
    }

    /** Runs while {@link StopSignal} is open, so that output after Ctrl-C is printed before the JVM exits. */
    private int train(TrainingConfig config, StopSignal goOn, ProgressBars bars) throws IOException {
        Path checkpoint = out.resolveSibling(baseName() + ".checkpoint");
        var options = new TrainingOptions(
                kernels.backend(),
                kernels.threads(),
                features,
                cache.folder(),
                cache.limitBytes(),
                checkpoint,
                resume,
                () -> !goOn.getAsBoolean(),
                checkpointSeconds);
        var narrator = new TrainingNarrator(config, bars, spec.commandLine().getOut(), goOn);
        if (!resume && Files.exists(checkpoint)) {
            narrator.checkpointIgnored(checkpoint);
        }
        var trainer = new Trainer(config, options, narrator);
        try (WorkerCrew crew = workers.open(config, kernels, narrator)) {
            if (crew != null) {
                trainer.shareWith(crew);
            }
            if (feedback != null) {
                trainer.learnFrom(feedback);
            }
            Path from = start;
            TrainingResult result =
                    from == null ? trainer.run(data.folder()) : trainer.trainOn(data.folder(), ModelFiles.read(from));
            bars.finish();
            store(result.model(), checkpoint);
            Path reportFolder = report == null ? out.resolveSibling(baseName() + "-report") : report;
            TrainingReport.write(reportFolder, result);
            Files.deleteIfExists(checkpoint);
            narrator.finished(result, out, reportFolder);
            narrator.cacheSize(cache);
            return ExitCode.OK;
        } catch (TrainingStoppedException e) {
            bars.finish();
            PrintWriter err = spec.commandLine().getErr();
            err.println(
                    e.getMessage() + (Files.exists(checkpoint) ? "; use --resume to continue from " + checkpoint : ""));
            err.flush();
            return ExitCode.INTERRUPTED;
        } catch (TrainingDivergedException e) {
            String left = Files.exists(checkpoint)
                    ? "; the last good checkpoint is kept in " + checkpoint
                    : "; nothing was written";
            throw new CommandException(ExitCode.FAILED, e.getMessage() + left);
        }
    }

    /** Writes the model; if that fails, somewhere else, so that no training is lost. */
    private void store(KeywordModel model, Path checkpoint) throws IOException {
        try {
            ModelFiles.write(out, model);
        } catch (IOException e) {
            Path elsewhere = ModelRescue.write(out, model);
            String kept = elsewhere != null
                    ? "the model is in " + elsewhere + " instead"
                    : Files.exists(checkpoint)
                            ? "the training is kept in " + checkpoint + "; make room, and use --resume"
                            : "no other place could be written to either";
            throw new CommandException(ExitCode.ENVIRONMENT, e.getMessage() + "; " + kept, e);
        }
    }

    private String baseName() {
        String name = String.valueOf(out.getFileName());
        int dot = name.lastIndexOf('.');
        return dot > 0 ? name.substring(0, dot) : name;
    }
}

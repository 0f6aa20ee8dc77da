package io.keyspike.app.cli;

import io.keyspike.models.ModelFiles;
import io.keyspike.trainer.ClipMetrics;
import io.keyspike.trainer.EpochRecord;
import io.keyspike.trainer.Trainer;
import io.keyspike.trainer.TrainingListener;
import io.keyspike.trainer.TrainingOptions;
import io.keyspike.trainer.TrainingResult;
import io.keyspike.trainer.TrainingStoppedException;
import io.keyspike.trainer.calibrate.Calibration;
import io.keyspike.trainer.config.ConfigReader;
import io.keyspike.trainer.config.TrainingConfig;
import io.keyspike.trainer.data.DataSet;
import io.keyspike.trainer.data.Split;
import io.keyspike.trainer.loss.LossParts;
import io.keyspike.trainer.report.TrainingReport;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code train}: a folder of recordings and a configuration to a model file. */
@Command(
        name = "train",
        description = {
            "Train a model on a folder of recordings laid out as Speech Commands.",
            "Ctrl-C stops after the current batch and writes a checkpoint beside the model; --resume goes on from it."
        })
public final class TrainCommand implements Callable<Integer> {
    @Option(
            names = "--data",
            paramLabel = "DIR",
            required = true,
            description = "One folder a word; validation_list.txt and testing_list.txt name those splits' clips.")
    @SuppressWarnings("NullAway.Init") // injected by picocli
    private Path data;

    @Option(names = "--config", paramLabel = "FILE", required = true, description = "YAML; see configs/.")
    @SuppressWarnings("NullAway.Init") // injected by picocli
    private Path configFile;

    @Option(names = "--out", paramLabel = "FILE", required = true, description = "The model file to write.")
    @SuppressWarnings("NullAway.Init") // injected by picocli
    private Path out;

    @Option(
            names = "--report",
            paramLabel = "DIR",
            description = "Folder for report and plots (default: beside the model, <name>-report).")
    private @Nullable Path report;

    @Option(
            names = "--backend",
            defaultValue = "vector",
            description = "vector or scalar; the model is the same (default: ${DEFAULT-VALUE}).")
    @SuppressWarnings("NullAway.Init") // injected by picocli
    private String backend;

    @Option(names = "--threads", description = "Worker threads; the model is the same (default: all cores).")
    private int threads = Runtime.getRuntime().availableProcessors();

    @Option(names = "--seed", description = "Instead of the configuration's training.seed.")
    private @Nullable Long seed;

    @Option(names = "--resume", description = "Go on from the checkpoint that an interrupted run left.")
    private boolean resume;

    @Option(
            names = "--cache",
            paramLabel = "DIR",
            description = "Where extracted features are kept; can be deleted at any time (default: ~/.keyspike/cache).")
    private Path cache = Path.of(System.getProperty("user.home"), ".keyspike", "cache");

    @Spec
    @SuppressWarnings("NullAway.Init") // injected by picocli
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        TrainingConfig config = ConfigReader.read(configFile);
        if (seed != null) {
            config = config.withSeed(seed);
        }
        Path folder = out.toAbsolutePath().getParent();
        if (folder != null) {
            Files.createDirectories(folder);
        }
        try (var goOn = new StopSignal();
                var bars = new ProgressBars(Terminal.isThere())) {
            var options =
                    new TrainingOptions(backend, threads, cache, checkpoint(), resume, () -> !goOn.getAsBoolean());
            var narrator = new Narrator(config, bars, spec.commandLine().getOut());
            TrainingResult result = new Trainer(config, options, narrator).run(data);
            bars.finish();
            ModelFiles.write(out, result.model());
            Path reportFolder = report == null ? out.resolveSibling(baseName() + "-report") : report;
            TrainingReport.write(reportFolder, result);
            narrator.finished(result, out, reportFolder);
            return ExitCode.OK;
        } catch (TrainingStoppedException e) {
            spec.commandLine().getErr().println(e.getMessage() + "; --resume goes on from " + checkpoint());
            spec.commandLine().getErr().flush();
            return ExitCode.INTERRUPTED;
        }
    }

    private Path checkpoint() {
        return out.resolveSibling(baseName() + ".checkpoint");
    }

    private String baseName() {
        String name = String.valueOf(out.getFileName());
        int dot = name.lastIndexOf('.');
        return dot > 0 ? name.substring(0, dot) : name;
    }

    /** Says how it goes. */
    private static final class Narrator implements TrainingListener {
        private final TrainingConfig config;
        private final ProgressBars bars;
        private final PrintWriter out;

        Narrator(TrainingConfig config, ProgressBars bars, PrintWriter out) {
            this.config = config;
            this.bars = bars;
            this.out = out;
        }

        @Override
        public void advanced(String what, long done, long total) {
            bars.advanced(what, done, total);
        }

        @Override
        public void dataRead(DataSet data) {
            bars.finish();
            for (Split split : Split.values()) {
                long clips = data.wordCounts(split).values().stream()
                        .mapToLong(Long::longValue)
                        .sum();
                say(
                        "%-10s %6d clips of %d words",
                        split.label(), clips, data.wordCounts(split).size());
            }
            data.skipped().forEach(s -> say("skipped    %s: %s", s.name(), s.reason()));
        }

        @Override
        public void batchDone(
                int epoch, int batch, int batches, LossParts loss, double samplesPerSecond, double secondsLeft) {
            long done = (epoch - 1L) * batches + batch;
            bars.show(
                    "training",
                    done,
                    (long) config.training().epochs() * batches,
                    String.format(
                            Locale.ROOT,
                            "epoch %d loss %.3f, %.0f clips/s, %.0f s left",
                            epoch,
                            loss.total(),
                            samplesPerSecond,
                            secondsLeft));
        }

        @Override
        public void epochDone(EpochRecord r, boolean best) {
            bars.finish();
            say(
                    "epoch %3d  loss %.4f (classes %.4f, rates %.4f, weights %.4f)  training %5.1f %%  validation %5.1f %%"
                            + "  %5.0f clips/s%s",
                    r.epoch(),
                    r.loss(),
                    r.classificationLoss(),
                    r.rateLoss(),
                    r.magnitudeLoss(),
                    100 * r.trainingAccuracy(),
                    100 * r.validationAccuracy(),
                    r.samplesPerSecond(),
                    best ? "  best" : "");
        }

        void finished(TrainingResult result, Path model, Path report) {
            say("");
            result.metrics().forEach((split, m) -> say("%-10s %s", split.label(), sentence(m)));
            Calibration calibration = result.calibration();
            if (calibration != null) {
                say(
                        "streams    %d of %d words heard, %.1f false reports per hour (%.2f h of validation clips)",
                        calibration.hits(),
                        calibration.clips(),
                        calibration.falseReportsPerHour(),
                        calibration.hours());
            }
            say(
                    "%s: %s, %d parameters, epoch %d, trained in %.0f s; report in %s",
                    model,
                    result.model().version(),
                    result.parameters(),
                    result.chosenEpoch(),
                    result.trainingSeconds(),
                    report);
        }

        private static String sentence(ClipMetrics m) {
            return String.format(
                    Locale.ROOT,
                    "%d of %d right, %.1f %% (%.1f to %.1f %%)",
                    m.correct(),
                    m.total(),
                    100 * m.accuracy(),
                    100 * m.interval95().low(),
                    100 * m.interval95().high());
        }

        @SuppressWarnings("AnnotateFormatMethod") // the annotation would be a dependency of its own
        private void say(String format, Object... values) {
            out.println(String.format(Locale.ROOT, format, values));
            out.flush();
        }
    }
}

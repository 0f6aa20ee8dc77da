package io.keyspike.app.cli.train;

import io.keyspike.app.cli.shared.CacheOptions;
import io.keyspike.app.cli.shared.Printable;
import io.keyspike.app.cli.shared.ProgressBars;
import io.keyspike.trainer.cache.DiskCache;
import io.keyspike.trainer.calibrate.CalibratedKeyword;
import io.keyspike.trainer.calibrate.Calibration;
import io.keyspike.trainer.calibrate.StreamCalibration;
import io.keyspike.trainer.compose.SoundStock;
import io.keyspike.trainer.config.TrainingConfig;
import io.keyspike.trainer.data.DataSet;
import io.keyspike.trainer.data.SkippedFile;
import io.keyspike.trainer.data.Split;
import io.keyspike.trainer.evaluate.ClipMetrics;
import io.keyspike.trainer.loop.EpochRecord;
import io.keyspike.trainer.loop.EpochTime;
import io.keyspike.trainer.loop.ExchangeCost;
import io.keyspike.trainer.loop.TrainingListener;
import io.keyspike.trainer.loop.TrainingResult;
import io.keyspike.trainer.loop.TrainingStoppedException;
import io.keyspike.trainer.loss.LossParts;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BooleanSupplier;

/**
 * Prints the progress of training: a bar on a terminal, and a line per epoch in any case. Also checks for Ctrl-C during
 * phases that have no batches.
 */
public final class TrainingNarrator implements TrainingListener {
    /** Share of an epoch that waiting for input may take without a word. */
    private static final double NOTEWORTHY = 0.1;

    /** What takes less is no loss, whatever its share. */
    private static final double NOTEWORTHY_SECONDS = 0.5;

    private final TrainingConfig config;
    private final ProgressBars bars;
    private final PrintWriter out;
    private final BooleanSupplier goOn;
    private EpochTime spent = EpochTime.NONE;

    /**
     * @param bars show what is being done
     * @param out for the lines
     * @param goOn false after Ctrl-C
     */
    public TrainingNarrator(TrainingConfig config, ProgressBars bars, PrintWriter out, BooleanSupplier goOn) {
        this.config = config;
        this.goOn = goOn;
        this.bars = bars;
        this.out = out;
    }

    @Override
    public void advanced(String what, long done, long total) {
        if (!goOn.getAsBoolean()) {
            throw new TrainingStoppedException(what);
        }
        bars.advanced(what, done, total);
    }

    @Override
    public void runsOn(String kernels) {
        say("kernels    %s", kernels);
    }

    @Override
    public void startedFrom(String model, List<String> fresh) {
        say("starts     from %s, with weights of their own in %s", model, fresh.isEmpty() ? "no layer" : fresh);
    }

    @Override
    public void dataRead(DataSet data) {
        bars.finish();
        for (Split split : Split.values()) {
            long clips = data.wordCounts(split).values().stream()
                    .mapToLong(Long::longValue)
                    .sum();
            int words = data.wordCounts(split).size();
            say("%-10s %6d clips of %d word%s", split.label(), clips, words, words == 1 ? "" : "s");
        }
        data.remarks().forEach(r -> say("warning    %s", r));
        data.skipped().forEach(s -> say("skipped    %s: %s", s.name(), s.reason()));
    }

    @Override
    public void stockRead(Map<Split, SoundStock> stocks, List<SkippedFile> skipped) {
        bars.finish();
        for (Split split : Split.values()) {
            SoundStock stock = stocks.get(split);
            if (stock != null) {
                say(
                        "streams    %-10s %d recordings of keywords, %d of other words, %.2f h of connected speech,"
                                + " %d of noise, %d rooms",
                        split.label(),
                        stock.words().stream().mapToInt(List::size).sum(),
                        stock.others().size(),
                        stock.speechHours(),
                        stock.noises().size(),
                        stock.rooms().size());
            }
        }
        skipped.forEach(s -> say("skipped    %s: %s", s.name(), s.reason()));
    }

    @Override
    public void resumed(int epoch, int batchesDone) {
        bars.finish();
        say("resuming in epoch %d after batch %d", epoch, batchesDone);
    }

    @Override
    public void nothingToResume(Path checkpoint) {
        bars.finish();
        say("no checkpoint at %s: training starts from scratch", checkpoint);
    }

    /** There is a checkpoint, but {@code --resume} was not given. */
    void checkpointIgnored(Path checkpoint) {
        say("%s of an interrupted run will be overwritten; use --resume to continue from it", checkpoint);
    }

    @Override
    public void batchDone(
            int epoch,
            int batch,
            int batches,
            LossParts loss,
            double accuracy,
            double samplesPerSecond,
            double secondsLeft) {
        long done = (epoch - 1L) * batches + batch;
        bars.show(
                "epoch " + epoch,
                done,
                (long) config.training().epochs() * batches,
                String.format(
                        Locale.ROOT,
                        "loss %.3f, %.1f %% correct, %.0f/s, %s left",
                        loss.total(),
                        100 * accuracy,
                        samplesPerSecond,
                        duration(secondsLeft)));
    }

    @Override
    public void epochDone(EpochRecord r, boolean best) {
        bars.finish();
        say(
                "epoch %3d  loss %.4f (classes %.4f, rates %.4f, weights %.4f)  training %5.1f %%  %s %5.1f %%"
                        + "  %5.0f samples/s%s",
                r.epoch(),
                r.loss(),
                r.classificationLoss(),
                r.rateLoss(),
                r.magnitudeLoss(),
                100 * r.trainingAccuracy(),
                config.streams().enabled() ? "heard in streams" : "validation",
                100 * r.validationAccuracy(),
                r.samplesPerSecond(),
                best ? "  best" : "");
    }

    /** Only where it is worth knowing: learning is what the time should go to. */
    @Override
    public void timeSpent(int epoch, EpochTime time) {
        spent = spent.plus(time);
        if (time.shareOfInput() > NOTEWORTHY && time.preparing() + time.waiting() >= NOTEWORTHY_SECONDS) {
            say(
                    "           waited %.1f s for input, %.0f %% of the epoch: %.1f s composing and mining, %.1f s for batches"
                            + " (training.workers)",
                    time.preparing() + time.waiting(), 100 * time.shareOfInput(), time.preparing(), time.waiting());
        }
    }

    @Override
    public void sharedWith(List<String> processes) {
        say("workers    %d processes share each batch: %s", processes.size(), String.join(", ", processes));
    }

    @Override
    public void workerLost(String worker, String reason, int left) {
        bars.finish();
        say(
                "warning    %s is lost: %s; its part is done by the %s",
                worker, reason, left == 1 ? "leading process alone" : left + " processes left");
    }

    @Override
    public void exchanged(int epoch, ExchangeCost cost, EpochTime time) {
        if (cost.batches() == 0 || cost.bytesSent() == 0) {
            return;
        }
        double batches = cost.batches();
        double whole = time.learning();
        double waiting = cost.sendingSeconds() + cost.waitingSeconds();
        say(
                "           %d processes: %.1f ms a batch, of which %.1f ms for sending and %.1f ms waiting for others (%.0f %%);"
                        + " %.0f KB out and %.0f KB in",
                cost.processes(),
                1e3 * whole / batches,
                1e3 * cost.sendingSeconds() / batches,
                1e3 * cost.waitingSeconds() / batches,
                100 * waiting / whole,
                cost.bytesSent() / batches / 1e3,
                cost.bytesReceived() / batches / 1e3);
    }

    @Override
    public void checkpointFailed(String reason) {
        bars.finish();
        say("%s; training goes on without it", reason);
    }

    /** How much of the disk cached features take, which nobody would look for; nothing if there are none. */
    void cacheSize(CacheOptions cache) throws IOException {
        if (!Files.isDirectory(cache.folder())) {
            return;
        }
        DiskCache.Usage usage = new DiskCache(cache.folder(), cache.limitBytes()).usage();
        if (usage.entries() > 0) {
            say(
                    "cache      %s of features in %s; 'keyspike cache --clear' removes them",
                    CacheCommand.size(usage.bytes()), cache.folder());
        }
    }

    void finished(TrainingResult result, Path model, Path report) {
        say("");
        result.metrics().forEach((split, m) -> say("%-10s %s", split.label(), sentence(m)));
        Calibration calibration = result.calibration();
        if (calibration != null) {
            say(
                    "streams    %d of %d words detected, %.1f false alarms per hour (%.2f h of validation clips)",
                    calibration.hits(), calibration.clips(), calibration.falseReportsPerHour(), calibration.hours());
        }
        StreamCalibration streams = result.streamCalibration();
        if (streams != null) {
            for (CalibratedKeyword keyword : streams.keywords()) {
                say(
                        "streams    %-14s %d of %d heard at %.2f false alarms an hour (threshold %.3f, %.1f h)%s",
                        keyword.keyword(),
                        keyword.count().hits(),
                        keyword.count().labels(),
                        keyword.falseAlarmsPerHour(),
                        keyword.threshold(),
                        keyword.hours(),
                        keyword.resolved() ? "" : ", beyond what these hours resolve");
            }
        }
        say(
                "%s: %s, %d parameters, epoch %d, trained in %.0f s, %.0f %% of them waiting for input; report in %s",
                model,
                result.model().version(),
                result.parameters(),
                result.chosenEpoch(),
                result.trainingSeconds(),
                100 * spent.shareOfInput(),
                report);
    }

    /** Formats a duration, such as {@code 2 min 5 s}. */
    static String duration(double seconds) {
        if (!(seconds < 86_400 * 1_000L)) {
            return "?";
        }
        long s = Math.round(seconds);
        if (s < 60) {
            return s + " s";
        }
        return s < 3_600 ? s / 60 + " min " + s % 60 + " s" : s / 3_600 + " h " + s / 60 % 60 + " min";
    }

    private static String sentence(ClipMetrics m) {
        return String.format(
                Locale.ROOT,
                "%d of %d correct, %.1f %% (%.1f to %.1f %%)",
                m.correct(),
                m.total(),
                100 * m.accuracy(),
                100 * m.interval95().low(),
                100 * m.interval95().high());
    }

    @SuppressWarnings("AnnotateFormatMethod") // the annotation would be a dependency of its own
    private void say(String format, Object... values) {
        out.println(Printable.line(String.format(Locale.ROOT, format, values)));
        out.flush();
    }
}

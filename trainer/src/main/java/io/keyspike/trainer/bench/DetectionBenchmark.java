package io.keyspike.trainer.bench;

import io.keyspike.kernels.KernelBackend;
import io.keyspike.kernels.StepKernels;
import io.keyspike.models.KeywordModel;
import io.keyspike.models.description.ModelInput;
import io.keyspike.trainer.bench.DetectionResult.FalseAlarms;
import io.keyspike.trainer.bench.DetectionResult.Group;
import io.keyspike.trainer.bench.DetectionResult.Made;
import io.keyspike.trainer.bench.DetectionResult.Miss;
import io.keyspike.trainer.bench.DetectionResult.Model;
import io.keyspike.trainer.bench.DetectionResult.Row;
import io.keyspike.trainer.bench.DetectionResult.Share;
import io.keyspike.trainer.common.Interval;
import io.keyspike.trainer.common.Progress;
import io.keyspike.trainer.data.Split;
import io.keyspike.trainer.evaluate.Evaluation;
import io.keyspike.trainer.streams.HeardStream;
import io.keyspike.trainer.streams.KeywordResult;
import io.keyspike.trainer.streams.LabelledRecording;
import io.keyspike.trainer.streams.Latency;
import io.keyspike.trainer.streams.MissAtRate;
import io.keyspike.trainer.streams.PoissonBound;
import io.keyspike.trainer.streams.PooledSweep;
import io.keyspike.trainer.streams.StreamCount;
import io.keyspike.trainer.streams.StreamEvaluation;
import io.keyspike.trainer.streams.StreamFolder;
import io.keyspike.trainer.streams.StreamRun;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Models on test streams and test clips: misses, false alarms, latency, accuracy, and what each costs. Models whose words are in
 * the same folders hear the same streams, in which the words of all of them are keywords.
 */
public final class DetectionBenchmark {
    /** How much of a stream of each kind the cost is measured on. */
    private static final double WORK_SECONDS = 120;

    private static final String ALL = "all";

    private final DetectionPlan plan;
    private final KernelBackend backend;
    private final StepKernels kernels;
    private final int threads;
    private final Progress progress;
    private final BooleanSupplier goOn;

    /**
     * Prepares.
     *
     * @param plan what models are measured on
     * @param backend runs clips
     * @param kernels run streams
     * @param threads worker threads; do not affect results
     * @param progress told of everything that takes long
     * @param goOn asked now and then whether to go on
     */
    public DetectionBenchmark(
            DetectionPlan plan,
            KernelBackend backend,
            StepKernels kernels,
            int threads,
            Progress progress,
            BooleanSupplier goOn) {
        this.plan = plan;
        this.backend = backend;
        this.kernels = kernels;
        this.threads = threads;
        this.progress = progress;
        this.goOn = goOn;
    }

    /**
     * Measures models.
     *
     * @param models by the names to report them under
     * @param streams new folder that the streams are written to, one folder a group
     * @return what was found; models for which there are no test recordings are in it with a note
     * @throws IOException if the data cannot be read or the streams not be written
     * @throws CancellationException if it was asked to stop
     */
    public DetectionResult run(SortedMap<String, KeywordModel> models, Path streams) throws IOException {
        TestWords words = TestWords.below(plan.data());
        Map<List<Path>, Set<String>> keywords = new LinkedHashMap<>();
        for (KeywordModel model : models.values()) {
            if (note(model, words) == null) {
                List<String> reported = StreamRun.keywords(model);
                keywords.computeIfAbsent(words.of(reported), f -> new TreeSet<>())
                        .addAll(reported);
            }
        }
        var groups = new ArrayList<Group>();
        Map<String, Model> measured = new TreeMap<>();
        for (Map.Entry<List<Path>, Set<String>> group : keywords.entrySet()) {
            String name = name(group.getKey());
            Path folder = streams.resolve(name);
            List<Made> made = new DetectionStreams(plan, threads, progress)
                    .write(words.all(), List.copyOf(group.getValue()), folder);
            groups.add(new Group(name, List.copyOf(group.getValue()), made));
            StreamFolder recordings = StreamFolder.read(folder);
            for (Map.Entry<String, KeywordModel> model : models.entrySet()) {
                List<String> reported = StreamRun.keywords(model.getValue());
                if (note(model.getValue(), words) == null && words.of(reported).equals(group.getKey())) {
                    measured.put(
                            model.getKey(),
                            measure(model.getKey(), model.getValue(), name, recordings, group.getKey()));
                }
            }
        }
        models.forEach((name, model) -> {
            String note = note(model, words);
            if (note != null) {
                measured.put(name, Model.unmeasured(name, model.version(), StreamRun.keywords(model), note));
            }
        });
        return new DetectionResult(groups, List.copyOf(measured.values()));
    }

    /** Why a model cannot be measured; null if it can. */
    private static @Nullable String note(KeywordModel model, TestWords words) {
        if (!(model.input() instanceof ModelInput.Sound)) {
            return "does not run on streamed audio";
        }
        List<String> missing = words.missing(StreamRun.keywords(model));
        return missing.isEmpty() ? null : "no test recordings of " + String.join(", ", missing);
    }

    private static String name(List<Path> folders) {
        return folders.stream()
                .map(f -> String.valueOf(f.toAbsolutePath().normalize().getFileName()))
                .collect(Collectors.joining("+"));
    }

    private Model measure(
            String name, KeywordModel model, String group, StreamFolder recordings, List<Path> wordFolders)
            throws IOException {
        List<HeardStream> heard = new StreamRun(model, kernels, threads, progress, goOn).hear(recordings);
        StreamEvaluation evaluation = StreamEvaluation.of(model, recordings, heard, threads, progress);
        String note = null;
        Share clips = null;
        if (wordFolders.size() == 1) {
            try {
                var metrics = Evaluation.run(model, wordFolders.getFirst(), Split.TESTING, backend, threads, progress)
                        .metrics();
                clips = share(metrics.correct(), metrics.total(), metrics.interval95());
            } catch (IOException e) {
                note = "clips not measured: " + e.getMessage();
            }
        } else {
            note = "clips not measured: the words are in several folders";
        }
        var firsts = new TreeMap<DetectionStreams.Kind, Path>();
        for (LabelledRecording recording : recordings.recordings()) {
            firsts.putIfAbsent(DetectionStreams.Kind.of(recording.name()), recording.audio());
        }
        return new Model(
                name,
                model.version(),
                StreamRun.keywords(model),
                group,
                note,
                evaluation.hours(),
                all(evaluation),
                evaluation.keywords().stream().map(k -> word(k, evaluation)).toList(),
                kinds(heard),
                clips,
                SpotterWork.measure(model, kernels, List.copyOf(firsts.values()), WORK_SECONDS));
    }

    private static Row all(StreamEvaluation evaluation) {
        PooledSweep pooled = evaluation.pooled();
        Map<String, Miss> at = new LinkedHashMap<>();
        for (double rate : StreamEvaluation.RATES) {
            PooledSweep.Miss miss = pooled.at(rate);
            at.put(rateName(rate), miss(miss.missRate(), miss.interval95(), miss.resolved()));
        }
        return row(ALL, evaluation.own(), evaluation, at);
    }

    private static Row word(KeywordResult word, StreamEvaluation evaluation) {
        Map<String, Miss> at = new LinkedHashMap<>();
        for (double rate : StreamEvaluation.RATES) {
            MissAtRate miss = word.sweep().at(rate);
            at.put(rateName(rate), miss(miss.missRate(), miss.interval95(), miss.resolved()));
        }
        return row(word.keyword(), word.own(), evaluation, at);
    }

    private static Row row(String name, StreamCount own, StreamEvaluation evaluation, Map<String, Miss> at) {
        Latency latency = Latency.of(own.latencies());
        return new Row(
                name,
                own.labels(),
                own.labels() == 0 ? null : share(own.misses(), own.labels(), StreamEvaluation.missInterval(own)),
                own.falseAlarms() / evaluation.hours(),
                evaluation.falseAlarmsPerHourUpper95(own.falseAlarms()),
                latency.medianSeconds(),
                latency.p95Seconds(),
                at);
    }

    private static Miss miss(double rate, Interval interval, boolean resolved) {
        return new Miss(Double.isNaN(rate) ? null : rate, interval.low(), interval.high(), resolved);
    }

    private static Share share(int count, int total, Interval interval) {
        return new Share(count, total, interval.low(), interval.high());
    }

    private static List<FalseAlarms> kinds(List<HeardStream> heard) {
        var kinds = new ArrayList<FalseAlarms>();
        for (DetectionStreams.Kind kind : EnumSet.allOf(DetectionStreams.Kind.class)) {
            double hours = 0;
            int falseAlarms = 0;
            for (HeardStream stream : heard) {
                if (DetectionStreams.Kind.of(stream.scores().name()) == kind) {
                    hours += StreamEvaluation.hours(stream);
                    falseAlarms += stream.count().falseAlarms();
                }
            }
            if (hours > 0) {
                kinds.add(new FalseAlarms(
                        kind.label(),
                        hours,
                        falseAlarms,
                        falseAlarms / hours,
                        PoissonBound.upper95(falseAlarms) / hours));
            }
        }
        return kinds;
    }

    /** {@return how a rate of false alarms an hour is written: {@code 0.5}, {@code 1}} */
    private static String rateName(double rate) {
        return rate == Math.rint(rate) ? String.valueOf((long) rate) : String.valueOf(rate);
    }
}

package io.keyspike.trainer.calibrate;

import io.keyspike.kernels.StepKernels;
import io.keyspike.models.KeywordModel;
import io.keyspike.models.decision.Detection;
import io.keyspike.models.spotter.KeywordSpotter;
import io.keyspike.trainer.calibrate.Calibration.LabelResult;
import io.keyspike.trainer.calibrate.ValidationStream.Labelled;
import io.keyspike.trainer.calibrate.ValidationStream.Placed;
import io.keyspike.trainer.common.Parallel;
import io.keyspike.trainer.common.Progress;
import io.keyspike.trainer.config.DecisionConfig.CalibrationConfig;
import io.keyspike.trainer.config.LabelMap;
import io.keyspike.trainer.data.Clip;
import io.keyspike.trainer.data.ClipAudio;
import io.keyspike.trainer.data.DataSet;
import io.keyspike.trainer.data.FeedbackClips;
import io.keyspike.trainer.data.Split;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Chooses a threshold for each label: runs the model, frame by frame as a device would, over a stream of validation clips
 * once for every threshold of the grid, and takes for each label the one that is best for it.
 */
public final class ThresholdSearch {
    /** Keeps the stream in memory on the full data set; 2,000 clips are more than an hour. */
    private static final int MOST_CLIPS = 2_000;

    private final CalibrationConfig config;
    private final StepKernels kernels;
    private final int threads;
    private final Progress progress;

    public ThresholdSearch(CalibrationConfig config, StepKernels kernels, int threads, Progress progress) {
        this.config = config;
        this.kernels = kernels;
        this.threads = threads;
        this.progress = progress;
    }

    /**
     * Searches the thresholds of {@code candidates}.
     *
     * @param model as it will be, but for the thresholds
     * @param candidates labels that may be reported
     * @throws IOException if a clip cannot be read
     */
    public Calibration search(KeywordModel model, List<String> candidates, DataSet data, long seed) throws IOException {
        ValidationStream stream = stream(model, data, seed);
        var spotter = new KeywordSpotter(model, kernels);
        List<Float> grid = config.grid();
        LabelResult[][] results = new LabelResult[grid.size()][];
        Parallel.forEach(grid.size(), threads, "calibrating", progress, g -> {
            Map<String, Float> thresholds = new HashMap<>();
            candidates.forEach(label -> thresholds.put(label, grid.get(g)));
            results[g] = listen(spotter, thresholds, candidates, stream);
        });
        Map<String, Float> chosen = new HashMap<>();
        for (int label = 0; label < candidates.size(); label++) {
            int column = label;
            List<LabelResult> byThreshold = IntStream.range(0, grid.size())
                    .mapToObj(g -> results[g][column])
                    .toList();
            chosen.put(candidates.get(label), choose(byThreshold, stream.hours()));
        }
        return new Calibration(stream.hours(), List.of(listen(spotter, chosen, candidates, stream)));
    }

    private float choose(List<LabelResult> byThreshold, double hours) {
        Double limit = config.falseReportsPerHour();
        if (limit != null) {
            return byThreshold.stream()
                    .filter(r -> r.falseReports() <= limit * hours)
                    .min(Comparator.comparingDouble(LabelResult::threshold))
                    .orElse(byThreshold.getLast())
                    .threshold();
        }
        // Of equals the highest: validation hears fewer sounds than a room does.
        return byThreshold.stream()
                .max(Comparator.comparingDouble(ThresholdSearch::f1).thenComparingDouble(LabelResult::threshold))
                .orElseThrow()
                .threshold();
    }

    private static double f1(LabelResult r) {
        int wrong = r.clips() - r.hits() + r.falseReports();
        return r.hits() == 0 ? 0 : 2.0 * r.hits() / (2.0 * r.hits() + wrong);
    }

    private LabelResult[] listen(
            KeywordSpotter base, Map<String, Float> thresholds, List<String> candidates, ValidationStream stream) {
        KeywordModel model = base.model();
        var spotter = base.withThresholds(thresholds);
        var heard = new ArrayList<Detection>();
        spotter.process(spotter.newState(), stream.samples(), 0, stream.samples().length, heard::add);
        long tolerance = (long) (config.toleranceSeconds() * stream.sampleRateHz());
        boolean[] claimed = new boolean[stream.clips().size()];
        int[] hits = new int[model.labels().size()];
        int[] falseReports = new int[model.labels().size()];
        for (Detection d : heard) {
            int clip = claim(d, stream.clips(), claimed, tolerance);
            if (clip < 0) {
                falseReports[d.label()]++;
            } else {
                claimed[clip] = true;
                hits[d.label()]++;
            }
        }
        return candidates.stream()
                .map(label -> {
                    int index = model.labels().indexOf(label);
                    int clips = (int) stream.clips().stream()
                            .filter(c -> c.label() == index)
                            .count();
                    return new LabelResult(
                            label, thresholds.getOrDefault(label, 1f), clips, hits[index], falseReports[index]);
                })
                .toArray(LabelResult[]::new);
    }

    private static int claim(Detection d, List<Placed> clips, boolean[] claimed, long tolerance) {
        for (int i = 0; i < clips.size(); i++) {
            Placed clip = clips.get(i);
            if (!claimed[i]
                    && clip.label() == d.label()
                    && d.samplePosition() > clip.start()
                    && d.samplePosition() <= clip.end() + tolerance) {
                return i;
            }
        }
        return -1;
    }

    private ValidationStream stream(KeywordModel model, DataSet data, long seed) throws IOException {
        int rate = model.features().sampleRateHz();
        int samples = (int) Math.round(model.decision().clip().seconds() * rate);
        var labels = new LabelMap(model.labels());
        var clips = new ArrayList<Labelled>();
        var noises = new ArrayList<short[]>();
        for (Clip clip : data.clips()) {
            if (clip.split() != Split.VALIDATION) {
                continue;
            }
            boolean silence = clip.word().equals(LabelMap.SILENCE_FOLDER);
            boolean keyword = model.labels().contains(clip.word());
            if (silence) {
                noises.add(ClipAudio.read(clip, rate, samples));
            } else if ((keyword || config.otherWords() || clip.word().equals(FeedbackClips.FALSE_ALARM))
                    && clips.size() < MOST_CLIPS) {
                int label = keyword ? labels.outputOf(clip.word()) : -1;
                clips.add(new Labelled(label, ClipAudio.read(clip, rate, samples)));
            }
        }
        return ValidationStream.of(rate, clips, config.gapSeconds(), noises, seed);
    }
}

package io.keyspike.trainer.evaluate;

import io.keyspike.kernels.KernelBackend;
import io.keyspike.models.network.Network;
import io.keyspike.models.network.SequenceNetwork;
import io.keyspike.trainer.common.Progress;
import io.keyspike.trainer.features.FrameStacking;
import io.keyspike.trainer.features.LabelledFrames;
import io.keyspike.trainer.loss.ClipClassifier;
import java.util.LinkedHashMap;
import java.util.Map;

/** Measures a model's network on clips: what ships is what is measured, through the whole-sequence network. */
public final class ClipEvaluator {
    private final KernelBackend backend;
    private final FrameStacking stacking;
    private final ClipClassifier classifier;
    private final Progress progress;

    public ClipEvaluator(KernelBackend backend, FrameStacking stacking, ClipClassifier classifier, Progress progress) {
        this.backend = backend;
        this.stacking = stacking;
        this.classifier = classifier;
        this.progress = progress;
    }

    public ClipMetrics measure(Network network, LabelledFrames clips, int labels) {
        int steps = stacking.steps(clips.frames().frames());
        int[][] confusion = new int[labels][labels];
        Map<String, double[]> rates = new LinkedHashMap<>();
        ClipRun.over(network, backend, stacking, clips, (from, count, length, input, result) -> {
            for (int b = 0; b < count; b++) {
                int predicted = classifier.classify(result.output(), length, count, b);
                confusion[clips.labels()[from + b]][predicted]++;
            }
            for (SequenceNetwork.Layer layer : result.layers()) {
                double spikes = 0;
                for (float s : layer.spikes()) {
                    spikes += s;
                }
                rates.computeIfAbsent(layer.name(), n -> new double[1])[0] += spikes / layer.neurons();
            }
            progress.advanced("evaluating", from + count, clips.clips());
        });
        Map<String, Double> meanRates = new LinkedHashMap<>();
        double rows = Math.max(1.0, (double) steps * clips.clips());
        rates.forEach((name, sum) -> meanRates.put(name, sum[0] / rows));
        return new ClipMetrics(confusion, meanRates);
    }
}

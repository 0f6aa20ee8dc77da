package io.keyspike.trainer.evaluate;

import io.keyspike.kernels.KernelBackend;
import io.keyspike.models.network.Network;
import io.keyspike.models.network.SequenceNetwork;
import io.keyspike.trainer.config.LabelMap;
import io.keyspike.trainer.evaluate.NetworkActivity.LayerActivity;
import io.keyspike.trainer.features.FrameStacking;
import io.keyspike.trainer.features.LabelledFrames;
import io.keyspike.trainer.loss.ClipClassifier;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Watches a network's neurons on samples, and keeps the spikes of the first one that it gets right. */
public final class ActivityProbe {
    private static final int BATCH = 64;

    private final SequenceNetwork network;
    private final double stepSeconds;
    private final FrameStacking stacking;
    private final ClipClassifier classifier;

    private final List<double[]> counts = new ArrayList<>();
    private @Nullable Example kept;

    /** Of an example that shows what the network does: a word, and recognised. */
    private static final int TELLING = 3;

    private static final int RIGHT = 1;
    private static final int OF_A_WORD = 2;

    /**
     * One sample and its spikes, {@code [T, N]} of each layer.
     *
     * @param worth up to {@link #TELLING}
     */
    private record Example(int index, int predicted, int worth, List<float[]> spikes) {}

    private static int worth(String label, boolean right) {
        boolean word = !label.equals(LabelMap.SILENCE) && !label.equals(LabelMap.UNKNOWN);
        return (right ? RIGHT : 0) + (word && right ? OF_A_WORD : 0);
    }

    public ActivityProbe(Network network, KernelBackend backend, FrameStacking stacking, ClipClassifier classifier) {
        this.network = new SequenceNetwork(network, backend);
        this.stepSeconds = network.graph().stepSeconds();
        this.stacking = stacking;
        this.classifier = classifier;
    }

    /**
     * @param samples at least one
     * @param names of the samples
     */
    public NetworkActivity watch(LabelledFrames samples, List<String> names, List<String> labels) {
        int frameCount = samples.frames().frames();
        int steps = stacking.steps(frameCount);
        float[] frames = new float[frameCount * stacking.frameWidth()];
        List<SequenceNetwork.Layer> layers = List.of();
        for (int from = 0; from < samples.clips(); from += BATCH) {
            int count = Math.min(BATCH, samples.clips() - from);
            float[] input = new float[steps * count * stacking.width()];
            for (int b = 0; b < count; b++) {
                samples.frames().read(from + b, 0, frameCount, frames, 0);
                stacking.stack(frames, frameCount, input, b, count);
            }
            SequenceNetwork.Result result = network.forward(steps, count, input);
            layers = result.layers();
            add(layers);
            for (int b = 0; b < count && (kept == null || kept.worth() < TELLING); b++) {
                int predicted = classifier.classify(result.output(), steps, count, b);
                int worth = worth(labels.get(samples.labels()[from + b]), predicted == samples.labels()[from + b]);
                if (kept == null || worth > kept.worth()) {
                    kept = new Example(from + b, predicted, worth, spikes(layers, steps, count, b));
                }
            }
        }
        Example example = Objects.requireNonNull(kept, "activity: expected a sample, found none");
        var activities = new ArrayList<LayerActivity>();
        for (int l = 0; l < layers.size(); l++) {
            double[] rates = counts.get(l);
            for (int n = 0; n < rates.length; n++) {
                rates[n] /= (double) steps * samples.clips();
            }
            activities.add(new LayerActivity(
                    layers.get(l).name(), rates, example.spikes().get(l)));
        }
        return new NetworkActivity(
                names.get(example.index()),
                labels.get(samples.labels()[example.index()]),
                labels.get(example.predicted()),
                steps,
                stepSeconds,
                activities);
    }

    private void add(List<SequenceNetwork.Layer> layers) {
        for (int l = 0; l < layers.size(); l++) {
            int neurons = layers.get(l).neurons();
            if (counts.size() == l) {
                counts.add(new double[neurons]);
            }
            double[] sums = counts.get(l);
            float[] spikes = layers.get(l).spikes();
            for (int i = 0; i < spikes.length; i++) {
                sums[i % neurons] += spikes[i];
            }
        }
    }

    private static List<float[]> spikes(List<SequenceNetwork.Layer> layers, int steps, int batch, int b) {
        var all = new ArrayList<float[]>();
        for (SequenceNetwork.Layer layer : layers) {
            int neurons = layer.neurons();
            float[] own = new float[steps * neurons];
            for (int t = 0; t < steps; t++) {
                System.arraycopy(layer.spikes(), (t * batch + b) * neurons, own, t * neurons, neurons);
            }
            all.add(own);
        }
        return all;
    }
}

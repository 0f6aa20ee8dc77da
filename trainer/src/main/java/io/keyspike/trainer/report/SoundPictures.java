package io.keyspike.trainer.report;

import io.keyspike.audio.features.FeatureSpec;
import io.keyspike.audio.features.FilterResponse;
import io.keyspike.audio.features.FilterbankSpec;
import io.keyspike.audio.features.LogMelSpec;
import io.keyspike.models.network.Network;
import io.keyspike.models.network.NetworkPlan;
import io.keyspike.models.network.Node;
import io.keyspike.models.network.SequenceNetwork;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/** What a network makes of one recording, as PNG. Sequences are {@code [T, N]}. */
public final class SoundPictures {

    private static final int WIDTH = 900;
    private static final int POINTS = 800;

    /** Decibels below which a filter's response is not drawn. */
    private static final double LOWEST_DB = -40;

    /** Neurons of a layer whose membranes are drawn, evenly chosen, so that lines can be told apart. */
    private static final int MEMBRANES = 6;

    private SoundPictures() {}

    /**
     * A dot for each spike, a panel for each layer.
     *
     * @param labels what the outputs stand for: names of the last layer's neurons, where it has as many
     */
    public static void raster(Path file, List<SequenceNetwork.Layer> layers, List<String> labels, double stepSeconds)
            throws IOException {
        var panels = new ArrayList<Chart>();
        for (SequenceNetwork.Layer layer : layers) {
            boolean words = isOutput(layer, layers, labels);
            int steps = layer.spikes().length / layer.neurons();
            var x = new ArrayList<Double>();
            var y = new ArrayList<Double>();
            for (int i = 0; i < layer.spikes().length; i++) {
                if (layer.spikes()[i] != 0) {
                    int step = i / layer.neurons();
                    x.add(step * stepSeconds);
                    y.add((double) (i % layer.neurons()));
                }
            }
            Chart panel = Chart.dots(
                    layer.name() + ": " + x.size() + " spikes",
                    "time, s",
                    words ? "word" : "neuron",
                    WIDTH,
                    words ? 110 + 18 * layer.neurons() : 140 + 4 * Math.min(64, layer.neurons()));
            if (words) {
                panel.rows(labels);
            }
            panel.xRange(0, steps * stepSeconds);
            panel.yRange(-0.5, layer.neurons() - 0.5);
            panel.add("spikes", array(x), array(y));
            panels.add(panel);
        }
        Pictures.save(file, panels);
    }

    private static double[] array(List<Double> values) {
        return values.stream().mapToDouble(Double::doubleValue).toArray();
    }

    /** Whether a layer's neurons are the words. */
    private static boolean isOutput(
            SequenceNetwork.Layer layer, List<SequenceNetwork.Layer> layers, List<String> labels) {
        return layer.name().equals(layers.getLast().name()) && layer.neurons() == labels.size();
    }

    /**
     * Membranes before the reset of a few neurons of each layer, of all where they are words, with the thresholds, dotted.
     *
     * @param network what the layers are of
     * @param labels what the outputs stand for: names of the last layer's neurons, where it has as many
     */
    public static void membranes(
            Path file, Network network, List<SequenceNetwork.Layer> layers, List<String> labels, double stepSeconds)
            throws IOException {
        var panels = new ArrayList<Chart>();
        for (SequenceNetwork.Layer layer : layers) {
            boolean words = isOutput(layer, layers, labels);
            float[] thresholds = thresholds(network, layer.name());
            String dotted = thresholds.length == 0 ? "" : "; dotted: threshold";
            Chart panel = Chart.lines(
                    layer.name() + ": membranes before the reset" + dotted, "time, s", "membrane", WIDTH, 260);
            int shown = words ? layer.neurons() : Math.min(MEMBRANES, layer.neurons());
            for (int k = 0; k < shown; k++) {
                int neuron = k * layer.neurons() / shown;
                String name = words ? labels.get(neuron) : "neuron " + neuron;
                series(panel, name, layer.membrane(), layer.neurons(), neuron, stepSeconds);
                if (thresholds.length > 0) {
                    panel.level(thresholds.length == 1 ? thresholds[0] : thresholds[neuron]);
                }
            }
            panels.add(panel);
        }
        Pictures.save(file, panels);
    }

    /** {@code [N]}, or one for all; empty where a node has none. */
    private static float[] thresholds(Network network, String node) {
        for (NetworkPlan.PlannedNode planned : network.graph().plan().nodes()) {
            Node each = planned.node();
            if (each.name().equals(node) && each.parameters().containsKey("threshold")) {
                return network.tensor(each, "threshold").values();
            }
        }
        return new float[0];
    }

    /**
     * What the network is fed with, as colours: a row for each channel. Where a step has several frames, those are shown that
     * the step before did not have.
     *
     * @param features {@code [T][width]}, at least one step
     */
    public static void channels(Path file, float[][] features, FeatureSpec spec) throws IOException {
        int channels = spec.channels();
        int fresh = spec instanceof LogMelSpec mel ? Math.min(mel.strideFrames(), mel.contextFrames()) : 1;
        var columns = new float[features.length * fresh][];
        for (int t = 0; t < features.length; t++) {
            for (int f = 0; f < fresh; f++) {
                int from = features[t].length - (fresh - f) * channels;
                columns[t * fresh + f] = Arrays.copyOfRange(features[t], from, from + channels);
            }
        }
        Chart chart =
                Chart.lines("Network input", "time, s", "channel", WIDTH, Math.clamp(18L * channels + 72, 260, 620));
        chart.xRange(0, features.length * spec.stepSeconds());
        chart.yRange(-0.5, channels - 0.5);
        chart.rows(IntStream.range(0, channels)
                .mapToObj(c -> Math.round(spec.channelHz(c)) + " Hz")
                .toList());
        chart.heat(new Heat(columns, spec.channelsName()));
        Pictures.save(file, List.of(chart));
    }

    private static void series(Chart chart, String name, float[] values, int width, int column, double stepSeconds) {
        int steps = values.length / width;
        double[] x = new double[steps];
        double[] y = new double[steps];
        for (int t = 0; t < steps; t++) {
            x[t] = t * stepSeconds;
            y[t] = values[t * width + column];
        }
        chart.add(name, x, y);
    }

    /** The response of each filter over frequency. */
    public static void filterbank(Path file, FilterbankSpec spec) throws IOException {
        double lowest = spec.centreHz(0) / 4;
        double highest = spec.sampleRateHz() / 2.0;
        double[] hz = new double[POINTS];
        for (int i = 0; i < POINTS; i++) {
            hz[i] = Math.min(highest, lowest * Math.pow(highest / lowest, i / (POINTS - 1.0)));
        }
        double[][] magnitudes = FilterResponse.magnitudes(spec, hz);
        Chart chart = Chart.lines("Filterbank", "frequency, Hz", "response, dB", WIDTH, 480);
        chart.logarithmic();
        chart.yRange(LOWEST_DB, 3);
        for (int c = 0; c < magnitudes.length; c++) {
            double[] db = new double[POINTS];
            for (int i = 0; i < POINTS; i++) {
                db[i] = Math.max(LOWEST_DB, 20 * Math.log10(Math.max(1e-9, magnitudes[c][i])));
            }
            chart.add(String.format(Locale.ROOT, "%.0f Hz", spec.centreHz(c)), hz, db);
        }
        Pictures.save(file, List.of(chart));
    }
}

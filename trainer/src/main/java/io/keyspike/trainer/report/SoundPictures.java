package io.keyspike.trainer.report;

import io.keyspike.audio.features.FeatureSpec;
import io.keyspike.audio.features.FilterResponse;
import io.keyspike.audio.features.FilterbankSpec;
import io.keyspike.models.network.SequenceNetwork;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What a network makes of one recording, as PNG. Sequences are {@code [T, N]}. */
public final class SoundPictures {

    private static final int WIDTH = 900;
    private static final int POINTS = 800;

    /** Decibels below which a filter's response is not drawn. */
    private static final double LOWEST_DB = -40;

    /** Neurons of a layer whose membranes are drawn, evenly chosen, so that lines can be told apart. */
    private static final int MEMBRANES = 6;

    private SoundPictures() {}

    /** A dot for each spike, a panel for each layer. */
    public static void raster(Path file, List<SequenceNetwork.Layer> layers, double stepSeconds) throws IOException {
        var panels = new ArrayList<Chart>();
        for (SequenceNetwork.Layer layer : layers) {
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
                    "s",
                    "neuron",
                    WIDTH,
                    140 + 4 * Math.min(64, layer.neurons()));
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

    /** Membranes before the reset of a few neurons of each layer. */
    public static void membranes(Path file, List<SequenceNetwork.Layer> layers, double stepSeconds) throws IOException {
        var panels = new ArrayList<Chart>();
        for (SequenceNetwork.Layer layer : layers) {
            Chart panel = Chart.lines(layer.name() + ": membranes before the reset", "s", "membrane", WIDTH, 260);
            int shown = Math.min(MEMBRANES, layer.neurons());
            for (int k = 0; k < shown; k++) {
                int neuron = k * layer.neurons() / shown;
                series(panel, "neuron " + neuron, layer.membrane(), layer.neurons(), neuron, stepSeconds);
            }
            panels.add(panel);
        }
        Pictures.save(file, panels);
    }

    /** What the network is fed with: a line for each channel, of each frame where a step has several. */
    public static void channels(Path file, float[][] features, FeatureSpec spec) throws IOException {
        int channels = features.length == 0 ? 0 : features[0].length;
        float[] flat = new float[features.length * channels];
        for (int t = 0; t < features.length; t++) {
            System.arraycopy(features[t], 0, flat, t * channels, channels);
        }
        Chart chart = Chart.lines("Network input", "s", "feature", WIDTH, 520);
        for (int c = 0; c < channels; c++) {
            long hz = Math.round(spec.channelHz(c % spec.channels()));
            String frame = spec.width() == spec.channels() ? "" : ", frame " + (c / spec.channels() + 1);
            series(chart, hz + " Hz" + frame, flat, channels, c, spec.stepSeconds());
        }
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
        Chart chart = Chart.lines("Filterbank", "Hz", "dB", WIDTH, 480);
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

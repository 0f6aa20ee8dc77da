package io.keyspike.trainer.report;

import io.keyspike.trainer.ClipMetrics;
import io.keyspike.trainer.EpochRecord;
import io.keyspike.trainer.TrainingResult;
import io.keyspike.trainer.data.Split;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.ToDoubleFunction;
import javax.imageio.ImageIO;
import org.knowm.xchart.HeatMapChart;
import org.knowm.xchart.HeatMapChartBuilder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.internal.chartpart.Chart;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Plots of a training as PNG. */
final class Plots {
    private static final int WIDTH = 800;
    private static final int HEIGHT = 500;

    private Plots() {}

    static void write(Path folder, TrainingResult result) throws IOException {
        List<EpochRecord> history = result.history();
        XYChart loss = chart("Loss", "loss");
        line(loss, "all", history, EpochRecord::loss);
        line(loss, "classes", history, EpochRecord::classificationLoss);
        if (history.stream().anyMatch(r -> r.rateLoss() > 0)) {
            line(loss, "firing rates", history, EpochRecord::rateLoss);
        }
        if (history.stream().anyMatch(r -> r.magnitudeLoss() > 0)) {
            line(loss, "weights", history, EpochRecord::magnitudeLoss);
        }
        save(loss, folder.resolve("loss.png"));

        XYChart accuracy = chart("Accuracy", "%");
        line(accuracy, "training (while learning)", history, r -> 100 * r.trainingAccuracy());
        line(accuracy, "validation", history, r -> 100 * r.validationAccuracy());
        save(accuracy, folder.resolve("accuracy.png"));

        Split split = result.metrics().containsKey(Split.TESTING) ? Split.TESTING : Split.VALIDATION;
        ClipMetrics metrics = result.metrics().get(split);
        if (metrics != null) {
            save(confusion(result.model().labels(), metrics, split), folder.resolve("confusion.png"));
        }
    }

    private static XYChart chart(String title, String unit) {
        XYChart chart = new XYChartBuilder()
                .width(WIDTH)
                .height(HEIGHT)
                .title(title)
                .xAxisTitle("epoch")
                .yAxisTitle(unit)
                .build();
        chart.getStyler().setDefaultSeriesRenderStyle(org.knowm.xchart.XYSeries.XYSeriesRenderStyle.Line);
        return chart;
    }

    private static void line(
            XYChart chart, String name, List<EpochRecord> history, ToDoubleFunction<EpochRecord> value) {
        double[] epochs = history.stream().mapToDouble(EpochRecord::epoch).toArray();
        double[] values = history.stream().mapToDouble(value).toArray();
        chart.addSeries(name, epochs, values).setMarker(SeriesMarkers.NONE);
    }

    private static HeatMapChart confusion(List<String> labels, ClipMetrics metrics, Split split) {
        HeatMapChart chart = new HeatMapChartBuilder()
                .width(WIDTH)
                .height(WIDTH)
                .title("Clips of " + split.label())
                .xAxisTitle("predicted")
                .yAxisTitle("true")
                .build();
        int n = labels.size();
        int[] axis = new int[n];
        int[][] counts = new int[n][n];
        for (int i = 0; i < n; i++) {
            axis[i] = i;
            for (int j = 0; j < n; j++) {
                counts[j][i] = metrics.confusion()[i][j];
            }
        }
        chart.addSeries("clips", axis, axis, counts);
        chart.getStyler().setShowValue(true);
        chart.setCustomXAxisTickLabelsFormatter(tick -> label(labels, tick));
        chart.setCustomYAxisTickLabelsFormatter(tick -> label(labels, tick));
        return chart;
    }

    private static String label(List<String> labels, double tick) {
        int index = (int) Math.round(tick);
        return index >= 0 && index < labels.size() ? labels.get(index) : "";
    }

    private static void save(Chart<?, ?> chart, Path file) throws IOException {
        var image = new BufferedImage(chart.getWidth(), chart.getHeight(), BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = image.createGraphics();
        chart.paint(graphics, chart.getWidth(), chart.getHeight());
        graphics.dispose();
        if (!ImageIO.write(image, "png", file.toFile())) {
            throw new IOException(file + ": expected an encoder for PNG in this Java, found none");
        }
    }
}

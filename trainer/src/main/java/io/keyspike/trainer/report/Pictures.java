package io.keyspike.trainer.report;

import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries.XYSeriesRenderStyle;
import org.knowm.xchart.internal.chartpart.Chart;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** What all pictures have in common. */
final class Pictures {

    private Pictures() {}

    /** Lines without markers, the legend beside them. */
    static XYChart lines(String title, String x, String y, int width, int height) {
        XYChart chart = new XYChartBuilder()
                .width(width)
                .height(height)
                .title(title)
                .xAxisTitle(x)
                .yAxisTitle(y)
                .build();
        chart.getStyler().setDefaultSeriesRenderStyle(XYSeriesRenderStyle.Line);
        chart.getStyler().setLegendPosition(LegendPosition.OutsideE);
        return chart;
    }

    static void line(XYChart chart, String name, double[] x, double[] y) {
        chart.addSeries(name, x, y).setMarker(SeriesMarkers.NONE);
    }

    static void save(Path file, Chart<?, ?>... below) throws IOException {
        int width = 0;
        int height = 0;
        for (Chart<?, ?> chart : below) {
            width = Math.max(width, chart.getWidth());
            height += chart.getHeight();
        }
        var image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        int top = 0;
        for (Chart<?, ?> chart : below) {
            Graphics2D graphics = image.createGraphics();
            graphics.translate(0, top);
            chart.paint(graphics, chart.getWidth(), chart.getHeight());
            graphics.dispose();
            top += chart.getHeight();
        }
        save(file, image);
    }

    static void save(Path file, BufferedImage image) throws IOException {
        if (!ImageIO.write(image, "png", file.toFile())) {
            throw new IOException(file + ": expected an encoder for PNG in this Java, found none");
        }
    }
}

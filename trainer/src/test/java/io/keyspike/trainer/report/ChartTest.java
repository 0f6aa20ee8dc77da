package io.keyspike.trainer.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Charts as PNG: what is written is not cut, whatever it is called. */
class ChartTest {

    private static BufferedImage draw(Chart chart) {
        var image = new BufferedImage(chart.width(), chart.height(), BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = image.createGraphics();
        chart.draw(graphics);
        graphics.dispose();
        return image;
    }

    /** Dark pixels in the last columns. */
    private static long inkAtTheRight(BufferedImage image, int columns) {
        long ink = 0;
        for (int x = image.getWidth() - columns; x < image.getWidth(); x++) {
            for (int y = 0; y < image.getHeight(); y++) {
                ink += new Color(image.getRGB(x, y)).getRed() < 200 ? 1 : 0;
            }
        }
        return ink;
    }

    @Test
    void shouldGiveALegendTheRoomItsNamesNeed() {
        Chart chart = Chart.lines("Sampled chips", "sigma", "accuracy, %", 800, 420);
        for (int q : new int[] {5, 50, 95}) {
            chart.add(q + " % of the sampled chips lie below this line", new double[] {0, 1}, new double[] {90, 80});
        }
        assertThat(inkAtTheRight(draw(chart), 6)).as("cut at the edge").isZero();
    }

    @Test
    void shouldNotCutTheNameOfTheColours() {
        Chart chart = Chart.lines("Network input", "s", "channel", 600, 300);
        chart.xRange(0, 1);
        chart.yRange(-0.5, 0.5);
        chart.rows(List.of("100 Hz"));
        chart.heat(new Heat(new float[][] {{0}, {1}}, "Mel bands (PCEN) of 40 channels"));
        assertThat(inkAtTheRight(draw(chart), 5)).as("cut at the edge").isZero();
    }

    @Test
    void shouldBeAsHighAsItsLegend() {
        Chart chart = Chart.lines("Many", "s", "v", 800, 200);
        for (int i = 0; i < 40; i++) {
            chart.add("line " + i, new double[] {0, 1}, new double[] {i, i});
        }
        assertThat(chart.height()).isGreaterThan(40 * 17);
        BufferedImage picture = draw(chart);
        long last = 0;
        for (int x = 640; x < 800; x++) {
            for (int y = 30 + 39 * 17; y < 30 + 40 * 17; y++) {
                last += picture.getRGB(x, y) != Color.WHITE.getRGB() ? 1 : 0;
            }
        }
        assertThat(last).as("the last name").isPositive();
    }

    @Test
    void shouldDrawValuesAsColoursWithTheFirstRowAtTheBottom() {
        Chart chart = Chart.lines("Network input", "s", "channel", 600, 300);
        chart.xRange(0, 1);
        chart.yRange(-0.5, 1.5);
        chart.rows(List.of("100 Hz", "200 Hz"));
        chart.heat(new Heat(new float[][] {{0, 1}, {0, 1}}, "level"));
        BufferedImage picture = draw(chart);
        Color low = new Color(picture.getRGB(300, 220));
        Color high = new Color(picture.getRGB(300, 60));
        assertThat(low.getRed()).isLessThan(40);
        assertThat(high.getRed()).isGreaterThan(240);
        assertThat(high.getBlue()).isLessThan(200);
    }
}

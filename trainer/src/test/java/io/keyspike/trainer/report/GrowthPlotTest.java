package io.keyspike.trainer.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GrowthPlotTest {

    @Test
    void shouldFitTheExponent() {
        var quadratic = new GrowthPlot.Growth("N", new double[] {2, 4, 8}, new double[] {12, 48, 192});
        assertThat(quadratic.exponent()).isCloseTo(2, within(1e-9));
        assertThat(quadratic.law()).isEqualTo("time ~ N^2.00");
        assertThat(quadratic.fitted(16)).isCloseTo(768, within(1e-6));
        assertThat(new GrowthPlot.Growth("streams of a", new double[] {1, 10}, new double[] {1, 10}).law())
                .isEqualTo("time ~ (streams of a)^1.00");
        assertThat(new GrowthPlot.Growth("N", new double[] {2}, new double[] {12}).exponent())
                .isNaN();
        assertThat(new GrowthPlot.Growth("devices", new double[] {10}, new double[] {1}).law())
                .isEqualTo("one size of devices, so no law of growth");
    }

    @Test
    void shouldDrawAChartForEachThingThatGrows(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("growth.png");
        GrowthPlot.save(
                file,
                "a step",
                "ms",
                List.of(
                        new GrowthPlot.Growth("T", new double[] {32, 64, 128}, new double[] {1, 2, 4}),
                        new GrowthPlot.Growth("B", new double[] {8}, new double[] {0.1})));
        BufferedImage image = ImageIO.read(file.toFile());
        assertThat(image.getWidth()).isEqualTo(900);
        assertThat(image.getHeight()).isEqualTo(600);
    }
}

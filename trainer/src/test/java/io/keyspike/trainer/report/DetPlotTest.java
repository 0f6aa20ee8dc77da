package io.keyspike.trainer.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyspike.trainer.streams.DetectedStream;
import io.keyspike.trainer.streams.PooledSweep;
import io.keyspike.trainer.streams.StreamDetection;
import io.keyspike.trainer.streams.StreamLabel;
import io.keyspike.trainer.streams.ThresholdSweep;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DetPlotTest {
    private static final int PLOT_LEFT = 64;
    private static final int PLOT_RIGHT = 726;
    private static final int PLOT_TOP = 30;
    private static final int PLOT_BOTTOM = 478;

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    private Path folder;

    @Test
    void shouldDrawALineAWordAndOneForAll() throws IOException {
        // Of "tea" nothing is missed at any rate, of "milk" everything: the lines lie at the bottom, the top and
        // between them.
        var stream = new DetectedStream(
                "hour",
                36_000,
                List.of(new StreamLabel(1, 2, "tea"), new StreamLabel(3, 4, "milk")),
                List.of(new StreamDetection(1.5, "tea", 1)));
        var pooled = new PooledSweep(List.of(
                ThresholdSweep.ofDetections(List.of(stream), "tea"),
                ThresholdSweep.ofDetections(List.of(stream), "milk"),
                ThresholdSweep.ofDetections(List.of(stream), "never said")));
        Path file = folder.resolve("det.png");
        DetPlot.save(file, "hour", pooled);
        BufferedImage picture = ImageIO.read(file.toFile());
        int middle = (PLOT_LEFT + PLOT_RIGHT) / 2 + 5;
        assertThat(colours(picture, middle, PLOT_TOP)).isTrue();
        assertThat(colours(picture, middle, PLOT_BOTTOM)).isTrue();
        assertThat(colours(picture, middle, (PLOT_TOP + PLOT_BOTTOM) / 2)).isTrue();
        assertThat(colours(picture, middle, PLOT_TOP + 100)).isFalse();
    }

    /** One miss in twenty: the line is not pressed to the bottom by an axis up to 100 %. */
    @Test
    void shouldFitTheAxisToWhatIsMissed() throws IOException {
        var labels = new ArrayList<StreamLabel>();
        var heard = new ArrayList<StreamDetection>();
        for (int i = 0; i < 20; i++) {
            labels.add(new StreamLabel(10 * i, 10 * i + 1, "tea"));
            if (i > 0) {
                heard.add(new StreamDetection(10 * i + 0.5, "tea", 1));
            }
        }
        var stream = new DetectedStream("hour", 36_000, labels, heard);
        Path file = folder.resolve("det.png");
        DetPlot.save(file, "hour", new PooledSweep(List.of(ThresholdSweep.ofDetections(List.of(stream), "tea"))));
        BufferedImage picture = ImageIO.read(file.toFile());
        assertThat(colours(picture, (PLOT_LEFT + PLOT_RIGHT) / 2 + 5, PLOT_TOP)).isTrue();
    }

    /** Whether something that is not grey lies within a few pixels above or below a point. */
    private static boolean colours(BufferedImage picture, int x, int y) {
        boolean found = false;
        for (int dy = -2; dy <= 2; dy++) {
            int rgb = picture.getRGB(x, y + dy);
            int red = rgb >> 16 & 0xff;
            int blue = rgb & 0xff;
            found |= Math.abs(red - blue) > 40;
        }
        return found;
    }
}

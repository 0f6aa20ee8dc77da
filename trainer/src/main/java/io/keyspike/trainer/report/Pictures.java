package io.keyspike.trainer.report;

import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;

/** Writes pictures as PNG. */
final class Pictures {

    private Pictures() {}

    /** Charts of the same width, one below the other. */
    static void save(Path file, List<Chart> charts) throws IOException {
        int width = charts.stream().mapToInt(Chart::width).max().orElse(1);
        int height = charts.stream().mapToInt(Chart::height).sum();
        var image = new BufferedImage(width, Math.max(1, height), BufferedImage.TYPE_INT_RGB);
        int top = 0;
        for (Chart chart : charts) {
            Graphics2D graphics = image.createGraphics();
            graphics.translate(0, top);
            chart.draw(graphics);
            graphics.dispose();
            top += chart.height();
        }
        save(file, image);
    }

    static void save(Path file, BufferedImage image) throws IOException {
        if (!ImageIO.write(image, "png", file.toFile())) {
            throw new IOException(file + ": expected an encoder for PNG in this Java, found none");
        }
    }
}

package io.keyspike.trainer.report;

import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
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

    /** @throws IOException naming the file, if it cannot be written */
    static void save(Path file, BufferedImage image) throws IOException {
        var png = new ByteArrayOutputStream();
        if (!ImageIO.write(image, "png", png)) {
            throw new IOException(file + ": expected an encoder for PNG in this Java, found none");
        }
        // ImageIO itself would say "I/O error writing PNG file!" of a full disk.
        try {
            Files.write(file, png.toByteArray());
        } catch (FileSystemException e) {
            throw e;
        } catch (IOException e) {
            throw new IOException(file + ": cannot be written (" + e.getMessage() + ")", e);
        }
    }
}
